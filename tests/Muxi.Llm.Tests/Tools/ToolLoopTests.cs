using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a loop of tools does besides what every wire format has in common.</summary>
public sealed class ToolLoopTests
{
    private static readonly FunctionTool _echo = FunctionTool.Create((string text) => text, new() { Name = "echo" });

    [Fact]
    public async Task A_custom_tool_is_given_the_text_as_it_is()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Reply("""{"id":"c1","type":"custom","custom":{"name":"run","input":"print('hi')\n"}}""")), CannedReply.Json(Calls.Reply("Done.")));
        using var client = Calls.ClientFor(server.Url);
        string? given = null;
        var tool = FunctionTool.Custom("run", (text, _) => Task.FromResult<ToolResult>(given = text), """{"type":"text"}""", new() { Description = "Runs Python" });

        var reply = await client.Chat.Completions.RunToolsAsync(Calls.Ask(), [tool], null, null, TestContext.Current.CancellationToken);

        Assert.Equal(("print('hi')\n", "Done."), (given, reply.Text));
        var tools = JsonNode.Parse(server.Requests[1].Text)!["tools"]!.ToJsonString();
        Assert.Equal("""[{"type":"custom","custom":{"name":"run","description":"Runs Python","format":{"type":"text"}}}]""", tools);
        Assert.Contains("\"custom\":{\"name\":\"run\"", server.Requests[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_are_no_JSON_go_back_to_the_model()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Reply(Function("{\\\"text\\\":"))), CannedReply.Json(Calls.Reply("Sorry.")));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Chat.Completions.RunToolsAsync(Calls.Ask(), [_echo], null, null, TestContext.Current.CancellationToken);

        Assert.Equal("Sorry.", reply.Text);
        Assert.Contains("not JSON", reply.Transcript[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_was_cut_off_is_given_back_and_its_calls_are_not_run()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Reply(Function("{}")).Replace("\"tool_calls\"}", "\"length\"}", StringComparison.Ordinal)));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Chat.Completions.RunToolsAsync(Calls.Ask(), [_echo], null, null, TestContext.Current.CancellationToken);

        Assert.Equal(FinishReason.Length, reply.Choices[0].FinishReason);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Each_round_is_retried_and_falls_back_as_any_call()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"error":{"message":"busy"}}""", 503), CannedReply.Json(Reply(Function("""{\"text\":\"x\"}"""))), CannedReply.Json("""{"error":{"message":"busy"}}""", 503), CannedReply.Json(Calls.Reply("Done.")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 0 } });

        var reply = await client.Chat.Completions.RunToolsAsync(Calls.Ask(), [_echo], null, new() { Fallbacks = ["openai/other"] }, TestContext.Current.CancellationToken);

        Assert.Equal(["Overloaded", "ok", "Overloaded", "ok"], reply.Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task Leaving_the_events_ends_the_call_of_the_model()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            using var ended = context.RequestAborted.Register(gone.SetResult);
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Calls.Opening + Calls.Piece("Once")));
            await context.Response.Body.FlushAsync();
            await gone.Task;
        });
        using var client = Calls.ClientFor(server.Url);

        await foreach (var it in client.Chat.Completions.StreamToolsAsync(Calls.Ask(), [_echo], null, null, TestContext.Current.CancellationToken))
            if (it.Text is { Length: > 0 }) break;

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_the_models_words_comes_back_with_the_callers_token()
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Calls.Opening + Calls.Piece("Once")));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = Calls.ClientFor(server.Url);
        using var cancellation = new CancellationTokenSource();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var it in client.Chat.Completions.StreamToolsAsync(Calls.Ask(), [_echo], null, null, cancellation.Token))
                if (it.Text is { Length: > 0 }) await cancellation.CancelAsync();
        });

        Assert.Equal(cancellation.Token, error.CancellationToken);
    }

    [Fact]
    public void The_synchronous_doors_do_the_same()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });

        var reply = client.Chat.Completions.RunTools(Calls.Ask("sandbox/chat"), [_echo], null, null, TestContext.Current.CancellationToken);
        var events = client.Chat.Completions.StreamTools(Calls.Ask("sandbox/chat"), [_echo], null, null, TestContext.Current.CancellationToken).ToList();

        Assert.Contains("echo", reply.Text, StringComparison.Ordinal);
        Assert.Equal(reply.Text, events[^1].Completion!.Text);
        Assert.Equal(reply.Text, string.Concat(events.Where(it => it.Round == 2).Select(it => it.Text)));
        Assert.Equal(reply.Usage!.TotalTokens, events[^1].Completion!.Usage!.TotalTokens);
    }

    [Fact]
    public void What_cannot_work_is_refused_before_anything_is_sent()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        void Refused(string said, ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null)
        {
            var error = Assert.ThrowsAny<LlmException>(() => { _ = client.Chat.Completions.RunToolsAsync(request, tools, loop); });
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
            Assert.ThrowsAny<LlmException>(() => { _ = client.Chat.Completions.StreamToolsAsync(request, tools, loop); });
        }

        Refused("n is 2", Calls.Ask() with { N = 2 }, [_echo]);
        Refused("2 tools named 'echo'", Calls.Ask(), [_echo, _echo]);
        Refused("'careful' needs approval: set ToolLoopOptions.Approve", Calls.Ask(), [FunctionTool.Create(() => 1, new() { Name = "careful", NeedsApproval = true })]);
        Refused("knows only tools", Calls.Ask() with { Functions = "[]" }, [_echo]);
        Refused("MaxRounds is 0", Calls.Ask(), [_echo], new() { MaxRounds = 0 });
        Refused("TotalTime is 00:00:00", Calls.Ask(), [_echo], new() { TotalTime = TimeSpan.Zero });
    }

    private static string Function(string arguments) => $$$"""{"id":"c1","type":"function","function":{"name":"echo","arguments":"{{{arguments}}}"}}""";

    private static string Reply(string call) => $$$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1763900000,"model":"gpt-test","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{{{call}}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}
        """;
}
