namespace Muxi.Llm.Tests;

/// <summary>IBM watsonx.ai: whose account a call is of, its text generation, embeddings, rankings and models, after its API reference (2026) and recordings of 2024.</summary>
public sealed class WatsonxCallTests
{
    private const string Version = "?version=2025-02-06";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("WATSONX_PROJECT_ID=p-1", "", ",\"project_id\":\"p-1\"")]
    [InlineData("WATSONX_SPACE_ID=s-1", "", ",\"space_id\":\"s-1\"")]
    [InlineData("WATSONX_PROJECT_ID=p-1 WATSONX_SPACE_ID=s-1", "", ",\"project_id\":\"p-1\"")]
    [InlineData("WATSONX_PROJECT_ID=p-1", """{"project_id":"mine"}""", ",\"project_id\":\"mine\"")]
    [InlineData("WATSONX_PROJECT_ID=p-1", """{"space_id":"mine"}""", ",\"space_id\":\"mine\"")]
    [InlineData("", "", "")]
    public async Task Whose_account_it_is_says_the_request_before_the_environment(string environment, string extra, string members)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = Client(server, environment);

        await client.AskAsync(Calls.Ask("watsonx/ibm/granite") with { Extra = extra.Length > 0 ? extra : null });

        Assert.Equal((" /text/chat" + Version).TrimStart(), server.Requests[0].Target);
        Assert.Equal($$"""{"model_id":"ibm/granite","messages":[{"role":"user","content":"Hello?"}]{{members}}}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task An_address_of_the_calls_own_is_told_nothing_of_it()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = new LlmClient(new() { Environment = static name => name == "WATSONX_PROJECT_ID" ? "p-1" : null });

        await client.AskAsync("watsonx/m", new() { BaseUrl = server.Url, ApiKey = "k" });

        Assert.DoesNotContain("p-1", server.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_gone_on_with()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"model_id":"ibm/granite","created_at":"2026-08-04T19:58:15.115Z","results":[{"generated_text":" there was","generated_token_count":2,"input_token_count":5,"stop_reason":"max_tokens","seed":7}],"system":{"warnings":[]}}"""));
        using var client = Client(server, "WATSONX_PROJECT_ID=p-1");

        var reply = await client.Completions.CreateAsync(new() { Model = "watsonx/ibm/granite", Prompt = "Once", MaxTokens = 2, Temperature = 0.5, TopP = 0.9, Seed = 7, Stop = ["\n"], Logprobs = 1, Echo = true, Extra = """{"top_k":40,"parameters":{"top_p":0.8},"moderations":{}}""" }, null, Cancel);

        Assert.Equal("/text/generation" + Version, server.Requests[0].Target);
        JsonComparison.Same("the body", JsonComparison.ParseStrictly("""
            {"model_id":"ibm/granite","input":"Once","parameters":{"max_new_tokens":2,"decoding_method":"sample","temperature":0.5,"top_p":0.8,"random_seed":7,"stop_sequences":["\n"],"top_k":40},"moderations":{},"project_id":"p-1"}
            """u8), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal((" there was", FinishReason.Length, "max_tokens", 5L, 2L, 7L), (reply.Text, reply.Choices[0].FinishReason, reply.Choices[0].FinishReasonRaw, reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
        Assert.Equal(["echo", "logprobs"], reply.Warnings.Select(warning => warning.Param));
        Assert.Equal("7", reply.Choices[0].Extra["seed"].ToString());
    }

    [Theory]
    [InlineData("""{"temperature":0}""", """{"decoding_method":"greedy"}""")]
    [InlineData("""{"top_p":0.5}""", """{"decoding_method":"sample","top_p":0.5}""")]
    [InlineData("""{"temperature":0.5,"decoding_method":"greedy"}""", """{"decoding_method":"greedy","temperature":0.5}""")]
    [InlineData("""{"stop":["1","2","3","4","5","6","7"]}""", """{"stop_sequences":["1","2","3","4","5","6"]}""")]
    public async Task Sampling_is_asked_for_where_it_is_meant(string asked, string parameters)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Generated("x", "eos_token")));
        using var client = Client(server);
        var request = CompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"watsonx/m","prompt":"p",{{asked[1..]}}"""));

        await client.Completions.CreateAsync(request, null, Cancel);

        JsonComparison.Same("the parameters", System.Text.Json.Nodes.JsonNode.Parse(parameters), System.Text.Json.Nodes.JsonNode.Parse(server.Requests[0].Text)!["parameters"]);
    }

    [Theory]
    [InlineData("eos_token", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("EOS_TOKEN", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("token_limit", "length")]
    [InlineData("time_limit", "length")]
    [InlineData("cancelled", "cancelled")]
    public async Task Why_it_ends_is_in_OpenAIs_words(string word, string reason)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Target.Contains("stream", StringComparison.Ordinal) ? CannedReply.Sse($"id: 1\nevent: message\ndata: {Generated("x", word)}\n\n") : CannedReply.Json(Generated("x", word)));
        using var client = Client(server);
        var request = new CompletionRequest { Model = "watsonx/m", Prompt = "p" };

        foreach (var reply in (Completion[])[await client.Completions.CreateAsync(request, null, Cancel), await client.Completions.StreamAsync(request, null, Cancel).ToCompletionAsync(Cancel)])
            Assert.Equal(("x", reason, 3L), (reply.Text, reply.Choices[0].FinishReason?.Value, reply.Usage!.TotalTokens));
    }

    [Fact]
    public async Task Pieces_of_a_stream_that_say_nothing_are_passed_over()
    {
        var events = $"id: 1\nevent: message\ndata: {{\"model_id\":\"m\",\"system\":{{\"warnings\":[]}}}}\n\nid: 2\nevent: message\ndata: {{\"results\":[]}}\n\nid: 3\nevent: message\ndata: {Generated("Hel", "eos_token")}\n\n";
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Sse(events));
        using var client = Client(server);

        var whole = await client.Completions.StreamAsync(new() { Model = "watsonx/m", Prompt = "p" }, null, Cancel).ToCompletionAsync(Cancel);

        Assert.Equal(("Hel", FinishReason.Stop), (whole.Text, whole.Choices[0].FinishReason));
    }

    [Fact]
    public async Task A_stream_that_is_cut_or_fails_is_told_as_that()
    {
        var events = $"id: 1\nevent: message\ndata: {Generated("Hel", "not_finished")}\n\n";
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Sse(events));
        using var client = Client(server);
        var request = new CompletionRequest { Model = "watsonx/m", Prompt = "p" };

        var cut = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Completions.StreamAsync(request, null, Cancel).ToCompletionAsync(Cancel));
        events += "id: 2\nevent: error\ndata: {\"errors\":[{\"code\":\"downstream_request_failed\",\"message\":\"it broke\"}],\"status_code\":500}\n\n";
        var failed = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Completions.StreamAsync(request, null, Cancel).ToCompletionAsync(Cancel));

        Assert.Equal(("Hel", "Hel"), (((Completion)cut.Partial!).Text, ((Completion)failed.Partial!).Text));
        Assert.Equal("the stream broke off: watsonx: it broke", failed.Message);
    }

    [Fact]
    public async Task Prompts_that_are_not_taken_are_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Client(server);

        await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "watsonx/m", Prompt = ["a", "b"] }, null, Cancel));
        await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "watsonx/m", Prompt = TextInput.FromTokens([1]) }, null, Cancel));
        await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(new() { Model = "watsonx/m", Input = TextInput.FromTokens([1]) }, null, Cancel));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Embeddings_come_in_order()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"model_id":"ibm/slate","results":[{"embedding":[0.5,-1]},{"embedding":[1,2]}],"created_at":"2026-08-04T19:58:15.115Z","input_token_count":10}"""));
        using var client = Client(server, "WATSONX_PROJECT_ID=p-1");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "watsonx/ibm/slate", Input = ["one", "two"], Dimensions = 2, Extra = """{"parameters":{"truncate_input_tokens":128}}""" }, null, Cancel);

        Assert.Equal(("/text/embeddings" + Version, """{"model_id":"ibm/slate","inputs":["one","two"],"parameters":{"truncate_input_tokens":128},"project_id":"p-1"}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal([0.5f, -1f, 1f, 2f], reply.Data.SelectMany(one => one.Vector.ToArray()));
        Assert.Equal((10L, "ibm/slate", "dimensions"), (reply.Usage!.PromptTokens, reply.Model, Assert.Single(reply.Warnings).Param));
    }

    [Theory]
    [InlineData("""{"model_id":"m","results":[{"embedding":[1]}],"input_token_count":1}""", "watsonx: 1 embeddings came for 2 texts")]
    [InlineData("""{"model_id":"m","results":[{},{}]}""", null)]
    [InlineData("""{"errors":[{"code":"x","message":"it broke"}]}""", "watsonx: it broke")]
    [InlineData("[]", null)]
    public async Task Embeddings_that_are_none_are_an_error(string body, string? message)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.Embeddings.CreateAsync(new() { Model = "watsonx/m", Input = ["one", "two"] }, null, Cancel));

        if (message is not null) Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Documents_are_ranked()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"model_id":"cross-encoder/ms-marco-minilm-l-12-v2","results":[{"index":1,"score":0.9},{"index":0,"score":-2.5}],"created_at":"2026-08-04T19:58:15.115Z","input_token_count":20}"""));
        using var client = Client(server, "WATSONX_SPACE_ID=s-1");

        var reply = await client.Rerank.CreateAsync(new() { Model = "watsonx/cross-encoder/ms-marco-minilm-l-12-v2", Query = "q", Documents = ["a", "b"], TopN = 1, ReturnDocuments = true }, null, Cancel);

        Assert.Equal(("/text/rerank" + Version, """{"model_id":"cross-encoder/ms-marco-minilm-l-12-v2","query":"q","inputs":[{"text":"a"},{"text":"b"}],"space_id":"s-1"}"""), (server.Requests[0].Target, server.Requests[0].Text));
        var best = Assert.Single(reply.Results);
        Assert.Equal((1, 0.9, "b", 20L), (best.Index, best.RelevanceScore, best.Document?.Text, reply.Usage!.PromptTokens));
    }

    [Fact]
    public async Task Models_are_listed_page_by_page_and_looked_up()
    {
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"total_count":2,"limit":1,"first":{"href":"x"},"next":{"href":"https://us-south.ml.cloud.ibm.com/ml/v1/foundation_model_specs?version=2025-02-06&limit=1&start=g1AAAA%3D"},"resources":[{"model_id":"ibm/granite","label":"granite","provider":"IBM","source":"IBM"}]}"""),
            CannedReply.Json("""{"total_count":2,"limit":1,"resources":[{"model_id":"meta/llama","provider":"Meta"},{"label":"no id"}]}"""), CannedReply.Json("""{"resources":[{"model_id":"ibm/granite","provider":"IBM"}]}"""), CannedReply.Json("""{"resources":[]}"""));
        using var client = Client(server);

        var models = await client.Models.ListAsync("watsonx", null, Cancel).ToListAsync(Cancel);
        var one = await client.Models.RetrieveAsync("watsonx/ibm/granite", null, Cancel);
        var none = await Assert.ThrowsAsync<NotFoundException>(() => client.Models.RetrieveAsync("watsonx/ibm/none", null, Cancel));

        Assert.Equal([("ibm/granite", "IBM"), ("meta/llama", "Meta")], models.Select(model => (model.Id, model.OwnedBy)));
        Assert.Equal(("ibm/granite", "granite"), (one.Id, models[0].Extra.GetString("label")));
        Assert.Equal("watsonx: there is no model 'ibm/none'", none.Message);
        Assert.Equal([$"/foundation_model_specs{Version}&limit=200", $"/foundation_model_specs{Version}&limit=200&start=g1AAAA%3D", $"/foundation_model_specs{Version}&filters=modelid_ibm%2Fgranite"], server.Requests.Take(3).Select(request => request.Target));
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        using var client = new LlmClient(new() { Environment = static name => name == "WATSONX_APIKEY" ? "k" : null });

        Assert.Equal("watsonx needs a region: set WATSONX_REGION, or WATSONX_URL to https://REGION.ml.cloud.ibm.com", (await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("watsonx/m"))).Message);
    }

    private static string Generated(string text, string reason) => $$"""{"model_id":"m","created_at":"2026-08-04T19:58:15.115Z","results":[{"generated_text":"{{text}}","generated_token_count":1,"input_token_count":2,"stop_reason":"{{reason}}"}]}""";

    private static LlmClient Client(ReplayServer server, string environment = "")
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        return new(Calls.OptionsFor(server.Url, "watsonx") with { Environment = variables.GetValueOrDefault });
    }
}
