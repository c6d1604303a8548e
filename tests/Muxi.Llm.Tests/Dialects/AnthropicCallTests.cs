using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What of Anthropic's format takes more than one request, or more than its body.</summary>
public sealed class AnthropicCallTests
{
    private const string Search = """{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"sky"}}""";

    private static readonly ChatCompletionRequest _ask = Calls.Ask("anthropic/claude-sonnet-4-5") with { Tools = [new() { Type = "web_search_20250305", Extra = """{"name":"web_search"}""" }] };

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_paused_turn_goes_on_and_is_one_reply(bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(7, request => Reply(isStream, request.Text.Contains("srvtoolu_1", StringComparison.Ordinal)
            ? Message("msg_2", "end_turn", """{"type":"text","text":"It is blue.","citations":[{"type":"web_search_result_location","url":"https://x.test","title":"X","cited_text":"Blue"}]}""")
            : Message("msg_1", "pause_turn", """{"type":"text","text":"Let me see. "}""" + "," + Search, "\"container\":{\"id\":\"c_1\"},")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var outcome = await ChatOutcome.OfAsync(client, _ask, isStream);

        Assert.Null(outcome.Error);
        var reply = outcome.Reply!;
        Assert.Equal(("msg_1", "Let me see. It is blue.", FinishReason.Stop, "end_turn"), (reply.Id, reply.Text, reply.Choices[0].FinishReason, reply.Choices[0].FinishReasonRaw));
        Assert.Equal(["text", "opaque", "text"], reply.Choices[0].Message.Blocks.Select(block => block.Type.Value));
        Assert.Equal((12, 23), (reply.Choices[0].Message.Annotations[0].StartIndex, reply.Choices[0].Message.Annotations[0].EndIndex));
        Assert.Equal((20, 6, 26), (reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
        Assert.Equal("""{"web_search_requests":2}""", reply.Usage.Extra["server_tool_use"].ToString());
        Assert.Equal(2, reply.Usage.Extra["iterations"].ToElement().GetArrayLength());
        Assert.Equal(2, server.Requests.Count);
        var second = JsonNode.Parse(server.Requests[1].Body)!;
        Assert.Equal("c_1", second["container"].Str());
        JsonComparison.Same("the turn that goes on", JsonNode.Parse($$"""{"role":"assistant","content":[{"type":"text","text":"Let me see. "},{{Search}}]}"""), second["messages"]![1]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_turn_that_goes_on_keeps_the_skills_of_its_options(bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(7, request => Reply(isStream, request.Text.Contains("srvtoolu_1", StringComparison.Ordinal)
            ? Message("msg_2", "end_turn", """{"type":"text","text":"Done."}""") : Message("msg_1", "pause_turn", Search, "\"container\":{\"id\":\"c_1\"},")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));
        var ask = Calls.Ask("anthropic/claude-sonnet-4-5") with { Tools = [AnthropicTools.CodeExecution()], FormatOptions = new AnthropicOptions { Skills = [new("pptx")] }.ForRequest() };

        var outcome = await ChatOutcome.OfAsync(client, ask, isStream);

        Assert.Equal("Done.", outcome.Reply!.Text);
        JsonComparison.Same("the container", JsonNode.Parse("""{"skills":[{"type":"anthropic","skill_id":"pptx","version":"latest"}],"id":"c_1"}"""), JsonNode.Parse(server.Requests[1].Body)!["container"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_search_that_was_asked_for_by_options_goes_on_too(bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(7, request => Reply(isStream, request.Text.Contains("srvtoolu_1", StringComparison.Ordinal)
            ? Message("msg_2", "end_turn", """{"type":"text","text":"Blue."}""") : Message("msg_1", "pause_turn", Search)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var reply = (await ChatOutcome.OfAsync(client, Calls.Ask("anthropic/claude-sonnet-4-5") with { WebSearchOptions = "{}" }, isStream)).Reply!;

        Assert.Equal("Blue.", reply.Text);
        Assert.Equal(("web_search", "{\"query\":\"sky\"}", true), reply.Choices[0].Message.ServerToolCalls.Select(call => (call.Name, call.Input.ToString(), call.Output.IsEmpty)).Single());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_services_own_calls_are_read_with_what_came_of_them(bool isStream)
    {
        var blocks = string.Join(',',
            Search, """{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://x.test","title":"X","encrypted_content":"E","page_age":"May 1"},{"type":"web_search_result","url":"https://y.test"}]}""",
            """{"type":"server_tool_use","id":"srvtoolu_2","name":"web_fetch","input":{"url":"https://x.test"}}""", """{"type":"web_fetch_tool_result","tool_use_id":"srvtoolu_2","content":{"type":"web_fetch_result","url":"https://x.test","retrieved_at":"2026-05-01","content":{"type":"document","title":"X whole"}}}""",
            """{"type":"server_tool_use","id":"srvtoolu_3","name":"bash_code_execution","input":{"command":"ls"}}""", """{"type":"bash_code_execution_tool_result","tool_use_id":"srvtoolu_3","content":{"type":"bash_code_execution_result","stdout":"a\n","stderr":"w","return_code":2,"content":[{"type":"bash_code_execution_output","file_id":"file_1"}]}}""",
            """{"type":"server_tool_use","id":"srvtoolu_4","name":"web_search","input":{}}""", """{"type":"web_search_tool_result","tool_use_id":"srvtoolu_4","content":{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}}""",
            """{"type":"mcp_tool_use","id":"mcptoolu_5","name":"list","server_name":"m","input":{"a":1}}""", """{"type":"mcp_tool_result","tool_use_id":"mcptoolu_5","is_error":true,"content":[{"type":"text","text":"no"}]}""",
            """{"type":"web_search_tool_result","tool_use_id":"of-no-call","content":[]}""", """{"type":"brand_new_block","id":"b"}""", """{"type":"server_tool_use","id":"srvtoolu_6","name":"web_search","input":{}}""");
        await using var server = await ReplayServer.StartAsync(7, _ => Reply(isStream, Message("msg_1", "end_turn", blocks)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var reply = (await ChatOutcome.OfAsync(client, _ask, isStream)).Reply!;

        foreach (var message in (Message[])[reply.Choices[0].Message, ChatCompletion.Parse(System.Text.Encoding.UTF8.GetBytes(reply.ToJson())).Choices[0].Message])
        {
            var calls = message.ServerToolCalls;
            Assert.Equal(["web_search", "web_fetch", "bash_code_execution", "web_search", "list", "web_search"], calls.Select(call => call.Name));
            Assert.Equal([("https://x.test", "X", "May 1"), ("https://y.test", null, null)], calls[0].Sources.Select(source => (source.Url, source.Title, source.Age)));
            Assert.Equal([("https://x.test", "X whole", "2026-05-01")], calls[1].Sources.Select(source => (source.Url, source.Title, source.Age)));
            Assert.Equal(("a\n", "w", 2, "file_1"), (calls[2].Stdout, calls[2].Stderr, calls[2].ReturnCode, calls[2].FileIds.Single()));
            Assert.Equal([false, false, false, true, true, false], calls.Select(call => call.IsError));
            Assert.Equal("max_uses_exceeded", calls[3].ErrorCode);
            Assert.Equal(("m", "{\"a\":1}", """[{"type":"text","text":"no"}]"""), (calls[4].Server, calls[4].Input.ToString(), calls[4].Output.ToString()));
            Assert.True(calls[5].Output.IsEmpty);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_turn_that_pauses_again_and_again_ends_at_the_limit(bool isStream)
    {
        var calls = 0;
        await using var server = await ReplayServer.StartAsync(7, _ => Reply(isStream, Message($"msg_{++calls}", "pause_turn", Search)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var reply = (await ChatOutcome.OfAsync(client, _ask, isStream)).Reply!;

        Assert.Equal(9, server.Requests.Count);
        Assert.Equal((FinishReason.Length, "pause_turn", 9), (reply.Choices[0].FinishReason, reply.Choices[0].FinishReasonRaw, reply.Choices[0].Message.Blocks.Count));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_same_reply_once_more_ends_it(bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(7, _ => Reply(isStream, Message("msg_1", "pause_turn", Search)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var reply = (await ChatOutcome.OfAsync(client, _ask, isStream)).Reply!;

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(("pause_turn", 1, 13), (reply.Choices[0].FinishReasonRaw, reply.Choices[0].Message.Blocks.Count, reply.Usage!.TotalTokens));
    }

    [Fact]
    public async Task The_callers_betas_go_beside_ours()
    {
        await using var server = await ReplayServer.StartAsync(1, Reply(false, Message("msg_1", "end_turn", """{"type":"text","text":"Hi"}""")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));
        var options = new RequestOptions { Headers = new Dictionary<string, string> { ["Anthropic-Beta"] = "interleaved-thinking-2025-05-14, files-api-2025-04-14", ["anthropic-version"] = "2024-01-01" } };
        var request = Calls.Ask("anthropic/claude-sonnet-4-5") with { Messages = [Message_(Document.FromId("file_1"))] };

        await client.Chat.Completions.CreateAsync(request, options, TestContext.Current.CancellationToken);

        Assert.Equal("interleaved-thinking-2025-05-14,files-api-2025-04-14", server.Requests[0].Headers["anthropic-beta"]);
        Assert.Equal("2024-01-01", server.Requests[0].Headers["anthropic-version"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/proxy")]
    public async Task The_customary_address_is_one_without_the_version(string path)
    {
        await using var server = await ReplayServer.StartAsync(1, Reply(false, Message("msg_1", "end_turn", """{"type":"text","text":"Hi"}""")));
        var environment = new Dictionary<string, string> { ["ANTHROPIC_BASE_URL"] = server.Url.ToString().TrimEnd('/') + path, ["ANTHROPIC_AUTH_TOKEN"] = "token-1" };
        using var client = new LlmClient(new() { Environment = environment.GetValueOrDefault });

        await client.AskAsync("anthropic/claude-sonnet-4-5");
        using var raw = await client.Raw.SendAsync("anthropic", HttpMethod.Get, "models", null, TestContext.Current.CancellationToken);

        Assert.Equal(path == "/proxy" ? ["/proxy/v1/messages", "/proxy/v1/models"] : ["/v1/messages", "/v1/models"], server.Requests.Select(request => request.Target));
        Assert.All(server.Requests, request =>
        {
            Assert.Equal(("Bearer token-1", "2023-06-01"), (request.Headers["authorization"], request.Headers["anthropic-version"]));
            Assert.DoesNotContain("x-api-key", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task A_key_goes_before_a_token_and_an_address_of_the_calls_own_gets_neither()
    {
        await using var server = await ReplayServer.StartAsync(1, Reply(false, Message("msg_1", "end_turn", """{"type":"text","text":"Hi"}""")));
        var environment = new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = "key-1", ["ANTHROPIC_AUTH_TOKEN"] = "token-1", ["ANTHROPIC_BASE_URL"] = server.Url.ToString() };
        using var client = new LlmClient(new() { Environment = environment.GetValueOrDefault });

        await client.AskAsync("anthropic/claude-sonnet-4-5");
        await client.AskAsync("anthropic/claude-sonnet-4-5", new RequestOptions { BaseUrl = new(server.Url, "/v1") });

        Assert.Equal("key-1", server.Requests[0].Headers["x-api-key"]);
        Assert.All(server.Requests, request => Assert.DoesNotContain("authorization", request.Headers.Keys, StringComparer.OrdinalIgnoreCase));
        Assert.DoesNotContain("x-api-key", server.Requests[1].Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_overload_in_a_streams_opening_is_made_again()
    {
        const string Opening = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_0\",\"model\":\"m\",\"content\":[]}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
        const string Overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Opening + Overloaded), Reply(true, Message("msg_1", "end_turn", """{"type":"text","text":"Hi"}""")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic") with { Retries = new() { InitialDelay = TimeSpan.Zero } });

        var outcome = await ChatOutcome.OfAsync(client, Calls.Ask("anthropic/claude-sonnet-4-5"), stream: true);

        Assert.Equal(("msg_1", "Hi"), (outcome.Reply?.Id, outcome.Reply?.Text));
        Assert.Equal(["Overloaded", "ok"], outcome.Reply!.Attempts.Select(attempt => attempt.Outcome));
    }

    private static Message Message_(params ContentPart[] parts) => Muxi.Llm.Message.User(parts);

    private static string Message(string id, string stop, string content, string more = "") =>
        $$$$"""{"id":"{{{{id}}}}","type":"message","role":"assistant","model":"m","content":[{{{{content}}}}],{{{{more}}}}"stop_reason":"{{{{stop}}}}","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":3,"server_tool_use":{"web_search_requests":1},"iterations":[{"type":"message","output_tokens":3}]}}""";

    /// <summary>A message whole, or as the service streams it.</summary>
    private static CannedReply Reply(bool isStream, string message)
    {
        if (!isStream) return CannedReply.Json(message);
        var whole = JsonNode.Parse(message)!.AsObject();
        var start = whole.DeepClone().AsObject();
        (start["content"], start["stop_reason"]) = (new JsonArray(), null);
        var events = new List<JsonObject> { new() { ["type"] = "message_start", ["message"] = start } };
        foreach (var (block, index) in whole["content"]!.AsArray().Select((block, index) => (block!.DeepClone().AsObject(), index)))
        {
            var deltas = new List<JsonObject>();
            if (block["text"].Str() is { } text)
            {
                foreach (var citation in block["citations"]?.AsArray() ?? []) deltas.Add(new() { ["type"] = "citations_delta", ["citation"] = citation!.DeepClone() });
                deltas.Add(new() { ["type"] = "text_delta", ["text"] = text });
                (block["text"], block["citations"]) = ("", new JsonArray());
            }
            else if (block["input"] is { } input)
            {
                deltas.Add(new() { ["type"] = "input_json_delta", ["partial_json"] = input.ToJsonString() });
                block["input"] = new JsonObject();
            }
            events.Add(new() { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = block });
            events.AddRange(deltas.Select(delta => new JsonObject { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = delta }));
            events.Add(new() { ["type"] = "content_block_stop", ["index"] = index });
        }
        events.Add(new() { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = whole["stop_reason"]!.DeepClone() }, ["usage"] = new JsonObject { ["output_tokens"] = 3 } });
        events.Add(new() { ["type"] = "message_stop" });
        return CannedReply.Sse(string.Concat(events.Select(one => $"event: {one["type"]}\ndata: {one.ToJsonString()}\n\n")));
    }
}
