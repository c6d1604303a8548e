using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm chat</c> on a terminal, without a prompt.</summary>
public sealed class ConversationTests
{
    private const string Hint = "muxi-llm: a conversation: Ctrl-D or /exit ends it, Ctrl-C breaks off an answer, /help says what else there is\n";

    [Fact]
    public async Task Every_turn_goes_on_with_all_that_was_said()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Hello ", "Ada"), OpenAIWire.Stream("Ada"));

        var run = await Typing(server.Url, "I am Ada\n\n  \nWho am I?\n").RunAsync("chat", "-m", "gpt-4o-mini", "-s", "Be brief");

        Assert.Equal(new CliResult(0, "Hello Ada\nAda\n", $"{Hint}> > > > > \n"), run);
        Assert.Equal(
            """[{"role":"system","content":"Be brief"},{"role":"user","content":"I am Ada"},{"role":"assistant","content":"Hello Ada"},{"role":"user","content":"Who am I?"}]""",
            Messages(server.Requests[1]).ToJsonString());
    }

    [Fact]
    public async Task Exit_ends_it()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));

        var run = await Typing(server.Url, "/exit\nmore\n").RunAsync("chat", "-m", "gpt-4o-mini");

        Assert.Equal(new CliResult(0, "", $"{Hint}> "), run);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_failed_turn_is_told_and_forgotten_and_the_attachments_come_again()
    {
        await using var server = await ReplayServer.StartAsync(
            1, CannedReply.Json("""{"error":{"message":"Rate limit reached","type":"requests"}}""", 429), OpenAIWire.Stream("A cat"), OpenAIWire.Stream("Grey"));

        var run = await Typing(server.Url, "What?\nWhat is it?\nColour?\n").RunAsync("chat", "-m", "gpt-4o-mini", "--image", "https://example.org/cat.jpg");

        Assert.Equal(new CliResult(0, "A cat\nGrey\n", $"{Hint}> muxi-llm: openai: Rate limit reached (try again later, or another model with -m)\n> > > \n"), run);
        Assert.Equal(["user"], Messages(server.Requests[1]).Select(message => (string?)message!["role"]));
        Assert.Equal(2, Messages(server.Requests[1])[0]!["content"]!.AsArray().Count);
        Assert.Equal("Colour?", (string?)Messages(server.Requests[2])[2]!["content"]);
    }

    [Fact]
    public async Task Interrupting_a_turn_ends_the_call_and_not_the_conversation()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(OpenAIWire.Length("Once "), OpenAIWire.Stream("Once ", "upon")), OpenAIWire.Stream("Done"));
        var run = Typing(server.Url, "A story\nStop\n");

        var running = run.RunAsync("chat", "-m", "gpt-4o-mini");
        await server.Stalled.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        run.Interrupts.Interrupt();
        await server.ClientGone.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var result = await running;

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("Done\n", result.Output, StringComparison.Ordinal);
        Assert.Equal($"{Hint}> muxi-llm: cancelled\n> > \n", result.Errors);
        Assert.Single(Messages(server.Requests[1]));
    }

    [Fact]
    public async Task Interrupting_the_prompt_ends_it()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), In = new NeverTyped(), IsInTerminal = true };

        var running = run.RunAsync("chat", "-m", "gpt-4o-mini");
        await NeverTyped.Asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        run.Interrupts.Interrupt();

        Assert.Equal(new CliResult(130, "", $"{Hint}> \nmuxi-llm: cancelled\n"), await running);
    }

    [Fact]
    public async Task SIGTERM_ends_it_in_the_middle_of_a_turn()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(0, OpenAIWire.Stream("Once ", "upon")));
        var run = Typing(server.Url, "A story\nmore\n");

        var running = run.RunAsync("chat", "-m", "gpt-4o-mini");
        await server.Stalled.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        run.Interrupts.Terminate();

        Assert.Equal(143, (await running).ExitCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_lines_after_calls_are_their_results()
    {
        var tools = Path.GetTempFileName();
        await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"temp"}}]""", TestContext.Current.CancellationToken);
        await using var server = await ReplayServer.StartAsync(
            1,
            OpenAIWire.Events(
                """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"temp","arguments":"{}"}},{"index":1,"id":"b","type":"function","function":{"name":"temp","arguments":"{}"}}]}}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""),
            OpenAIWire.Stream("Cold"));

        var run = await Typing(server.Url, "Weather?\n-5\n-6\n").RunAsync("chat", "-m", "gpt-4o-mini", "--tools", tools);

        Assert.EndsWith("]\nCold\n", run.Output, StringComparison.Ordinal);
        Assert.Equal($"{Hint}> result of temp> result of temp> > \n", run.Errors);
        Assert.Equal(["user", "assistant", "tool", "tool"], Messages(server.Requests[1]).Select(message => (string?)message!["role"]));
        Assert.Equal("""{"role":"tool","content":"-6","tool_call_id":"b"}""", Messages(server.Requests[1])[3]!.ToJsonString());
        File.Delete(tools);
    }

    private static CliRun Typing(Uri server, string lines) => new() { Environment = CliRun.OpenAI(server), In = new StringReader(lines), IsInTerminal = true };

    private static JsonArray Messages(SeenRequest request) => JsonNode.Parse(request.Text)!["messages"]!.AsArray();

    private sealed class NeverTyped : TextReader
    {
        public static readonly TaskCompletionSource Asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string? ReadLine()
        {
            Asked.TrySetResult();
            TestContext.Current.CancellationToken.WaitHandle.WaitOne();
            return null;
        }
    }
}
