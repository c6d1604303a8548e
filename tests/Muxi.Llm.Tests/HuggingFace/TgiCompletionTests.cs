using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Text Generation Inference's own completions, and its errors. Replies by hand after docs/openapi.json and router/src of huggingface/text-generation-inference.</summary>
public sealed class TgiCompletionTests
{
    private const string Whole = """
        {"generated_text":" blue.\nEND","details":{"finish_reason":"stop_sequence","generated_tokens":3,"seed":42,"prefill":[],
         "tokens":[{"id":1,"text":" blue","logprob":-0.25,"special":false},{"id":2,"text":".\n","logprob":-0.5,"special":false},{"id":3,"text":"END","logprob":-1,"special":false}],
         "top_tokens":[[{"id":1,"text":" blue","logprob":-0.25,"special":false},{"id":9,"text":" grey","logprob":-2,"special":false}],[],[]],
         "best_of_sequences":[{"generated_text":" grey.","finish_reason":"length","generated_tokens":2,"seed":7,"prefill":[],"tokens":[]}]}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static LlmClient Client(ReplayServer server) => new(Calls.OptionsFor(new(server.Url, "v1"), "tgi"));

    [Fact]
    public async Task A_request_says_everything_in_the_servers_words()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Whole).With("x-prompt-tokens", "5"));
        using var client = Client(server);

        var reply = await client.Completions.CreateAsync(new()
        {
            Model = "tgi/any", Prompt = "The sky is", MaxTokens = 20, Temperature = 0.5, TopP = 0.9, Seed = 42, Stop = ["END"], FrequencyPenalty = 0.1, N = 2, Logprobs = 2, PresencePenalty = 1, User = "me", Suffix = "x",
            Extra = """{"grammar":{"type":"regex","value":"a+"},"top_k":5,"parameters":{"typical_p":0.9}}""",
        }, null, Token);

        Assert.Equal("/generate", server.Requests[0].Target);
        JsonComparison.Same("request", JsonNode.Parse("""
            {"inputs":"The sky is","parameters":{"details":true,"max_new_tokens":20,"temperature":0.5,"top_p":0.9,"do_sample":true,"seed":42,"frequency_penalty":0.1,"stop":["END"],"top_n_tokens":2,"best_of":2,
             "grammar":{"type":"regex","value":"a+"},"top_k":5,"typical_p":0.9}}
            """)!, JsonNode.Parse(server.Requests[0].Text)!);
        Assert.Equal(["suffix", "presence_penalty", "user"], reply.Warnings.Select(static warning => warning.Param));
        Assert.Equal([(" blue.\n", "stop", "stop_sequence"), (" grey.", "length", null)], reply.Choices.Select(static one => (one.Text, one.FinishReason!.Value.Value, one.FinishReasonRaw)));
        Assert.Equal((5L, 5L, 10L), (reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
        Assert.Equal([" blue", ".\n", "END"], reply.Choices[0].Logprobs!.Tokens);
        Assert.Equal(-2, reply.Choices[0].Logprobs!.TopLogprobs[0]![" grey"]);
    }

    [Fact]
    public async Task What_the_server_refuses_by_its_number_is_said_otherwise()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""[{"generated_text":"The sky is blue","details":{"finish_reason":"eos_token","generated_tokens":1,"prefill":[{"id":1,"text":"The","logprob":null}],"tokens":[]}}]"""));
        using var client = Client(server);

        var reply = await client.Completions.CreateAsync(new() { Model = "tgi/any", Prompt = "The sky is", Temperature = 0, TopP = 1, Echo = true }, null, Token);

        JsonComparison.Same("request", JsonNode.Parse("""{"inputs":"The sky is","parameters":{"details":true,"do_sample":false,"return_full_text":true}}""")!, JsonNode.Parse(server.Requests[0].Text)!);
        Assert.Equal(("The sky is blue", 1L), (reply.Text, reply.Usage!.PromptTokens));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_gives_each_token_and_takes_the_stop_text_off(bool isEchoed)
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Sse("""
            data:{"index":1,"token":{"id":1,"text":" blue","logprob":-0.25,"special":false},"generated_text":null,"details":null}

            data:{"index":2,"token":{"id":2,"text":".E","logprob":-0.5,"special":false},"generated_text":null,"details":null}

            data:{"index":3,"token":{"id":3,"text":"N","logprob":-0.5,"special":false},"generated_text":null,"details":null}

            data:{"index":4,"token":{"id":4,"text":"E EN","logprob":-0.5,"special":false},"generated_text":null,"details":null}

            data:{"index":5,"token":{"id":5,"text":"D","logprob":-1,"special":false},"generated_text":" blue.ENE END","details":{"finish_reason":"stop_sequence","generated_tokens":5,"seed":42,"input_length":7}}


            """));
        using var client = Client(server);

        var chunks = await client.Completions.StreamAsync(new() { Model = "tgi/any", Prompt = "Sky:", Stop = ["END"], Logprobs = 0, Echo = isEchoed }, null, Token).ToListAsync(Token);
        var whole = await chunks.ToAsyncEnumerable().ToCompletionAsync(Token);

        Assert.Equal("/generate_stream", server.Requests[0].Target);
        Assert.Equal((isEchoed ? "Sky:" : "") + " blue.ENE ", whole.Text);
        Assert.Equal(("stop", "stop_sequence"), (whole.Choices[0].FinishReason!.Value.Value, whole.Choices[0].FinishReasonRaw));
        Assert.Equal((7L, 5L), (whole.Usage!.PromptTokens, whole.Usage.CompletionTokens));
        Assert.Equal([" blue", ".E", "N", "E EN", "D"], whole.Choices[0].Logprobs!.Tokens);
        Assert.Contains(chunks, static chunk => chunk.Text == " blue");
        Assert.DoesNotContain(chunks, static chunk => chunk.Text?.Contains('D', StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("""{"error":"Model is overloaded","error_type":"overloaded"}""", typeof(OverloadedException))]
    [InlineData("""{"error":"Request failed during generation: CUDA out of memory","error_type":"generation"}""", typeof(ServerException))]
    [InlineData("""{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000 `inputs` tokens and 20 `max_new_tokens`","error_type":"validation"}""", typeof(ContextLengthExceededException))]
    public async Task An_error_in_a_stream_is_what_it_says(string error, Type type)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse($"data:{error}\n\n"));
        using var client = Client(server);

        await Assert.ThrowsAsync(type, async () => await client.Completions.StreamAsync(new() { Model = "tgi/any", Prompt = "x" }, null, Token).ToListAsync(Token));
        var inChat = await Assert.ThrowsAsync(type, async () => await client.AskStream("tgi/any").ToListAsync(Token));
        Assert.Equal(JsonNode.Parse(error)!["error_type"].Str(), ((ApiException)inChat).Type);
    }

    [Theory]
    [InlineData(429, """{"error":"Model is overloaded","error_type":"overloaded"}""", typeof(RateLimitException), typeof(OverloadedException))]
    [InlineData(424, """{"error":"Request failed during generation: x","error_type":"generation"}""", typeof(ServerException), null)]
    [InlineData(422, """{"error":"Input validation error: `temperature` must be strictly positive","error_type":"validation"}""", typeof(UnprocessableEntityException), null)]
    [InlineData(422, """{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 10. Given: 8 `inputs` tokens and 20 `max_new_tokens`","error_type":"validation"}""", typeof(ContextLengthExceededException), null)]
    [InlineData(500, """{"error":"Incomplete generation","error_type":"incomplete_generation"}""", typeof(ServerException), null)]
    [InlineData(404, """{"error":"Template error: template not found","error_type":"template_error"}""", typeof(NotFoundException), null)]
    public async Task An_error_is_what_its_words_say_before_its_status(int status, string error, Type type, Type? other)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(error, status));
        using var client = Client(server);

        foreach (var call in (Func<Task>[])[() => client.Completions.CreateAsync(new() { Model = "tgi/any", Prompt = "x" }, null, Token), () => client.AskAsync("tgi/any")])
        {
            var raised = (ApiException)(await Record.ExceptionAsync(call))!;
            Assert.True(raised.GetType() == type || raised.GetType() == other, raised.ToString());
            Assert.Equal((status, JsonNode.Parse(error)!["error_type"].Str()), ((int)raised.Status, raised.Type));
        }
    }

    [Fact]
    public async Task A_stream_that_is_cut_says_so_and_keeps_what_came()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse("""
            data:{"index":1,"token":{"id":1,"text":" blue","logprob":-0.25,"special":false},"generated_text":null,"details":null}


            """));
        using var client = Client(server);

        var cut = await Assert.ThrowsAsync<StreamInterruptedException>(async () => await client.Completions.StreamAsync(new() { Model = "tgi/any", Prompt = "x" }, null, Token).ToListAsync(Token));

        Assert.Equal(" blue", Assert.IsType<Completion>(cut.Partial).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"generated_text":5}""")]
    [InlineData("""{"generated_text":"a" """)]
    public async Task What_is_no_completion_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Client(server);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Completions.CreateAsync(new() { Model = "tgi/any", Prompt = "x" }, null, Token));
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_before_anything_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Whole));
        using var client = Client(server);

        foreach (var prompt in (TextInput?[])[TextInput.FromTokens([1, 2]), new[] { "a", "b" }, "", null])
            await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "tgi/any", Prompt = prompt }, null, Token));
        await Assert.ThrowsAsync<BadRequestException>(async () => await client.Completions.StreamAsync(new() { Model = "tgi/any", Prompt = "x", N = 2 }, null, Token).ToListAsync(Token));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_server_needs_no_version_in_its_address_and_is_never_told_the_accounts_token()
    {
        using var client = new LlmClient(new() { Environment = static name => name switch { "TGI_BASE_URL" => "http://gpu-box:8080", "HF_TOKEN" => "hf_secret", _ => null } });

        Assert.Equal("http://gpu-box:8080/v1/", client.Targets.AddressOf(Providers.Tgi).Folder.AbsoluteUri);
        Assert.Null(client.Targets.KeySource(Providers.Tgi));
    }

    [Fact]
    public async Task A_dedicated_endpoint_is_asked_with_the_accounts_token_at_the_host_that_is_named()
    {
        using var nowhere = new LlmClient(new() { Environment = static name => name == "HF_TOKEN" ? "hf_secret" : null });
        using var client = new LlmClient(new() { Environment = static name => name switch { "HUGGINGFACE_ENDPOINT_HOST" => "abc.us-east-1.aws.endpoints.huggingface.cloud", "HF_TOKEN" => "hf_secret", _ => null } });

        Assert.Equal("https://abc.us-east-1.aws.endpoints.huggingface.cloud/v1/", client.Targets.AddressOf(Providers.HuggingFaceEndpoint).Folder.AbsoluteUri);
        Assert.Equal("HF_TOKEN", client.Targets.KeySource(Providers.HuggingFaceEndpoint));
        var missing = await Assert.ThrowsAsync<ConfigurationException>(() => nowhere.AskAsync("huggingface-endpoint/any"));
        Assert.Contains("HUGGINGFACE_ENDPOINT_HOST", missing.Message, StringComparison.Ordinal);
    }
}
