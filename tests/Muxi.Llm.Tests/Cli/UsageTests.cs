using System.CommandLine;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>Wrong usage, and the help against it.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("There is no command 'caht'. Did you mean chat?", "caht")]
    [InlineData("There is no command '--bogus'.", "--bogus")]
    [InlineData("Unknown option --josn. Did you mean --json? (A prompt that begins with a dash comes after --)", "chat", "--josn")]
    [InlineData("Unknown option -x. (A prompt that begins with a dash comes after --)", "chat", "-x")]
    [InlineData("Unknown option --no-steam. Did you mean --no-stream? (A prompt that begins with a dash comes after --)", "chat", "Hi", "--no-steam")]
    [InlineData("There is more than one prompt: put it in quotes.", "chat", "Say", "hello")]
    [InlineData("--max-tokens must be a whole number from 1 up, not 'x'.", "chat", "--max-tokens", "x", "Hi")]
    [InlineData("--max-tokens must be a whole number from 1 up, not '0'.", "chat", "--max-tokens", "0", "Hi")]
    [InlineData("--temperature must be a number from 0 up, not '-1'.", "chat", "--temperature", "-1", "Hi")]
    [InlineData("--temperature must be a number from 0 up, not 'NaN'.", "chat", "--temperature", "NaN", "Hi")]
    [InlineData("--model is empty: write provider/model.", "chat", "-m", "", "Hi")]
    [InlineData("--tool-choice needs --tools.", "chat", "--tool-choice", "auto", "Hi")]
    [InlineData("Required argument missing for option: '-m'.", "chat", "-m")]
    [InlineData("--image names no file.", "chat", "--image", "", "Hi")]
    [InlineData("--json and --markdown exclude each other.", "providers", "--json", "--markdown")]
    [InlineData("There is no command 'two'.", "models", "one", "two")]
    public async Task Wrong_usage_is_told_and_ends_with_2(string says, params string[] arguments)
    {
        var run = await new CliRun().RunAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"muxi-llm: {says}\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_help_stands_on_stderr()
    {
        var run = await new CliRun().RunAsync();

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("chat", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("chat", "--help")]
    [InlineData("help")]
    [InlineData("help", "chat")]
    [InlineData("models", "-h")]
    [InlineData("providers", "-?")]
    [InlineData("chat", "--max-tokens", "x", "--help")]
    public async Task Help_stands_on_stdout_and_ends_with_examples(params string[] arguments)
    {
        var run = await new CliRun().RunAsync(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches("Examples:\n(  .*muxi-llm .+\n)+\n*$", run.Output);
    }

    [Fact]
    public void Every_command_and_option_is_explained_in_sentences()
    {
        var root = CommandLine.Parse([], new CliRun().Terminal(TextWriter.Null, TextWriter.Null)).RootCommandResult.Command;
        var symbols = root.Subcommands.SelectMany(command => command.Options.Cast<Symbol>().Concat(command.Arguments).Append(command)).Concat(root.Options);

        Assert.All(symbols, symbol => Assert.Matches(@"^(\p{Lu}|- ).+\.$", symbol.Description!));
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var run = await new CliRun().RunAsync("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }
}
