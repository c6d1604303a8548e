using System.CommandLine;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary>What is asked: an argument, standard input, or both.</summary>
internal static class Prompts
{
    /// <summary>The words that stand for the prompt: none, the prompt, <c>-</c>, or the prompt and <c>-</c>.</summary>
    /// <exception cref="UsageException">There are more, or one is meant as an option.</exception>
    public static string[] Words(ParseResult parsed, Argument<string[]> prompt)
    {
        var words = parsed.GetValue(prompt) ?? [];
        var isLiteral = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        // What is meant as an option must not be sent as a question; a question that begins with a dash holds blanks.
        if (!isLiteral && words.FirstOrDefault(word => word is ['-', _, ..] && !word.Any(char.IsWhiteSpace)) is { } option)
        {
            var near = Nearest.Of(option, parsed.CommandResult.Command.Options.SelectMany(known => known.Aliases.Prepend(known.Name)));
            throw new UsageException($"Unknown option {option}.{(near is null ? "" : $" Did you mean {near}?")} (A prompt that begins with a dash comes after --)");
        }
        if (words.Length > 2 || words is [_, not "-"] or ["-", _]) throw new UsageException("There is more than one prompt: put it in quotes.");
        return words;
    }

    /// <summary>What is asked; null when there is a person to ask for it.</summary>
    public static async Task<string?> ReadAsync(string[] words, Terminal terminal, CancellationToken cancellationToken)
    {
        var given = words is [not "-", ..] ? words[0] : null;
        var isStdinNamed = words is [.., "-"];
        if (terminal.IsInTerminal && !isStdinNamed) return given;
        // Input that is asked for is waited for. Beside a prompt it may be there only because nobody closed it.
        var patience = given is null || isStdinNamed ? Timeout.InfiniteTimeSpan : terminal.Patience;
        var input = await terminal.ReadAllAsync(patience, cancellationToken);
        if (input is null) terminal.Note($"going on without stdin: nothing came within {terminal.Patience.TotalSeconds:0} s (a - after the prompt waits for it)");
        var text = input?.TrimEnd('\n', '\r') ?? "";
        if (given is null) return text;
        return string.IsNullOrWhiteSpace(text) ? given : $"{given}\n\n{text}";
    }
}
