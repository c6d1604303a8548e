using System.Text.Json.Nodes;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm batch</c>, against a server with the simulator behind it: what one command makes, the next one sees.</summary>
public sealed class BatchCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli-batch-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private CliRun Run(Served served, bool isErrorTerminal = false) => new() { Environment = CliRun.OpenAI(served.Url), WorkingDirectory = _folder.FullName, IsErrorTerminal = isErrorTerminal };

    private string At(string name, string? content = null)
    {
        var path = Path.Combine(_folder.FullName, name);
        if (content is not null) File.WriteAllText(path, content);
        return path;
    }

    private static string Line(string id, string model = "chat") => $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"{{{model}}}","messages":[{"role":"user","content":"I am {{{id}}}"}]}}""";

    [Fact]
    public async Task A_batch_is_made_looked_at_waited_for_and_its_results_fetched()
    {
        await using var served = await Served.SandboxAsync();
        At("in.jsonl", $"{Line("a")}\n{Line("b", "auth")}\n");

        var made = await Run(served).RunAsync("batch", "create", "in.jsonl", "--metadata", "job=nightly");
        var id = made.Output.TrimEnd();
        var told = await Run(served).RunAsync("batch", "get", id, "--json");
        var waited = await Run(served).RunAsync("batch", "wait", id, "--interval", "1");
        var listed = await Run(served).RunAsync("batch", "list");
        var results = await Run(served).RunAsync("batch", "results", id);
        var saved = await Run(served).RunAsync("batch", "results", id, "-o", "out.jsonl");

        Assert.True(made.ExitCode == 0, made.Errors);
        Assert.StartsWith("openai/sandbox/batch_", id, StringComparison.Ordinal);
        Assert.Equal("muxi-llm: openai has the batches (--provider names another service)\n", made.Errors);
        Assert.Equal((id, "nightly", "in_progress"), ((string?)JsonNode.Parse(told.Output)!["id"], (string?)JsonNode.Parse(told.Output)!["metadata"]!["job"], (string?)JsonNode.Parse(told.Output)!["status"]));
        Assert.StartsWith("openai/sandbox/file-", (string?)JsonNode.Parse(told.Output)!["input_file_id"], StringComparison.Ordinal);
        Assert.Equal((0, $"muxi-llm: {id}: completed, 1 of 2 done, 1 failed\n"), (waited.ExitCode, waited.Errors));
        Assert.Contains("status      completed\n", waited.Output, StringComparison.Ordinal);
        Assert.EndsWith("completed  1 of 2 done, 1 failed\n", listed.Output, StringComparison.Ordinal);
        var lines = results.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["a", "b"], lines.Select(line => (string)line["custom_id"]!));
        Assert.Equal(200, (int)lines[0]["response"]!["status_code"]!);
        Assert.Equal("invalid_api_key", (string?)lines[1]["error"]!["code"]);
        Assert.Equal((0, results.Output), (saved.ExitCode, await File.ReadAllTextAsync(At("out.jsonl"), Token)));
    }

    [Fact]
    public async Task One_command_makes_waits_and_fetches()
    {
        At("in.jsonl", $"{Line("a")}\n\n{Line("b")}\n");
        var run = new CliRun { WorkingDirectory = _folder.FullName, IsErrorTerminal = true };

        var done = await run.RunAsync("batch", "create", "in.jsonl", "--provider", "sandbox", "--wait", "--interval", "1", "-o", "out.jsonl");

        Assert.True(done.ExitCode == 0, done.Errors);
        Assert.Contains("\rin_progress  [####################--------------------]  1 of 2 done\e[K", done.Errors, StringComparison.Ordinal);
        Assert.Contains("wrote out.jsonl", done.Errors, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], (await File.ReadAllLinesAsync(At("out.jsonl"), Token)).Select(line => (string)JsonNode.Parse(line)!["custom_id"]!));
        Assert.Equal(["in.jsonl", "out.jsonl"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public async Task The_same_file_goes_to_Anthropic_in_its_own_form()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress","request_counts":{"processing":2}}"""));
        At("in.jsonl", $"{Line("a", "claude-sonnet-4-5")}\n{Line("b", "anthropic/claude-sonnet-4-5")}\n");
        At("bad.jsonl", $"{Line("a", "claude-sonnet-4-5")}\n{{\"custom_id\":\"b\"}}\n");
        CliRun Anthropic() => new() { WorkingDirectory = _folder.FullName, Environment = new() { ["ANTHROPIC_API_KEY"] = "k", ["ANTHROPIC_BASE_URL"] = upstream.Url.ToString() } };

        var made = await Anthropic().RunAsync("batch", "create", "in.jsonl", "--provider", "anthropic");
        var bad = await Anthropic().RunAsync("batch", "create", "bad.jsonl", "--provider", "anthropic");

        Assert.Equal((0, "anthropic/msgbatch_1\n"), (made.ExitCode, made.Output));
        Assert.Equal(["claude-sonnet-4-5", "claude-sonnet-4-5"], JsonNode.Parse(Assert.Single(upstream.Requests).Text)!["requests"]!.AsArray().Select(one => (string)one!["params"]!["model"]!));
        Assert.Equal((1, "muxi-llm: bad.jsonl: line 2: A line of a batch needs 'body'.\n"), (bad.ExitCode, bad.Errors));
    }

    [Fact]
    public async Task What_goes_wrong_is_one_line()
    {
        await using var served = await Served.SandboxAsync();
        At("in.jsonl", $"{Line("a")}\n");
        At("twice.jsonl", $"{Line("a")}\n{Line("a")}\n");
        At("none.jsonl", "{\"custom_id\":\"a\"}\n");
        At("broken.jsonl", $"{Line("a")}\n{{\"custom_id\":\"b\", oops\n");
        At("mixed.jsonl", $"{Line("a")}\n{Line("b").Replace("chat/completions", "embeddings", StringComparison.Ordinal)}\n");
        At("many.jsonl", string.Concat(Enumerable.Range(0, 50_001).Select(i => $$"""{"custom_id":"{{i}}","url":"/v1/embeddings"}""" + "\n")));

        var gone = await Run(served).RunAsync("batch", "create", "missing.jsonl", "--provider", "openai");
        var none = await Run(served).RunAsync("batch", "create", "none.jsonl", "--provider", "openai");
        var useless = await Run(served).RunAsync("batch", "create", "in.jsonl", "-o", "x");
        var pair = await Run(served).RunAsync("batch", "create", "in.jsonl", "--metadata", "x");
        var twice = await Run(served).RunAsync("batch", "create", "twice.jsonl", "--provider", "openai");
        var broken = await Run(served).RunAsync("batch", "create", "broken.jsonl", "--provider", "openai");
        var mixed = await Run(served).RunAsync("batch", "create", "mixed.jsonl", "--provider", "openai");
        var many = await Run(served).RunAsync("batch", "create", "many.jsonl", "--provider", "openai");
        var files = await Run(served).RunAsync("files", "list", "--provider", "openai");
        var failed = await Run(served).RunAsync("batch", "create", At("unknown.jsonl", Line("a").Replace("POST", "GET", StringComparison.Ordinal)), "--provider", "openai", "--wait", "--interval", "1");
        var delete = await Run(served).RunAsync("batch", "delete", "openai/batch_1");

        Assert.Equal((1, 1, 2, 2, 1, 1), (gone.ExitCode, none.ExitCode, useless.ExitCode, pair.ExitCode, failed.ExitCode, delete.ExitCode));
        Assert.Equal("muxi-llm: none.jsonl: line 1 has no 'url', e.g. \"/v1/chat/completions\"\n", none.Errors);
        Assert.Equal((1, "muxi-llm: twice.jsonl: line 2 has the custom_id 'a' of line 1: give each a name of its own\n"), (twice.ExitCode, twice.Errors));
        Assert.Equal("muxi-llm: broken.jsonl: line 2 is not valid JSON: 'o' is an invalid start of a property name. Expected a '\"' (byte 19)\n", broken.Errors);
        Assert.Equal("muxi-llm: mixed.jsonl: line 2 asks for /v1/embeddings, and those before for /v1/chat/completions: make a batch for each\n", mixed.Errors);
        Assert.Equal("muxi-llm: many.jsonl: line 50001 is one more than the 50000 requests that a batch may have: make several\n", many.Errors);
        Assert.Equal((0, ""), (files.ExitCode, files.Output));
        Assert.Contains("muxi-llm: openai: the batch failed: ", failed.Errors, StringComparison.Ordinal);
        Assert.Equal("muxi-llm: openai does not offer the deletion of batches through this library\n", delete.Errors);
    }

    [Fact]
    public async Task An_interrupted_wait_says_that_the_batch_goes_on()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(10, CannedReply.Json("""{"id":"batch_1","object":"batch","status":"in_progress"}""")));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName };
        var running = run.RunAsync("batch", "wait", "openai/batch_1");
        await server.Stalled;

        run.Interrupts.Interrupt();

        Assert.Equal(new CliResult(130, "", "muxi-llm: the batch goes on: muxi-llm batch wait openai/batch_1\nmuxi-llm: cancelled\n"), await running);
    }

    [Fact]
    public async Task A_batch_of_the_sandbox_does_not_outlive_the_command_and_it_says_so()
    {
        At("in.jsonl", $"{Line("a")}\n");

        var made = await new CliRun { WorkingDirectory = _folder.FullName }.RunAsync("batch", "create", "in.jsonl", "--provider", "sandbox");

        Assert.Equal((0, "muxi-llm: a batch of the sandbox ends with the program: --wait gives its results\n"), (made.ExitCode, made.Errors));
    }
}
