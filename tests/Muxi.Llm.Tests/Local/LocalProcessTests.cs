using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>The command line and the server as processes of their own: however they end, what they have started ends with them.</summary>
[Collection(LlamaFolder.Collection)]
public sealed partial class LocalProcessTests
{
    [Fact]
    public async Task Chat_just_works_and_leaves_nothing_behind()
    {
        await using var folder = new LlamaFolder();

        var run = await CliProcess.RunAsync(Environment(folder), "", "chat", "-m", folder.Name, "Hello");

        Assert.Equal((0, LlamaFolder.Answer + "\n"), (run.ExitCode, run.Output));
        Assert.Matches(@"^muxi-llm: starting llama-server for llama_cpp/\S+tiny\.gguf \(\d+ kB\)\nmuxi-llm: llama_cpp/\S+tiny\.gguf is loaded \(\d+\.\d s\)\n$", run.Errors);
        await folder.GoneAsync();
    }

    [Fact]
    public async Task A_conversation_keeps_its_server_from_turn_to_turn()
    {
        await using var folder = new LlamaFolder();
        // The server closes connections as it likes, and a second turn may take one that is closing: as for a user, the call is made again then.
        var run = new CliRun { IsInTerminal = true, IsOutTerminal = true, In = new StringReader("Hello\nAgain\n/exit\n"), Environment = new(Environment(folder)), Clock = TimeProvider.System, Retries = new() };

        var result = await run.RunAsync("chat", "-m", folder.Name);

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Output.Split(LlamaFolder.Answer).Length == 3, $"{result.Output}\n{result.Errors}");
        Assert.Equal(1, result.Errors.Split("starting llama-server").Length - 1);
        await folder.GoneAsync();
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_is_told_without_the_advice_to_try_again()
    {
        await using var folder = new LlamaFolder();

        var run = await CliProcess.RunAsync(Environment(folder, folder.Script("dies", "echo 'this is no model' >&2; exit 3")), "", "chat", "-m", folder.Name, "Hello");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("exit code 3; the last it said: this is no model\n", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task What_is_being_started_ends_with_the_command_line_however_that_ends(string signal, int code)
    {
        await using var folder = new LlamaFolder();
        await using var process = CliProcess.Start(Environment(folder, folder.Script("hangs", "while :; do sleep 0.1; done")), "chat", "-m", folder.Name, "Hello");
        process.Input.Close();
        Assert.Contains("starting", await process.ErrorLineAsync(), StringComparison.Ordinal);
        await LlamaFolder.UntilAsync(() => folder.Processes().Count > 1);

        await process.SignalAsync(signal);

        Assert.Equal(code, await process.ExitAsync());
        await folder.GoneAsync();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task A_server_that_answers_ends_with_serve_however_that_ends(string signal)
    {
        await using var folder = new LlamaFolder();
        var file = folder.PathTo("serve.yaml");
        await File.WriteAllTextAsync(file, $"aliases: {{tiny: \"{folder.Name}\"}}", TestContext.Current.CancellationToken);
        await using var process = CliProcess.Start(Environment(folder), "serve", "--port", "0", "--config", file);
        Uri? url = null;
        while (url is null && await process.ErrorLineAsync() is { } line)
            if (Listening().Match(line) is { Success: true } match) url = new(match.Groups[1].Value);
        using var http = new HttpClient { BaseAddress = url };

        using var reply = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), new StringContent(Served.Ask("tiny"), null, "application/json"), TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var server = Assert.Single(folder.Servers());
        await process.SignalAsync(signal);
        await process.ExitAsync();

        Assert.Equal(LlamaFolder.Answer, (string?)answer["choices"]![0]!["message"]!["content"]);
        await LlamaFolder.UntilAsync(() => LlamaFolder.CommandOf(server).Length == 0);
        await folder.GoneAsync();
    }

    /// <summary>Ctrl-C goes to every process of the terminal's group: it shall end the turn, and not the server that the next turn needs.</summary>
    [Fact]
    public async Task It_is_in_no_group_of_ours_so_that_the_terminals_CtrlC_does_not_reach_it()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        await client.AskAsync(folder.Name);
        var server = Assert.Single(folder.Servers());

        Assert.Equal(server, GroupOf(server));
        Assert.NotEqual(GroupOf(System.Environment.ProcessId), GroupOf(server));
        Assert.All(folder.Processes(), pid => Assert.Equal(server, GroupOf(pid)));
    }

    /// <summary>A server that ended by itself frees its number, which a guard must not shoot at.</summary>
    [Fact]
    public async Task The_guard_of_a_server_that_ended_by_itself_goes_with_it()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        await client.AskAsync(folder.Name);
        Assert.Equal(2, folder.Processes().Count);

        await LlamaFolder.SignalAsync("TERM", Assert.Single(folder.Servers()));

        await folder.GoneAsync();
    }

    private static int GroupOf(int pid)
    {
        var stat = LlamaFolder.ReadOf(pid, "stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string> Environment(LlamaFolder folder, string? program = null) => new() { ["LLAMA_SERVER_PATH"] = program ?? folder.Program, ["HOME"] = "/nowhere" };

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
