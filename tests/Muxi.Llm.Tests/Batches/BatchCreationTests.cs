namespace Muxi.Llm.Tests;

/// <summary>From typed requests to a batch: what is sent, and what is refused before anything is.</summary>
public sealed class BatchCreationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<ReplayServer> ServerAsync() => ReplayServer.StartAsync(3, static request => CannedReply.Json(request.Target.StartsWith("/files", StringComparison.Ordinal) ? BatchWire.File() : BatchWire.Batch("validating")));

    [Fact]
    public async Task Requests_go_as_a_file_of_lines_that_their_own_format_has_rendered()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url);
        BatchRequest[] requests = [BatchWire.Ask("a"), new("b", Calls.Ask(prompt: "Line\nbreak \"é\"") with { MaxTokens = 5 })];

        var batch = await client.Batches.CreateAsync(requests, new() { Metadata = new Dictionary<string, string> { ["job"] = "nightly" }, OutputExpiresAfter = TimeSpan.FromDays(1) }, null, Token);

        Assert.Equal(("openai/batch_1", BatchStatus.Validating, BatchEndpoint.ChatCompletions, "file-in"), (batch.QualifiedId, batch.Status, batch.Endpoint, batch.InputFileId));
        Assert.Equal(["POST /files", "POST /batches"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal(
            """
            {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-test","messages":[{"role":"user","content":"Hello?"}]}}
            {"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-test","messages":[{"role":"user","content":"Line\nbreak \"é\""}],"max_completion_tokens":5}}

            """, BatchWire.FileOf(server.Requests[0]));
        Assert.Contains("name=\"purpose\"\r\n\r\nbatch\r\n", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("""{"input_file_id":"file-in","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"job":"nightly"},"output_expires_after":{"anchor":"created_at","seconds":86400}}""", server.Requests[1].Text);
    }

    public static TheoryData<string, BatchRequest, string> Operations => new()
    {
        { "embeddings", new("a", new EmbeddingRequest { Model = "openai/m", Input = "Hi" }), """/v1/embeddings","body":{"model":"m","input":"Hi","encoding_format":"base64"}}""" },
        { "completions", new("a", new CompletionRequest { Model = "openai/m", Prompt = "Hi" }), """/v1/completions","body":{"model":"m","prompt":"Hi"}}""" },
        { "moderations", new("a", new ModerationRequest { Input = "Hi" }), """/v1/moderations","body":{"model":"omni-moderation-latest","input":"Hi"}}""" },
        { "images", new("a", new ImageGenerationRequest { Model = "openai/m", Prompt = "A cat" }), """/v1/images/generations","body":{"model":"m","prompt":"A cat"}}""" },
    };

    [Theory, MemberData(nameof(Operations))]
    public async Task Every_operation_of_OpenAIs_batches_can_be_asked_for(string operation, BatchRequest request, string expected)
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url);

        await client.Batches.CreateAsync([request], null, null, Token);

        Assert.True(BatchWire.FileOf(server.Requests[0]).EndsWith(expected + "\n", StringComparison.Ordinal), $"{operation}: {BatchWire.FileOf(server.Requests[0])}");
    }

    [Fact]
    public async Task Responses_of_a_batch_go_on_by_the_services_own_id_and_without_what_was_sealed_for_another()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url);
        var seal = new ResponseItem { Type = ResponseItemType.Reasoning, Summary = [], EncryptedContent = SealedBlock.Seal(ContentPart.FromText("sealed")) };
        var line = BatchRequest.Parse("""{"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"m","input":"Hi"}}"""u8, "openai");

        await client.Batches.CreateAsync([new("a", new ResponseRequest { Model = "openai/m", Input = [seal, ResponseItem.User("Hi")], PreviousResponseId = "openai/resp_1" }), line], null, null, Token);

        Assert.Equal(
            """
            {"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"m","input":[{"role":"user","content":"Hi"}],"previous_response_id":"resp_1"}}
            {"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"m","input":"Hi"}}

            """, BatchWire.FileOf(server.Requests[0]));
    }

    public static TheoryData<string, BatchRequest[], string, string> Wrong => new()
    {
        { "none", [], "requests", "the batch has no requests" },
        { "twice", [BatchWire.Ask("a"), BatchWire.Ask("a")], "requests[1].custom_id", "openai: requests[1].custom_id 'a' is the name of an earlier request, too" },
        { "models", [BatchWire.Ask("a"), BatchWire.Ask("b", "openai/other")], "requests[1]", "openai: requests[1] is for the model other, and those before for gpt-test: make a batch for each" },
        { "providers", [BatchWire.Ask("a"), BatchWire.Ask("b", "groq/m")], "requests[1]", "openai: requests[1] is for groq, and the batch is openai's: make a batch for each service" },
        { "endpoints", [BatchWire.Ask("a"), new("b", new CompletionRequest { Model = "openai/gpt-test", Prompt = "Hi" })], "requests[1]", "openai: requests[1] asks for /v1/completions, and those before for /v1/chat/completions: make a batch for each" },
        { "endpoint", [new("a", new EmbeddingRequest { Model = "anthropic/m", Input = "Hi" })], "requests[0]", "anthropic: requests[0] asks for /v1/embeddings, and batches are for /v1/chat/completions" },
        { "name", [BatchWire.Ask("a b", "anthropic/claude-sonnet-4-5")], "requests[0].custom_id", "anthropic: requests[0].custom_id 'a b' may hold letters, digits, - and _ alone" },
        { "long", [BatchWire.Ask(new string('a', 65), "anthropic/claude-sonnet-4-5")], "requests[0].custom_id", $"anthropic: requests[0].custom_id '{new string('a', 65)}' has 65 letters, and 64 are taken at most" },
        { "inputs", [new("a", new EmbeddingRequest { Model = "openai/m", Input = Enumerable.Repeat("x", 30_000).ToArray() }), new("b", new EmbeddingRequest { Model = "openai/m", Input = Enumerable.Repeat("x", 20_001).ToArray() })], "requests", "openai: requests hold more than the 50000 texts to embed that a batch may have: make several" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_cannot_be_is_told_before_anything_is_sent(string what, BatchRequest[] requests, string param, string expected)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync(requests, null, null, Token));

        Assert.True((param, expected) == (error.Param, error.Message), $"{what}: {error.Param}: {error.Message}");
        Assert.Empty(error.Attempts);
    }

    [Fact]
    public async Task A_request_too_many_is_told_before_anything_is_sent()
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync(Enumerable.Range(0, 50_001).Select(i => BatchWire.Ask($"r{i}")), null, null, Token));

        Assert.Equal("openai: requests are more than the 50000 that a batch may have: make several", error.Message);
    }

    [Fact]
    public async Task A_megabyte_too_many_is_told_before_anything_is_sent()
    {
        using var client = Calls.ClientFor(FaultServer.Refused());
        var text = new string('x', 1 << 20);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync(Enumerable.Range(0, 250).Select(i => BatchWire.Ask($"r{i}", prompt: text)), null, null, Token));

        Assert.Equal("openai: requests have more than the 200 MB that a batch may have: make several", error.Message);
    }

    [Fact]
    public void A_line_may_ask_for_a_response()
    {
        var line = BatchRequest.Parse("""{"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"gpt-test","input":"Hi"}}"""u8, "openai");

        Assert.Equal((BatchEndpoint.Responses, "openai/gpt-test", "Hi"), (line.Endpoint, line.Model, line.Response?.Input?.Text));
    }

    [Fact]
    public void Where_nobody_says_whose_batches_are_meant_who_only_keeps_files_does_not_count()
    {
        using var client = new LlmClient(new() { ApiKeys = new Dictionary<string, string> { ["deepseek"] = "k", ["groq"] = "k" }, Environment = static _ => null });

        Assert.Equal("groq", KeptThings.Batches.Owner(client).Name);
        Assert.Throws<ConfigurationException>(() => KeptThings.Files.Owner(client));
    }

    [Fact]
    public async Task A_service_without_batches_is_unsupported()
    {
        using var client = Calls.ClientFor(FaultServer.Refused(), "deepseek");

        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Batches.CreateAsync([BatchWire.Ask("a", "deepseek/m")], null, null, Token));
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Batches.RetrieveAsync("deepseek/batch_1", null, Token));
        Assert.Equal("openai does not offer the deletion of batches through this library", (await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Batches.DeleteAsync("batch_1", null, Token))).Message);
        Assert.Equal("anthropic does not offer batches from a file through this library", (await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "anthropic/f", Endpoint = BatchEndpoint.ChatCompletions }, null, Token))).Message);
    }

    [Fact]
    public async Task What_a_request_cannot_carry_is_a_warning_on_the_batch_or_with_Strict_an_error()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "groq");
        BatchRequest[] requests = [new("a", Calls.Ask("groq/m") with { PresencePenalty = 1 }), new("b", Calls.Ask("groq/m") with { PresencePenalty = 2 })];

        var batch = await client.Batches.CreateAsync(requests, null, null, Token);
        var sent = server.Requests.Count;
        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Batches.CreateAsync(requests, null, new() { Strict = true }, Token));

        Assert.Equal("presence_penalty", Assert.Single(batch.Warnings).Param);
        Assert.StartsWith("groq: presence_penalty: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(sent, server.Requests.Count);
    }

    [Fact]
    public async Task A_file_that_no_batch_could_be_made_of_is_taken_back()
    {
        await using var server = await ReplayServer.StartAsync(3, static request =>
            request.Target == "/batches" ? CannedReply.Json("""{"error":{"message":"The model is not there.","type":"invalid_request_error","code":"model_not_found"}}""", 400) : CannedReply.Json(BatchWire.File()));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Batches.CreateAsync([BatchWire.Ask("a")], null, null, Token));

        Assert.Contains("The model is not there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["POST /files", "POST /batches", "DELETE /files/file-in"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
    }

    [Fact]
    public async Task A_file_that_is_there_makes_a_batch()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "groq");

        var batch = await client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "groq/file-9", Endpoint = BatchEndpoint.ChatCompletions, CompletionWindow = "7d", Extra = """{"note":1}""" }, new() { ExtraBody = """{"more":2}""" }, Token);
        var foreign = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "openai/file-9", Endpoint = BatchEndpoint.ChatCompletions, Provider = "groq" }, null, Token));
        var endpoint = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "groq/file-9", Endpoint = "/v1/wishes" }, null, Token));

        Assert.Equal("groq/batch_1", batch.QualifiedId);
        Assert.Equal("""{"input_file_id":"file-9","endpoint":"/v1/chat/completions","completion_window":"7d","note":1,"more":2}""", Assert.Single(server.Requests).Text);
        Assert.Equal(("input_file_id", "endpoint"), (foreign.Param, endpoint.Param));
    }
}
