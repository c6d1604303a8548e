using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm pull</c> with files of the hub's.</summary>
public sealed class PullCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-pull");

    public void Dispose() => _folder.Delete(recursive: true);

    private CliRun At(HubServer server, bool isErrorTerminal = false) =>
        new() { Environment = new() { ["HF_ENDPOINT"] = server.Url.ToString(), ["HF_HUB_CACHE"] = _folder.FullName }, IsErrorTerminal = isErrorTerminal };

    [Fact]
    public async Task The_path_is_printed_and_how_far_it_is_goes_to_stderr()
    {
        var bytes = HubServer.Large(1);
        await using var server = await HubServer.StartAsync(("m-Q4_0.gguf", bytes));

        var pulled = await At(server).RunAsync("pull", "hf:org/repo:Q4_0");
        var again = await At(server).RunAsync("pull", "--json", "hf:org/repo/m-Q4_0.gguf");

        Assert.Equal(0, pulled.ExitCode);
        var path = pulled.Output.TrimEnd('\n');
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("muxi-llm: hf:org/repo:Q4_0: looking at org/repo\nmuxi-llm: hf:org/repo:Q4_0: pulling m-Q4_0.gguf, 900 kB\nmuxi-llm: hf:org/repo:Q4_0: success\n", pulled.Errors);
        Assert.Equal((path, "hf:org/repo/m-Q4_0.gguf"), (JsonNode.Parse(again.Output)!["path"].Str(), JsonNode.Parse(again.Output)!["name"].Str()));
    }

    [Fact]
    public async Task At_a_terminal_a_bar_shows_how_far_it_is()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", HubServer.Large(1)));

        var pulled = await At(server, isErrorTerminal: true).RunAsync("pull", "hf:org/repo/m.gguf");

        Assert.Contains("pulling m.gguf  [", pulled.Errors, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", pulled.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf:org/repo/../../x", "'hf:org/repo/../../x' names no file at the hub: write hf:ORG/REPO/FILE")]
    [InlineData("hf:org/repo/none.gguf", "org/repo has no file 'none.gguf' at main")]
    public async Task What_cannot_be_brought_is_one_line(string name, string message)
    {
        await using var server = await HubServer.StartAsync();

        var refused = await At(server).RunAsync("pull", name);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(message, refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_to_is_one_line()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", HubServer.Large(1)));
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var run = new CliRun { Environment = new() { ["HF_ENDPOINT"] = server.Url.ToString(), ["HF_HUB_CACHE"] = file } };

        var refused = await run.RunAsync("pull", "hf:org/repo/m.gguf");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("hf:org/repo/m.gguf: ", refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }
}
