using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>The commands that the pages show: all of them are well-formed, and those shown with their output give it.</summary>
public sealed partial class CliDocsTests
{
    public static TheoryData<string> Commands { get; } =
        [.. Pages().SelectMany(Blocks).Where(block => block.Language.Length == 0).SelectMany(block => block.Lines)
            .Select(line => CommandPart().Match(line)).Where(match => match.Success && !match.Value.Contains('[', StringComparison.Ordinal)).Select(match => match.Groups[1].Value).Distinct()];

    public static TheoryData<string, int, string> Transcripts { get; } = [.. Pages().SelectMany(Blocks).Where(block => block.Language == "console").SelectMany(Runs)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_in_the_pages_is_well_formed(string command)
    {
        var parsed = CommandLine.Parse([.. CommandLineParser.SplitCommandLine(command)], new CliRun().Terminal(TextWriter.Null, TextWriter.Null));

        Assert.Empty(parsed.Errors);
    }

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task A_command_shown_with_its_output_gives_it(string command, int code, string output)
    {
        var run = await new CliRun().RunAsync([.. CommandLineParser.SplitCommandLine(command)]);

        Assert.Equal((code, output), (run.ExitCode, run.Errors + run.Output));
    }

    [Fact]
    public void Every_option_has_a_place_in_the_page()
    {
        var page = File.ReadAllText(Repo.PathTo("docs", "cli.md"));
        var root = CommandLine.Parse([], new CliRun().Terminal(TextWriter.Null, TextWriter.Null)).RootCommandResult.Command;

        Assert.All(root.Subcommands, command => Assert.Contains($"\n## {command.Name}\n", page, StringComparison.Ordinal));
        Assert.All(root.Subcommands.SelectMany(command => command.Options), option => Assert.Contains(option.Name, page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Pages() => [File.ReadAllText(Repo.PathTo("docs", "cli.md")), File.ReadAllText(Repo.PathTo("README.md"))];

    private static IEnumerable<(string Language, string[] Lines)> Blocks(string page) =>
        Block().Matches(page).Select(match => (match.Groups[1].Value, match.Groups[2].Value.TrimEnd('\n').Split('\n')));

    /// <summary>What stands after each <c>$ muxi-llm</c> up to the next is its output.</summary>
    private static IEnumerable<TheoryDataRow<string, int, string>> Runs((string Language, string[] Lines) block) =>
        Transcript().Matches(string.Join('\n', block.Lines) + "\n").Select(match => new TheoryDataRow<string, int, string>(
            match.Groups[1].Value, match.Groups[2].Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : 0, match.Groups[3].Value));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:^|[|/] ?)muxi-llm +([^|>]+)")]
    private static partial Regex CommandPart();

    [GeneratedRegex(@"^\$ muxi-llm (.*?)(?: +# exits with (\d+))?\n((?:[^$].*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Transcript();
}
