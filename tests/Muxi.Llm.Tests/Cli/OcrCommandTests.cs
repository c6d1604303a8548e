using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm ocr</c>.</summary>
public sealed class OcrCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-ocr");

    private static Task<CliResult> RunAsync(params string[] arguments) => new CliRun().RunAsync(["ocr", .. arguments, "-m", "sandbox/ocr"]);

    [Fact]
    public async Task It_prints_the_pages_that_are_asked_for()
    {
        var file = Path.Combine(_folder.FullName, "a.txt");
        await File.WriteAllTextAsync(file, "One\fTwo\fThree\fFour", TestContext.Current.CancellationToken);

        Assert.Equal(new CliResult(0, "One\n\nTwo\n\nThree\n\nFour\n", ""), await RunAsync(file));
        Assert.Equal(new CliResult(0, "One\n\nThree\n\nFour\n", ""), await RunAsync(file, "--pages", "0,2-3"));
        Assert.Equal("Two", (string?)JsonNode.Parse((await RunAsync(file, "--pages", "1", "--json")).Output)!["pages"]![0]!["markdown"]);
    }

    [Fact]
    public async Task An_address_is_read_by_the_provider_and_the_text_may_go_into_a_file()
    {
        var output = Path.Combine(_folder.FullName, "a.md");

        Assert.Equal(0, (await RunAsync("https://example.com/a.pdf", "-o", output)).ExitCode);

        Assert.Contains("https://example.com/a.pdf", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("https://example.com/a.pdf", "-o", output)).ExitCode);
    }

    [Theory]
    [InlineData("--pages", "3-1")]
    [InlineData("--pages", "x")]
    [InlineData("--pages", "0-999999999")]
    [InlineData("--tables", "word")]
    public async Task What_is_no_option_is_wrong_usage(string option, string value) => Assert.Equal(2, (await RunAsync("a.pdf", option, value)).ExitCode);

    [Fact]
    public async Task A_file_that_is_not_there_is_told_in_a_line()
    {
        var run = await RunAsync(Path.Combine(_folder.FullName, "none.pdf"));

        Assert.Equal((1, 1), (run.ExitCode, run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
