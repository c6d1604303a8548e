using System.CommandLine;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm moderate</c>: whether a text or a picture is harmful.</summary>
internal sealed class ModerateCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _text = new("TEXT|-")
    {
        Description = "What to look at. - reads it from stdin, as does leaving it out with stdin redirected; text on stdin beside a given one follows it.", Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who looks, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string[]> _images = new("--image") { HelpName = "FILE|URL", Description = "Looks at a picture, together with the text: a file, or an http(s) or data: URL. May be given several times." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };

    public ModerateCommand(Terminal terminal) : base("moderate", "Looks whether a text or a picture is harmful, and prints what was found.")
    {
        _terminal = terminal;
        Add(_text);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _images, _json]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        SetAction(RunAsync);
    }

    public override string Ending => """
        Prints a line for each category that was found, with how sure the model is (0 to 1), or "not flagged". The exit code is 0 either way.

        Examples:
          muxi-llm moderate "I will find you"
          muxi-llm moderate --image photo.jpg
          cat comment.txt | muxi-llm moderate --json -

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = Given.Words(parsed, _text, "text");
        IReadOnlyList<ContentPart> pictures = [.. (parsed.GetValue(_images) ?? []).Select(file => Attachments.Image(file))];
        // With a picture, stdin is read where it is named: it may be there only because nobody closed it.
        var text = words.Length == 0 && pictures.Count > 0 ? "" : await Given.TextAsync(_terminal, words, "text", cancellationToken) ?? "";
        if (text.Length == 0 && pictures.Count == 0) throw new UsageException("There is no text: give one as an argument or on stdin, or a picture with --image.");
        using var client = _terminal.Connect();
        var reply = await client.Moderations.CreateAsync(
            new()
            {
                Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Moderations, client, _terminal),
                Input = pictures.Count == 0 ? text : ModerationInput.FromParts(text.Length == 0 ? pictures : [ContentPart.FromText(text), .. pictures]),
            },
            null,
            cancellationToken);
        _terminal.Write(parsed.GetValue(_json) ? reply.ToIndentedJson() + "\n" : string.Concat(reply.Results.Select(Lines)));
        _terminal.TellWarnings(reply);
        return 0;
    }

    private static string Lines(ModerationResult result)
    {
        if (!result.Flagged) return "not flagged\n";
        var found = result.FlaggedCategories.ToList();
        if (found.Count == 0) return "flagged\n";
        return string.Concat(found.OrderByDescending(category => result.CategoryScores.GetValueOrDefault(category)).Select(category =>
            result.CategoryScores.TryGetValue(category, out var score) ? string.Create(CultureInfo.InvariantCulture, $"{category} {score:0.###}\n") : $"{category}\n"));
    }
}
