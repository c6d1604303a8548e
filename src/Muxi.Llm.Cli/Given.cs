using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>What commands are given in the same way: a text as an argument, on stdin or both, numbers, fallbacks.</summary>
internal static class Given
{
    /// <summary>The words of a text's argument: the text, <c>-</c> for stdin, or both.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="argument">The text's argument.</param>
    /// <param name="what">How errors call it, e.g. <c>prompt</c>.</param>
    public static string[] Words(ParseResult parsed, Argument<string[]> argument, string what)
    {
        var words = parsed.GetValue(argument) ?? [];
        CheckOptions(parsed, words, what);
        if (words.Length > 2 || words is [_, not "-"] or ["-", _]) throw new UsageException($"There is more than one {what}: put it in quotes.");
        return words;
    }

    /// <summary>What is meant as an option must not be sent as a text; a text that begins with a dash holds blanks.</summary>
    public static void CheckOptions(ParseResult parsed, string[] words, string what)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)) return;
        if (words.FirstOrDefault(word => word is ['-', _, ..] && !word.Any(char.IsWhiteSpace)) is not { } option) return;
        var near = Nearest.Of(option, parsed.CommandResult.Command.Options.SelectMany(known => known.Aliases.Prepend(known.Name)));
        throw new UsageException($"Unknown option {option}.{(near is null ? "" : $" Did you mean {near}?")} (A {what} that begins with a dash comes after --)");
    }

    /// <summary>The text; null when there is a person to ask for it. Text on stdin beside a given one follows it.</summary>
    public static async Task<string?> TextAsync(Terminal terminal, string[] words, string what, CancellationToken cancellationToken)
    {
        var given = words is [not "-", ..] ? words[0] : null;
        var isStdinNamed = words is [.., "-"];
        if (terminal.IsInTerminal && !isStdinNamed) return given;
        // Input that is asked for is waited for. Beside a text it may be there only because nobody closed it.
        var patience = given is null || isStdinNamed ? Timeout.InfiniteTimeSpan : terminal.Patience;
        var input = await terminal.ReadAllAsync(patience, cancellationToken);
        if (input is null) terminal.Note($"going on without stdin: nothing came within {terminal.Patience.TotalSeconds:0} s (a - after the {what} waits for it)");
        var text = input?.TrimEnd('\n', '\r') ?? "";
        if (given is null) return text;
        return string.IsNullOrWhiteSpace(text) ? given : $"{given}\n\n{text}";
    }

    /// <summary>Reads an option's whole number.</summary>
    public static Func<ArgumentResult, int?> Whole(string option, int least = 1, int most = int.MaxValue) => result =>
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError($"{option} must be a whole number from {least} {(most == int.MaxValue ? "up" : $"to {most}")}, not '{result.Tokens[0].Value}'.");
        return null;
    };

    /// <summary>Reads an option's number from 0 up.</summary>
    public static Func<ArgumentResult, double?> Fraction(string option) => result =>
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= 0) return number;
        result.AddError($"{option} must be a number from 0 up, not '{result.Tokens[0].Value}'.");
        return null;
    };

    /// <summary>Reads an option's number within bounds.</summary>
    public static Func<ArgumentResult, double?> Between(string option, double least, double most) => result =>
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option} must be a number from {least} to {most}, not '{result.Tokens[0].Value}'."));
        return null;
    };

    /// <summary>Refuses a model's option that is empty.</summary>
    public static Action<CommandResult> ModelCheck(Option<string> model) => result =>
    {
        if (result.GetResult(model) is { Tokens: [{ Value: var name }] } && string.IsNullOrWhiteSpace(name)) result.AddError("--model is empty: write provider/model.");
    };

    /// <summary>Settings of a call with these fallbacks; null for none.</summary>
    public static RequestOptions? Options(string[]? fallbacks) => fallbacks is { Length: > 0 } ? new() { Fallbacks = [.. fallbacks.Select(model => new Fallback(model))] } : null;

    /// <summary>Tells what was not done as it was asked for.</summary>
    public static void TellWarnings(this Terminal terminal, Reply reply) => terminal.TellWarnings(reply.Warnings);

    /// <summary>Tells what was not done as it was asked for.</summary>
    public static void TellWarnings(this Terminal terminal, IReadOnlyList<Warning> warnings)
    {
        foreach (var warning in warnings) terminal.Note($"warning: {warning.Param}: {warning.Message}");
    }
}
