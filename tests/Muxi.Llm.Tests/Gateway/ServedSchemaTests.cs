namespace Muxi.Llm.Tests;

/// <summary>Every answer of the server with the simulator behind it, against OpenAI's published schemas.</summary>
public sealed class ServedSchemaTests
{
    private const string Function = """{"type":"function","function":{"name":"weather","description":"tells it","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false},"strict":true}}""";

    private static readonly string[] _requests =
    [
        Served.Ask("sandbox/chat"),
        Served.Ask("sandbox/echo", ""","n":3,"user":"ann" """),
        Served.Ask("sandbox/chat", ""","logprobs":true,"top_logprobs":2,"max_tokens":4"""),
        Served.Ask("sandbox/chat", $",\"tools\":[{Function}],\"tool_choice\":\"required\",\"parallel_tool_calls\":true"),
        Served.Ask("sandbox/chat", ""","tools":[{"type":"custom","custom":{"name":"sql"}}],"tool_choice":"required" """),
        Served.Ask("sandbox/chat", ""","functions":[{"name":"old","parameters":{"type":"object","properties":{}}}],"function_call":{"name":"old"}"""),
        Served.Ask("sandbox/chat", ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}},\"required\":[\"x\"]}}}"),
        Served.Ask("sandbox/chat", ""","modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"}"""),
        Served.Ask("sandbox/chat", ""","reasoning_effort":"high","service_tier":"flex" """),
        Served.Ask("sandbox/content-filter-output"),
        """{"model":"sandbox/chat","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}""",
    ];

    private static readonly string[] _wrong =
    [
        "", "{}", Served.Ask("nobody/m"), Served.Ask("openai/m"), Served.Ask("vllm/m@host"), Served.Ask("sandbox/rate-limit"), Served.Ask("sandbox/auth"), Served.Ask("sandbox/quota"), Served.Ask("sandbox/overloaded"),
        Served.Ask("sandbox/context-length"), Served.Ask("sandbox/content-filter"), Served.Ask("sandbox/html-error"), Served.Ask("sandbox/bad-json"), Served.Ask("sandbox/chat", ""","temperature":9"""),
    ];

    [Fact]
    public async Task Replies_chunks_and_lists_are_valid()
    {
        await using var served = await Served.SandboxAsync();
        var bodies = new List<(string, string)>();
        foreach (var request in _requests)
        {
            using var reply = await served.ChatAsync(request);
            bodies.Add(("CreateChatCompletionResponse", await TextAsync(reply)));
            Assert.True(reply.IsSuccessStatusCode, $"{request}: {bodies[^1].Item2}");
            // The schema of a chunk knows no custom tools yet (document 2.3.0), though OpenAI streams them.
            if (request.Contains("\"type\":\"custom\"", StringComparison.Ordinal)) continue;
            using var stream = await served.ChatAsync(request[..^1] + ""","stream":true,"stream_options":{"include_usage":true}}""");
            var (events, error) = await stream.EventsAsync();
            Assert.Null(error);
            Assert.True(events.Count > 2, $"{request}: {events.Count} events");
            bodies.AddRange(events[..^1].Select(data => ("CreateChatCompletionStreamResponse", data)));
        }
        bodies.Add(("ListModelsResponse", await TextAsync(await served.SendAsync(HttpMethod.Get, "/v1/models"))));
        bodies.Add(("Model", await TextAsync(await served.SendAsync(HttpMethod.Get, "/v1/models/sandbox/chat"))));

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    private const string Tool = """{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false},"strict":true}""";

    public static TheoryData<string> ResponseRequests =>
    [
        """ "input":"Hello?" """,
        """ "input":[{"role":"developer","content":"d"},{"role":"user","content":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]},{"role":"assistant","content":"a"},{"role":"user","content":"b"}],"instructions":"Be brief.","metadata":{"a":"b"} """,
        $""" "input":"Hello?","tools":[{Tool}],"tool_choice":"required","parallel_tool_calls":false """,
        $$""" "input":[{"role":"user","content":"Hello?"},{"type":"function_call","call_id":"call_1","name":"weather","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"18"}],"tools":[{{Tool}}] """,
        """ "input":"Hello?","tools":[{"type":"custom","name":"sql"}],"tool_choice":{"type":"custom","name":"sql"} """,
        """ "input":"Hello?","text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}}} """,
        """ "input":"Hello?","reasoning":{"effort":"high","summary":"auto"},"include":["reasoning.encrypted_content"],"store":false """,
        """ "input":"Hello?","max_output_tokens":16,"temperature":0.5,"top_p":0.5,"user":"ann","truncation":"auto" """,
        """ "input":"Hello?","tools":[{"type":"web_search"}] """,
    ];

    [Theory, MemberData(nameof(ResponseRequests))]
    public async Task Responses_and_their_events_are_valid(string request)
    {
        await using var served = await Served.SandboxAsync();

        await OpenAISchemas.ExpectValidAsync(await RespondAsync(served, $$"""{"model":"sandbox/chat",{{request}}}"""));
    }

    [Theory]
    [InlineData("A story?")]
    [InlineData("Weather in Oslo?")]
    public async Task Responses_of_a_chat_are_valid_too(string question)
    {
        await using var aimock = await AimockServer.StartAsync("""
            {"fixtures":[{"match":{"userMessage":"Oslo"},"response":{"content":"Let me see.","toolCalls":[{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}]}},
            {"match":{"userMessage":"story"},"response":{"content":"Once upon a time.","reasoning":"A short one."}}]}
            """);
        await using var served = await Served.StartAsync(Calls.OptionsFor(aimock.OpenAIUrl, "anthropic") with { Retries = Calls.Once });

        var bodies = await RespondAsync(served, $$"""{"model":"anthropic/claude-sonnet-4-5","input":"{{question}}","tools":[{{Tool}}],"instructions":"Be brief.","reasoning":{"effort":"low","summary":"auto"} }""");
        var id = (string)System.Text.Json.Nodes.JsonNode.Parse(bodies[0].Body)!["id"]!;
        bodies.Add(("Response", Known(await TextAsync(await served.SendAsync(HttpMethod.Get, $"{ResponseWire.Route}/{id}")))));
        bodies.Add(("ResponseItemList", await TextAsync(await served.SendAsync(HttpMethod.Get, $"{ResponseWire.Route}/{id}/input_items"))));

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    [Fact]
    public async Task What_is_below_a_response_is_valid()
    {
        await using var served = await Served.SandboxAsync();
        var bodies = new List<(string, string)>();
        async Task<string> SeeAsync(string schema, HttpMethod method, string tail, string? body = null)
        {
            using var reply = await served.SendAsync(method, ResponseWire.Route + tail, body);
            bodies.Add((schema, Known(await TextAsync(reply))));
            Assert.True(reply.IsSuccessStatusCode, bodies[^1].Item2);
            return (string?)System.Text.Json.Nodes.JsonNode.Parse(bodies[^1].Item2)!["id"] ?? "";
        }

        var id = await SeeAsync("Response", HttpMethod.Post, "", """{"model":"sandbox/chat","input":[{"role":"user","content":[{"type":"input_file","file_id":"sandbox/file-1"}]},{"role":"user","content":"b"}],"background":true}""");
        await SeeAsync("Response", HttpMethod.Get, $"/{id}");
        await SeeAsync("ResponseItemList", HttpMethod.Get, $"/{id}/input_items");
        await SeeAsync("Response", HttpMethod.Post, $"/{id}/cancel");
        await SeeAsync("TokenCountsResource", HttpMethod.Post, "/input_tokens", """{"model":"sandbox/chat","input":"Hello?"}""");
        await SeeAsync("CompactResource", HttpMethod.Post, "/compact", """{"model":"sandbox/chat","input":"Hello?"}""");
        using var broken = await served.SendAsync(HttpMethod.Post, ResponseWire.Route, """{"model":"sandbox/stream-error","input":"Hello?","stream":true}""");
        bodies.Add(("ResponseErrorEvent", (await broken.EventsAsync()).Events[^1]));
        bodies.Add(("ErrorResponse", await ErrorAsync(served.SendAsync(HttpMethod.Get, $"{ResponseWire.Route}/resp_none"))));

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    /// <summary>The response to a request, and the events of its stream.</summary>
    private static async Task<List<(string Schema, string Body)>> RespondAsync(Served served, string request)
    {
        using var reply = await served.SendAsync(HttpMethod.Post, ResponseWire.Route, request);
        var whole = await TextAsync(reply);
        Assert.True(reply.IsSuccessStatusCode, $"{request}: {whole}");
        using var stream = await served.SendAsync(HttpMethod.Post, ResponseWire.Route, request[..^1] + ",\"stream\":true}");
        var (events, error) = await stream.EventsAsync();
        Assert.Null(error);
        Assert.True(events.Count > 4, $"{request}: {events.Count} events");
        return [("Response", Known(whole)), .. events.Select(data => ("ResponseStreamEvent", Known(data)))];
    }

    /// <summary>Without what the schema does not know: that a usage is null before there is one, as on OpenAI's own wire.</summary>
    private static string Known(string body) => body.Replace("\"usage\":null,", "", StringComparison.Ordinal);

    [Fact]
    public async Task Errors_are_valid_in_and_out_of_a_stream()
    {
        await using var served = await Served.SandboxAsync();
        await using var locked = await Served.SandboxAsync(options => options with { MasterKey = "key" });
        var bodies = new List<(string, string)>();
        foreach (var request in _wrong)
        {
            bodies.Add(("ErrorResponse", await ErrorAsync(served.ChatAsync(request))));
            if (request.Length > 2 && !request.Contains("bad-json", StringComparison.Ordinal)) bodies.Add(("ErrorResponse", await ErrorAsync(served.ChatAsync(request[..^1] + ",\"stream\":true}"))));
        }
        bodies.Add(("ErrorResponse", await ErrorAsync(served.SendAsync(HttpMethod.Get, "/nothing"))));
        bodies.Add(("ErrorResponse", await ErrorAsync(served.SendAsync(HttpMethod.Put, Served.ChatPath))));
        bodies.Add(("ErrorResponse", await ErrorAsync(served.SendAsync(HttpMethod.Get, "/v1/models/sandbox/none"))));
        bodies.Add(("ErrorResponse", await ErrorAsync(served.SendAsync(HttpMethod.Get, "/v1/models", null, ("Origin", "http://evil.example")))));
        bodies.Add(("ErrorResponse", await ErrorAsync(locked.SendAsync(HttpMethod.Get, "/v1/models"))));
        foreach (var fault in (string[])["stream-error", "cut-stream", "bad-json"])
        {
            using var reply = await served.ChatAsync(Served.AskStream($"sandbox/{fault}"));
            bodies.Add(("ErrorResponse", (await reply.EventsAsync()).Events[^1]));
        }

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    private static async Task<string> ErrorAsync(Task<HttpResponseMessage> sending)
    {
        using var reply = await sending;
        Assert.False(reply.IsSuccessStatusCode);
        return await TextAsync(reply);
    }

    private static Task<string> TextAsync(HttpResponseMessage reply) => reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
