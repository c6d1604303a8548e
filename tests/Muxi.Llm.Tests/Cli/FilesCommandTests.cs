using System.Text.Json.Nodes;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm files</c>, against a server with the simulator behind it: what one command keeps, the next one sees.</summary>
public sealed class FilesCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private CliRun Run(Served served, bool isErrorTerminal = false) => new() { Environment = CliRun.OpenAI(served.Url), WorkingDirectory = _folder.FullName, IsErrorTerminal = isErrorTerminal };

    private string At(string name, string? content = null)
    {
        var path = Path.Combine(_folder.FullName, name);
        if (content is not null) File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public async Task Files_are_handed_over_listed_told_of_fetched_and_deleted()
    {
        await using var served = await Served.SandboxAsync();
        At("notes.txt", "hello");
        At("requests.jsonl", "{\"a\":1}\n");

        var uploaded = await Run(served).RunAsync("files", "upload", "notes.txt", "requests.jsonl", "--purpose", "user_data");
        var ids = uploaded.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var listed = await Run(served).RunAsync("files", "list");
        var told = await Run(served).RunAsync("files", "get", ids[0]);
        var fetched = await Run(served).RunAsync("files", "download", ids[0], "-o", "copy.txt");
        var deleted = await Run(served).RunAsync("files", "delete", ids[0], "openai/sandbox/none", ids[1]);

        Assert.Equal((0, 2), (uploaded.ExitCode, ids.Length));
        Assert.All(ids, id => Assert.StartsWith("openai/sandbox/file-", id, StringComparison.Ordinal));
        Assert.Equal("muxi-llm: openai keeps the files (--provider names another service)\n", uploaded.Errors);
        Assert.Equal([$"{ids[1]}  8 B", $"{ids[0]}  5 B"], listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf("  20", StringComparison.Ordinal)]));
        Assert.EndsWith("  user_data  notes.txt\n", listed.Output, StringComparison.Ordinal);
        Assert.Matches($"^id            {ids[0]}\nfilename      notes.txt\nbytes         5\ncreated       20.*Z\npurpose       user_data\nstatus        processed\n$", told.Output);
        Assert.Equal(("copy.txt\n", "hello"), (fetched.Output, await File.ReadAllTextAsync(At("copy.txt"), Token)));
        Assert.Equal((1, $"{ids[0]}\n{ids[1]}\n"), (deleted.ExitCode, deleted.Output));
        Assert.Equal("muxi-llm: openai: sandbox: No such File object: none\n", deleted.Errors);
    }

    [Fact]
    public async Task Json_is_openais_form_with_ids_that_can_be_used()
    {
        await using var served = await Served.SandboxAsync();
        At("notes.txt", "hello");

        var uploaded = JsonNode.Parse((await Run(served).RunAsync("files", "upload", "--json", "--provider", "openai", "--expires", "24", "notes.txt")).Output)!;
        var listed = JsonNode.Parse((await Run(served).RunAsync("files", "list", "--json", "--limit", "1")).Output)!;
        var told = JsonNode.Parse((await Run(served).RunAsync("files", "get", "--json", (string)uploaded["id"]!)).Output)!;
        var deleted = JsonNode.Parse((await Run(served).RunAsync("files", "delete", "--json", (string)uploaded["id"]!)).Output)!;

        Assert.Equal((long)uploaded["created_at"]! + 86_400, (long)uploaded["expires_at"]!);
        Assert.Equal(uploaded.ToJsonString(), listed["data"]![0]!.ToJsonString());
        Assert.Equal(uploaded.ToJsonString(), told.ToJsonString());
        Assert.Equal(((string?)uploaded["id"], true), ((string?)deleted["id"], (bool)deleted["deleted"]!));
    }

    [Fact]
    public async Task A_file_comes_from_stdin_and_goes_to_stdout_byte_for_byte()
    {
        await using var served = await Served.SandboxAsync();
        var bytes = Seeded.Bytes(41, 200_000);
        var errors = new StringWriter();
        using var output = new MemoryStream();
        Terminal Terminal(TextWriter text) => new()
        {
            In = TextReader.Null, Out = text, Error = errors, Environment = name => CliRun.OpenAI(served.Url).GetValueOrDefault(name), Interrupts = new(), WorkingDirectory = _folder.FullName,
            InBytes = new OneShot(bytes), OutBytes = output,
        };
        var id = new StringWriter();

        Assert.Equal(0, await CommandLine.RunAsync(["files", "upload", "--name", "a.bin", "-"], Terminal(id)));
        Assert.Equal(0, await CommandLine.RunAsync(["files", "download", id.ToString().Trim(), "-o", "-"], Terminal(TextWriter.Null)));

        Assert.Equal(bytes, output.ToArray());
    }

    [Fact]
    public async Task What_is_there_is_not_replaced_by_surprise()
    {
        await using var served = await Served.SandboxAsync();
        var id = (await Run(served).RunAsync("files", "upload", At("notes.txt", "new"))).Output.Trim();
        At("kept.txt", "old");

        var refused = await Run(served).RunAsync("files", "download", id, "-o", "kept.txt");
        var before = await File.ReadAllTextAsync(At("kept.txt"), Token);
        var forced = await Run(served).RunAsync("files", "download", id, "-o", "kept.txt", "--force");
        var beside = await Run(served).RunAsync("files", "download", id);
        var into = await Run(served).RunAsync("files", "download", id, "-o", Directory.CreateDirectory(At("sub")).Name);

        Assert.Equal((1, "muxi-llm: -o: 'kept.txt' is there already (--force replaces it)\n", "old"), (refused.ExitCode, refused.Errors, before));
        Assert.Equal((0, "new"), (forced.ExitCode, await File.ReadAllTextAsync(At("kept.txt"), Token)));
        Assert.Equal("notes (2).txt\n", beside.Output);
        Assert.Equal(Path.Combine("sub", "notes.txt") + "\n", into.Output);
        Assert.Equal("new", await File.ReadAllTextAsync(At("sub/notes.txt"), Token));
    }

    [Theory]
    [InlineData(1, "There is no file '{folder}/none.txt'.", "files", "upload", "none.txt")]
    [InlineData(1, "'{folder}' is a directory, not a file.", "files", "upload", ".")]
    [InlineData(1, "The file '{folder}/empty.txt' is empty.", "files", "upload", "notes.txt", "empty.txt")]
    [InlineData(1, "openai: a file for batch must be JSON lines, with a name that ends in .jsonl; this one is 'notes.txt'", "files", "upload", "--provider", "openai", "--purpose", "batch", "notes.txt")]
    [InlineData(1, "unknown provider 'opneai'; did you mean openai?", "files", "list", "--provider", "opneai")]
    [InlineData(1, "groq needs a key: set GROQ_API_KEY, or use a sandbox/ model, which needs none", "files", "list", "--provider", "groq")]
    [InlineData(1, "lmstudio does not offer files through this library", "files", "list", "--provider", "lmstudio")]
    [InlineData(1, "anthropic needs a key: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, or use a sandbox/ model, which needs none", "files", "list", "--provider", "anthropic")]
    [InlineData(1, "minimax does not offer files through this library", "files", "list", "--provider", "minimax")]
    [InlineData(1, "'openai/' names nothing at a service: write openai/ID", "files", "get", "openai/")]
    [InlineData(2, "stdin has no name: give the file one with --name.", "files", "upload", "-")]
    [InlineData(2, "--name is for one file.", "files", "upload", "--name", "x", "notes.txt", "notes.txt")]
    [InlineData(2, "--expires must be a whole number from 1 to 720, not '0'.", "files", "upload", "--expires", "0", "notes.txt")]
    [InlineData(2, "--limit must be a whole number from 1 up, not 'x'.", "files", "list", "--limit", "x")]
    [InlineData(2, "There is no command 'uplod'. Did you mean upload?", "files", "uplod")]
    [InlineData(2, "Required argument 'FILE...' missing for command: 'upload'.", "files", "upload")]
    public async Task What_is_wrong_is_one_line(int code, string expected, params string[] arguments)
    {
        At("notes.txt", "hello");
        At("empty.txt", "");

        var run = await new CliRun { Environment = CliRun.OpenAI(FaultServer.Refused()), WorkingDirectory = _folder.FullName }.RunAsync(arguments);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Equal($"muxi-llm: {expected.Replace("{folder}", _folder.FullName, StringComparison.Ordinal)}", run.Errors.Split('\n')[0]);
    }

    [Fact]
    public async Task A_wrong_usage_points_to_the_commands_own_help()
    {
        var run = await new CliRun().RunAsync("files", "upload");

        Assert.EndsWith("muxi-llm: see muxi-llm files upload --help\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_breaks_off_leaves_nothing_and_says_so()
    {
        var reply = new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "application/pdf" }, Seeded.Bytes(2, 300_000));
        await using var server = FaultServer.Start(Fault.ResetAfter(100_000, reply));

        var run = await new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName }.RunAsync("files", "download", "openai/file-1", "-o", "a.pdf");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("muxi-llm: the reply broke off: openai:", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task An_interrupt_ends_a_download_and_leaves_nothing()
    {
        var reply = new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "application/pdf" }, Seeded.Bytes(2, 300_000));
        await using var server = FaultServer.Start(Fault.StallAfter(1000, reply));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName };
        var running = run.RunAsync("files", "download", "openai/file-1", "-o", "a.pdf");
        await server.Stalled;

        run.Interrupts.Interrupt();

        Assert.Equal((130, "", "muxi-llm: cancelled\n"), await running is var ended ? (ended.ExitCode, ended.Output, ended.Errors) : default);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_terminal_sees_how_far_a_transfer_is_and_a_pipe_does_not()
    {
        await using var served = await Served.SandboxAsync();
        At("notes.txt", new string('x', 300_000));

        var seen = await Run(served, isErrorTerminal: true).RunAsync("files", "upload", "--provider", "openai", "notes.txt");
        var piped = await Run(served).RunAsync("files", "upload", "--provider", "openai", "notes.txt");

        Assert.Contains("\rnotes.txt  [", seen.Errors, StringComparison.Ordinal);
        Assert.Contains("100%  300 kB of 300 kB", seen.Errors, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", seen.Errors, StringComparison.Ordinal);
        Assert.Equal("", piped.Errors);
    }

    [Theory]
    [InlineData("a.txt", 50, 100L, 2, 60, "a.txt  [########--------]   50%  50 B of 100 B  25 B/s  0:02")]
    [InlineData("a.txt", 0, 100L, 0, 60, "a.txt  [------------------------]    0%  0 B of 100 B  0 B/s")]
    [InlineData("a.txt", 5_000_000, null, 2, 60, "a.txt  5.0 MB  2.5 MB/s")]
    [InlineData("a.txt", 50, 100L, 2, 36, " 50%  50 B of 100 B  25 B/s  0:02")]
    [InlineData("a.txt", 50, 100L, 2, 10, " 50%  50 B")]
    [InlineData("a\e[31m\nb", 1, null, 1, 60, "a?[31m?b  1 B  1 B/s")]
    [InlineData("a.txt", 1, 100_000L, 1, 100, "a.txt  [----------------------------------------]    0%  1 B of 100 kB  1 B/s  27:46:39")]
    public void A_line_has_no_more_letters_than_the_terminal(string name, long bytes, long? total, int seconds, int width, string expected)
    {
        var line = TransferBar.Line(name, new(bytes, total), TimeSpan.FromSeconds(seconds), width);

        Assert.Equal(expected, line);
        Assert.InRange(line.Length, 1, width);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(99_949, "99.9 kB")]
    [InlineData(99_950, "100 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(8_589_934_592, "8.6 GB")]
    public void Sizes_have_three_digits(long bytes, string expected) => Assert.Equal(expected, ByteCount.Of(bytes));
}
