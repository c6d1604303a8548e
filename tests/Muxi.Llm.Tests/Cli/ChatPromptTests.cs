using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Where the prompt comes from.</summary>
public sealed class ChatPromptTests
{
    [Theory]
    [InlineData("from stdin\n", "from stdin")]
    [InlineData("from stdin\n", "from stdin", "-")]
    [InlineData("the diff\n", "Explain\n\nthe diff", "Explain")]
    [InlineData("the diff\n", "Explain\n\nthe diff", "Explain", "-")]
    [InlineData("", "Explain", "Explain")]
    [InlineData(" \n", "Explain", "Explain")]
    [InlineData("", "@file: what?", "@file: what?")]
    [InlineData("", "-5 degrees, is that cold?", "-5 degrees, is that cold?")]
    [InlineData("", "--help", "--", "--help")]
    [InlineData("", "-x", "--", "-x")]
    public async Task The_prompt_is_the_argument_the_input_or_both(string input, string sent, params string[] words)
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader(input) };

        var result = await run.RunAsync(["chat", "-m", "gpt-4o-mini", .. words]);

        Assert.Equal("ok\n", result.Output);
        Assert.Equal(sent, (string?)JsonNode.Parse(server.Requests[0].Text)!["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task A_dash_on_a_terminal_takes_lines_until_the_end()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("one\ntwo\n"), IsInTerminal = true };

        Assert.Equal("ok\n", (await run.RunAsync("chat", "-m", "gpt-4o-mini", "-")).Output);
        Assert.Equal("one\ntwo", (string?)JsonNode.Parse(server.Requests[0].Text)!["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task On_a_terminal_a_prompt_does_not_wait_for_input()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        using var open = new OpenInput();
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), In = open, IsInTerminal = true };

        Assert.Equal("ok\n", (await run.RunAsync("chat", "-m", "gpt-4o-mini", "Hi")).Output);
    }

    [Fact]
    public async Task An_open_pipe_that_brings_nothing_is_not_waited_for_beside_a_prompt()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        using var open = new OpenInput();
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), In = open, Patience = TimeSpan.Zero };

        var result = await run.RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal(new CliResult(0, "ok\n", "muxi-llm: going on without stdin: nothing came within 0 s (a - after the prompt waits for it)\n"), result);
    }

    [Fact]
    public async Task An_input_that_is_awaited_can_be_interrupted()
    {
        using var open = new OpenInput();
        var run = new CliRun { In = open };

        var running = run.RunAsync("chat", "-");
        await open.Asked;
        run.Interrupts.Interrupt();

        Assert.Equal(new CliResult(130, "", "muxi-llm: cancelled\n"), await running);
    }

    [Theory]
    [InlineData]
    [InlineData("-")]
    [InlineData("")]
    public async Task Nothing_to_ask_is_wrong_usage(params string[] words)
    {
        var run = await new CliRun().RunAsync(["chat", .. words]);

        Assert.Equal(new CliResult(2, "", "muxi-llm: There is no prompt: give one as an argument or on stdin.\n"), run);
    }

    [Fact]
    public async Task A_picture_alone_can_be_asked_about()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("A cat"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--image", "https://example.org/cat.jpg");

        Assert.Equal("A cat\n", run.Output);
        Assert.Single(JsonNode.Parse(server.Requests[0].Text)!["messages"]![0]!["content"]!.AsArray());
    }

    /// <summary>An input that brings nothing and does not end, as a script's open pipe, until the test is over.</summary>
    private sealed class OpenInput : TextReader
    {
        private readonly ManualResetEventSlim _over = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override int Read(char[] buffer, int index, int count)
        {
            _asked.TrySetResult();
            _over.Wait(TestContext.Current.CancellationToken);
            return 0;
        }

        public override int Read(Span<char> buffer) => Read([], 0, 0);

        public override string? ReadLine()
        {
            Read([], 0, 0);
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _over.Set();
            base.Dispose(disposing);
        }
    }
}
