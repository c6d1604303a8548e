using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The calls of responses on the wire: what is sent, to which path, and what becomes of what comes back.</summary>
public sealed class ResponseCallTests
{
    private static readonly ResponseRequest _ask = new() { Model = "openai/gpt-test", Input = "Hi" };

    /// <summary>Every parameter of the published schema, but those that exclude each other.</summary>
    public static ResponseRequest All { get; } = new()
    {
        Model = "m", Input = (ResponseItem[])[ResponseItem.System("Be brief."), ResponseItem.User("Hi", ResponsePart.FromImage("https://example.com/a.png", "low"), ResponsePart.FromFileId("file-1")), ResponseItem.FunctionCallOutput("call_1", "2")],
        Instructions = "Be kind.", PreviousResponseId = "resp_0", Prompt = """{"id":"pmpt_1","version":"2","variables":{"a":"b"}}""",
        Tools = [ResponseTool.FromFunction("add", "Adds.", """{"type":"object","properties":{}}""") with { Strict = true }, ResponseTool.BuiltIn("web_search_preview"), ResponseTool.BuiltIn("file_search", """{"vector_store_ids":["vs_1"]}"""), new() { Type = "custom", Name = "run", Format = """{"type":"text"}""" }],
        ToolChoice = ToolChoice.Function("add"), ParallelToolCalls = true, MaxToolCalls = 3,
        Text = new() { Format = ResponseFormat.JsonSchema("answer", """{"type":"object"}"""), Verbosity = Verbosity.Low }, Reasoning = new() { Effort = ReasoningEffort.Low, Summary = "auto" },
        MaxOutputTokens = 100, Temperature = 0.5, TopP = 0.9, TopLogprobs = 2, Include = ["reasoning.encrypted_content"], Background = false, Store = true, Truncation = "auto",
        ContextManagement = """[{"type":"compaction","compact_threshold":200000}]""", ServiceTier = ServiceTier.Flex, Metadata = new Dictionary<string, string> { ["a"] = "b" }, Moderation = """{"model":"omni-moderation-latest"}""",
        SafetyIdentifier = "s", PromptCacheKey = "k", PromptCacheRetention = "24h", PromptCacheOptions = """{"mode":"implicit","ttl":"30m"}""", User = "ann", StreamOptions = new() { IncludeObfuscation = false },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_response_is_made()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response()));
        using var client = Calls.ClientFor(server.Url);

        var response = await client.Responses.CreateAsync(_ask, null, Token);

        Assert.Equal(("POST", "/responses", """{"model":"gpt-test","input":"Hi"}"""), (server.Requests[0].Method, server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal(("Hello", "openai", "openai/resp_1"), (response.OutputText, response.Provider, response.QualifiedId));
    }

    [Fact]
    public async Task It_is_looked_at_stopped_and_deleted()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Method == "DELETE" ? """{"id":"resp_1","object":"response","deleted":true}""" : WireResponse.Response("cancelled")));
        using var client = Calls.ClientFor(server.Url);

        var seen = await client.Responses.RetrieveAsync(new ResponseRetrieveRequest("openai/resp_1") { Include = ["a.b", "c"] }, null, Token);
        var stopped = await client.Responses.CancelAsync("resp_1", null, Token);
        var gone = await client.Responses.DeleteAsync("openai/resp_1", null, Token);

        Assert.Equal(["GET /responses/resp_1?include[]=a.b&include[]=c", "POST /responses/resp_1/cancel", "DELETE /responses/resp_1"], server.Requests.Select(one => $"{one.Method} {one.Target}"));
        Assert.All([seen, stopped], response => Assert.Equal((ResponseStatus.Cancelled, true), (response.Status, response.HasEnded)));
        Assert.Equal(("resp_1", true), (gone.Id, gone.Deleted));
    }

    [Fact]
    public async Task What_it_was_made_from_comes_page_by_page()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("after=", StringComparison.Ordinal)
            ? """{"object":"list","data":[{"id":"b","type":"message","role":"user","content":[]}],"first_id":"b","last_id":"b","has_more":false}"""
            : """{"object":"list","data":[{"id":"a","type":"message","role":"user","content":[]}],"first_id":"a","last_id":"a","has_more":true}"""));
        using var client = Calls.ClientFor(server.Url);

        var items = await client.Responses.InputItemsAsync(new ResponseInputItemsRequest("openai/resp_1") { Limit = 1, Order = ListOrder.Ascending, Include = ["x"] }, null, Token).ToListAsync(Token);

        Assert.Equal(["a", "b"], items.Select(item => item.Id));
        Assert.Equal(["/responses/resp_1/input_items?limit=1&order=asc&include[]=x", "/responses/resp_1/input_items?limit=1&order=asc&after=a&include[]=x"], server.Requests.Select(one => one.Target));
    }

    [Fact]
    public async Task Its_input_is_counted_and_condensed_without_what_does_not_count()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.EndsWith("compact", StringComparison.Ordinal)
            ? $$"""{"id":"c","object":"response.compaction","created_at":7,"output":[{"type":"compaction","id":"cmp","encrypted_content":"g=="}],"usage":{{WireResponse.Usage}}}""" : """{"object":"response.input_tokens","input_tokens":11}"""));
        using var client = Calls.ClientFor(server.Url);
        var request = All with { Model = "openai/m", PreviousResponseId = "openai/resp_0", Input = "Hi", Tools = null };

        var count = await client.Responses.CountInputTokensAsync(request, null, Token);
        var left = await client.Responses.CompactAsync(request, null, Token);

        Assert.Equal(11, count.InputTokens);
        Assert.Equal(("c", 7L, "g==", 8L), (left.Id, left.CreatedAt, left.Output[0].EncryptedContent, left.Usage!.TotalTokens));
        Assert.Equal(["input", "instructions", "model", "parallel_tool_calls", "previous_response_id", "reasoning", "text", "tool_choice", "truncation"], Members(server.Requests[0]));
        Assert.Equal(["input", "instructions", "model", "previous_response_id", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "service_tier"], Members(server.Requests[1]));
        Assert.Equal(["/responses/input_tokens", "/responses/compact"], server.Requests.Select(one => one.Target));
    }

    [Fact]
    public async Task Ids_of_the_asked_provider_lose_its_name_and_those_of_another_one_are_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response()));
        using var client = Calls.ClientFor(server.Url);
        var request = _ask with
        {
            PreviousResponseId = "openai/resp_0", Input = (ResponseItem[])[ResponseItem.User(ResponsePart.FromFileId("openai/file-1")), ResponseItem.FunctionCallOutput("c", (ResponsePart[])[ResponsePart.FromFileId("openai/file-2")])],
            Tools = [ResponseTool.BuiltIn("code_interpreter", """{"container":{"type":"auto","file_ids":["openai/file-3","file-4"]}}""")],
        };

        await client.Responses.CreateAsync(request, null, Token);
        var other = await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.CreateAsync(request with { PreviousResponseId = "groq/resp_0" }, null, Token));
        var file = await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.CreateAsync(request with { Input = (ResponseItem[])[ResponseItem.User(ResponsePart.FromFileId("groq/file-1"))] }, null, Token));

        Assert.DoesNotContain("openai/", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Contains("""{"type":"auto","file_ids":["file-3","file-4"]}""", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("previous_response_id", other.Param);
        Assert.StartsWith("groq: there is no response 'groq/resp_0'", other.Message, StringComparison.Ordinal);
        Assert.Equal("input[0].content[0].file_id", file.Param);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task One_that_failed_is_an_error_like_any_other_but_is_given_where_it_is_looked_at()
    {
        var failed = WireResponse.Response("failed", "", usage: "null").Replace("\"error\":null", "\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Rate limit reached\"}", StringComparison.Ordinal);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(failed));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.Responses.CreateAsync(_ask, null, Token));
        var seen = await client.Responses.RetrieveAsync("resp_1", null, Token);
        var begun = await client.Responses.CreateAsync(_ask with { Background = true }, null, Token);

        Assert.Equal("openai: Rate limit reached", error.Message);
        Assert.All([seen, begun], response => Assert.Equal((ResponseStatus.Failed, "rate_limit_exceeded", "Rate limit reached"), (response.Status, response.Error?.Code, response.Error?.Message)));
    }

    [Fact]
    public async Task What_is_made_in_the_background_is_not_asked_for_twice_where_the_first_may_have_worked()
    {
        await using var server = FaultServer.Start(Fault.ResetUnanswered, CannedReply.Json(WireResponse.Response()));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 2 }, TimeProvider = new SteppedTime() });

        await Assert.ThrowsAnyAsync<ApiConnectionException>(() => client.Responses.CreateAsync(_ask with { Background = true }, null, Token));
        var made = await client.Responses.CreateAsync(_ask, null, Token);

        Assert.Equal("Hello", made.OutputText);
    }

    [Theory]
    [InlineData("groq/m", "previous_response_id")]
    [InlineData("groq/m", "background")]
    [InlineData("lmstudio/m", "background")]
    [InlineData("xai/m", "background")]
    public async Task What_a_service_cannot_is_refused_before_anything_is_sent(string model, string param)
    {
        using var client = Calls.ClientFor(FaultServer.Refused(), model.Split('/')[0]);
        var request = param == "background" ? _ask with { Model = model, Background = true } : _ask with { Model = model, PreviousResponseId = "resp_0" };

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Responses.CreateAsync(request, null, Token));

        // What is not kept here either was never made.
        Assert.Equal((param, param == "background"), (error.Param, error is BadRequestException));
        Assert.StartsWith(model.Split('/')[0], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_service_does_not_take_is_left_out_with_a_warning()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response()));
        using var client = Calls.ClientFor(server.Url, "lmstudio");

        var response = await client.Responses.CreateAsync(_ask with { Model = "lmstudio/m", Include = ["reasoning.encrypted_content", "x"] }, null, Token);

        Assert.Equal("""{"model":"m","input":"Hi","include":["x"]}""", server.Requests[0].Text);
        Assert.Equal("include", Assert.Single(response.Warnings).Param);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Responses.CreateAsync(_ask with { Model = "lmstudio/m", Include = ["reasoning.encrypted_content"] }, new() { Strict = true }, Token));
    }

    [Fact]
    public async Task Waiting_ends_when_nothing_more_will_come()
    {
        string[] states = ["queued", "in_progress", "completed"];
        var at = 0;
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json(WireResponse.Response(states[Math.Min(at++, 2)])));
        var clock = new SteppedTime();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock });
        var seen = new List<ResponseStatus?>();

        var done = await client.Responses.WaitAsync("openai/resp_1", new() { Interval = TimeSpan.FromSeconds(3) }, new Told(response => seen.Add(response.Status)), null, Token);

        Assert.Equal(ResponseStatus.Completed, done.Status);
        Assert.Equal(["queued", "in_progress", "completed"], seen.Select(status => status?.Value));
        Assert.Equal(2, clock.Waits.Count(wait => wait == TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Looking_that_fails_in_passing_does_not_end_the_waiting()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response("queued")), CannedReply.Html(502, "<p>no</p>"), CannedReply.Json(WireResponse.Response("completed")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = new SteppedTime(), Retries = Calls.Once });

        var done = await client.Responses.WaitAsync("resp_1", null, null, null, Token);

        Assert.Equal((ResponseStatus.Completed, 3), (done.Status, server.Requests.Count));
    }

    [Fact]
    public async Task Waiting_has_a_limit()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response("queued")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = new SteppedTime() });

        Assert.False((await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.WaitAsync("resp_1", new() { Interval = TimeSpan.Zero }, null, null, Token))).WasSent);
        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => client.Responses.WaitAsync("resp_1", new() { Interval = TimeSpan.FromSeconds(3), Limit = TimeSpan.FromSeconds(10) }, null, null, Token));

        Assert.Contains("'queued' still after 10 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("items")]
    [InlineData("both")]
    public async Task A_request_that_asks_nothing_or_goes_on_from_two_things_is_refused(string kind)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());
        var request = new ResponseRequest { Model = "openai/m" };

        await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.CreateAsync(kind switch { "items" => request with { Input = (ResponseItem[])[] }, "both" => _ask with { PreviousResponseId = "r", Conversation = "\"c\"" }, _ => request }, null, Token));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    public async Task An_id_cannot_lead_to_another_path(string id)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        await Assert.ThrowsAnyAsync<Exception>(() => client.Responses.RetrieveAsync($"openai/{id}", null, Token));
    }

    private static IEnumerable<string> Members(SeenRequest request) => JsonNode.Parse(request.Body)!.AsObject().Select(member => member.Key).Order();

    private sealed class Told(Action<Response> tell) : IProgress<Response>
    {
        public void Report(Response value) => tell(value);
    }
}
