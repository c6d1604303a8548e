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
