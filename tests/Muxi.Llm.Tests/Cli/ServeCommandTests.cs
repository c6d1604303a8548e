using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm serve</c> as a process of its own.</summary>
public sealed partial class ServeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-serve");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task It_says_where_it_listens_answers_and_ends_in_order(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are for Unix");
        await using var process = CliProcess.Start(new Dictionary<string, string> { ["HOME"] = "/nowhere" }, "serve", "--port", "0");
        var (url, told) = await ListeningAsync(process);
        using var http = new HttpClient { BaseAddress = url };

        using var reply = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Json(Served.Ask("sandbox/echo")), TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var since = Stopwatch.StartNew();
        await process.SignalAsync(signal);
        var code = await process.ExitAsync();

        Assert.Equal("Hello?", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal(
            [
                "muxi-llm: no configuration file: keys and addresses are the environment's",
                "muxi-llm: can be asked: sandbox alone, as no provider's key is set (muxi-llm providers lists the variables)",
                "muxi-llm: no key is needed, and only this machine is answered",
                $"muxi-llm: listening on {url.AbsoluteUri.TrimEnd('/')} (base URL for OpenAI's clients: {url}v1)",
            ], told);
        Assert.Equal((0, ""), (code, await process.Output.ReadToEndAsync(TestContext.Current.CancellationToken)));
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_running_answer_does_not_hold_the_end_up_for_longer_than_eight_seconds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are for Unix");
        await using var upstream = FaultServer.Start(Fault.SlowHeader(0, OpenAIWire.Reply("late")));
        await using var process = CliProcess.Start(CliRun.OpenAI(upstream.Url), "serve", "--port", "0");
        var (url, _) = await ListeningAsync(process);
        using var http = new HttpClient { BaseAddress = url };
        var call = http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Json(Served.Ask("gpt-4o-mini")), TestContext.Current.CancellationToken);
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var since = Stopwatch.StartNew();
        await process.SignalAsync("INT");
        var code = await process.ExitAsync();

        Assert.Equal(0, code);
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        await upstream.ClientGone.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_second_signal_ends_it_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are for Unix");
        await using var upstream = FaultServer.Start(Fault.SlowHeader(0, OpenAIWire.Reply("late")));
        await using var process = CliProcess.Start(CliRun.OpenAI(upstream.Url), "serve", "--port", "0");
        var (url, _) = await ListeningAsync(process);
        using var http = new HttpClient { BaseAddress = url };
        var call = http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Json(Served.Ask("gpt-4o-mini")), TestContext.Current.CancellationToken);
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await process.SignalAsync("INT");
        Assert.Equal("muxi-llm: ending", await process.ErrorLineAsync());
        var since = Stopwatch.StartNew();
        await process.SignalAsync("INT");

        Assert.Equal(130, await process.ExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task The_configuration_is_the_one_that_is_named()
    {
        await using var upstream = await ReplayServer.StartAsync(1, OpenAIWire.Reply("Hi"));
        var file = Path.Combine(_folder.FullName, "my.yaml");
        await File.WriteAllTextAsync(file, $"aliases:\n  quick: openai/gpt-4o-mini\nproviders:\n  openai:\n    base_url: {upstream.Url}v1\n    api_key: sk-of-the-file\n", TestContext.Current.CancellationToken);
        await using var process = CliProcess.Start(new Dictionary<string, string> { ["MUXI_LLM_MASTER_KEY"] = "sk-master" }, "serve", "--port", "0", "--config", file, "--verbose");
        var (url, told) = await ListeningAsync(process);
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Add("x-api-key", "sk-master");

        using var reply = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Json(Served.Ask("quick")), TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal("Bearer sk-of-the-file", upstream.Requests.Single().Headers["Authorization"]);
        Assert.Equal(
            [$"muxi-llm: configuration: {file}", "muxi-llm: can be asked: openai, and sandbox", "muxi-llm: aliases: quick", "muxi-llm: every request needs the key in MUXI_LLM_MASTER_KEY"],
            told[..^1]);
        Assert.Matches("^muxi-llm: POST /v1/chat/completions 200 openai/gpt-4o-mini [0-9]+ ms req_[0-9a-f]{32}$", await process.ErrorLineAsync());
    }

    [Theory]
    [InlineData(1, "--host 0.0.0.0 is open to other machines, which needs a key: set MUXI_LLM_MASTER_KEY, or leave --host at 127.0.0.1", "--host", "0.0.0.0")]
    [InlineData(1, "the configuration missing.yaml is not there", "--config", "missing.yaml")]
    [InlineData(2, "--port must be a whole number from 0 to 65535, not '70000'.", "--port", "70000")]
    [InlineData(2, "--port must be a whole number from 0 to 65535, not 'http'.", "--port", "http")]
    public async Task What_cannot_be_served_is_told_in_one_line(int code, string message, params string[] arguments)
    {
        var run = await new CliRun().RunAsync(["serve", .. arguments]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains($"muxi-llm: {message}\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_is_one_clear_line()
    {
        await using var other = await Served.SandboxAsync();

        var run = await new CliRun().RunAsync("serve", "--port", $"{other.Url.Port}");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith($"muxi-llm: port {other.Url.Port} of 127.0.0.1 is in use: stop who has it, or pick another with --port (0 takes a free one)\n", run.Errors, StringComparison.Ordinal);
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    /// <summary>Where the process listens, and all that it told until then.</summary>
    private static async Task<(Uri Url, List<string> Told)> ListeningAsync(CliProcess process)
    {
        var told = new List<string>();
        while (await process.ErrorLineAsync() is { } line)
        {
            told.Add(line);
            if (Listening().Match(line) is { Success: true } match) return (new(match.Groups[1].Value), told);
        }
        throw new InvalidOperationException($"it ended before it listened:\n{string.Join('\n', told)}");
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
