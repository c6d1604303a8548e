using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What only a process shows: pipes, signals, exit codes.</summary>
public sealed class CliProcessTests
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_answer_is_UTF8_on_stdout_and_the_rest_on_stderr()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Grüße ", "👩‍🚀"));

        var run = await CliProcess.RunAsync(CliRun.OpenAI(server.Url), "Sag hallo: 你好\n", "chat");

        Assert.Equal(new CliResult(0, "Grüße 👩‍🚀\n", "muxi-llm: openai/gpt-4o-mini answers (OPENAI_API_KEY is set; -m picks another)\n"), run);
        Assert.Equal("Sag hallo: 你好", (string?)JsonNode.Parse(server.Requests[0].Text)!["messages"]![0]!["content"]);
    }

    [Theory]
    [InlineData(0, "providers")]
    [InlineData(0, "--help")]
    [InlineData(1, "chat", "-m", "openai/gpt-4o-mini", "Hi")]
    [InlineData(1, "chat", "--image", "missing.png", "Hi")]
    [InlineData(2, "chat", "--temperature", "hot", "Hi")]
    [InlineData(2, "chat")]
    public async Task The_exit_code_tells_how_it_went(int code, params string[] arguments)
    {
        var run = await CliProcess.RunAsync(new Dictionary<string, string>(), "", arguments);

        Assert.Equal(code, run.ExitCode);
        Assert.Equal(code == 0, run.Output.Length > 0);
        Assert.Equal(code == 0, run.Errors.Length == 0);
    }

    [Fact]
    public async Task Text_is_there_as_soon_as_it_came()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(OpenAIWire.Length("Once "), OpenAIWire.Stream("Once ", "upon")));
        await using var process = CliProcess.Start(CliRun.OpenAI(server.Url), "chat", "-m", "gpt-4o-mini", "-");
        await process.Input.WriteAsync("A story");
        process.Input.Close();

        var first = new char[5];
        await process.Output.ReadBlockAsync(first, TestContext.Current.CancellationToken).AsTask().WaitAsync(_wait, TestContext.Current.CancellationToken);
        server.Release();
        var rest = await process.EndAsync();

        Assert.Equal(("Once ", new CliResult(0, "upon\n", "")), (new string(first), rest));
    }

    [Theory]
    [InlineData("INT", 130, true)]
    [InlineData("INT", 130, false)]
    [InlineData("TERM", 143, true)]
    public async Task A_signal_closes_the_socket_and_ends_the_program_in_time(string signal, int code, bool isStreamed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are for Unix");
        var fault = isStreamed ? Fault.StallAfter(OpenAIWire.Length("Once "), OpenAIWire.Stream("Once ", "upon")) : Fault.SlowHeader(0, OpenAIWire.Reply("Once upon"));
        await using var server = FaultServer.Start(fault);
        await using var process = CliProcess.Start(CliRun.OpenAI(server.Url), ["chat", "-m", "gpt-4o-mini", .. isStreamed ? [] : (string[])["--no-stream"], "-"]);
        await process.Input.WriteAsync("A story");
        process.Input.Close();
        if (isStreamed) await process.Output.ReadBlockAsync(new char[5], TestContext.Current.CancellationToken).AsTask().WaitAsync(_wait, TestContext.Current.CancellationToken);
        await server.Stalled.WaitAsync(_wait, TestContext.Current.CancellationToken);

        var since = Stopwatch.StartNew();
        await process.SignalAsync(signal);
        await server.ClientGone.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var run = await process.EndAsync();

        Assert.Equal(new CliResult(code, isStreamed ? "\n" : "", "muxi-llm: cancelled\n"), run);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Interrupting_while_input_is_awaited_ends_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are for Unix");
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        await using var process = CliProcess.Start(CliRun.OpenAI(server.Url), "chat", "-");
        // More than a pipe holds: when it is written, the program is reading.
        await process.Input.WriteAsync(new string('x', 1 << 20));
        await process.Input.FlushAsync(TestContext.Current.CancellationToken);

        await process.SignalAsync("INT");

        Assert.Equal(new CliResult(130, "", "muxi-llm: cancelled\n"), await process.EndAsync());
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_ends_the_call_quietly()
    {
        string[] pieces = ["first\n", "second\n", "third\n"];
        await using var server = FaultServer.Start(Fault.StallAfter(OpenAIWire.Length("first\n"), OpenAIWire.Stream(pieces)));
        await using var process = CliProcess.Start(CliRun.OpenAI(server.Url), "chat", "-m", "gpt-4o-mini", "-");
        await process.Input.WriteAsync("Count");
        process.Input.Close();

        Assert.Equal("first", await process.Output.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(_wait, TestContext.Current.CancellationToken));
        process.Output.Close();
        server.Release();

        Assert.Equal(0, await process.ExitAsync());
        Assert.Equal("", await process.ErrorsAsync());
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_is_a_failure()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" \"$1\" providers >/dev/full", "dotnet", CliProcess.Program]) { RedirectStandardError = true })!;

        var errors = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, shell.ExitCode);
        Assert.Matches("^muxi-llm: cannot write to standard output: [^\n]*No space left on device[^\n]*\n$", errors);
    }
}
