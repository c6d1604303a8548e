using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm embed</c>: what texts mean, as numbers.</summary>
internal sealed class EmbedCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _texts = new("TEXT|-")
    {
        Description = "What to embed; several texts are embedded each for itself. - reads one text from stdin, as does leaving it out with stdin redirected.", Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who embeds, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string[]> _lines = new("--lines") { HelpName = "FILE", Description = "Embeds each line of this file for itself; empty ones are left out. - is stdin. May be given several times." };
    private readonly Option<int?> _dimensions = new("--dimensions") { HelpName = "N", Description = "Sets how many numbers each embedding has, where the model can give fewer.", CustomParser = Given.Whole("--dimensions") };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };
    private readonly Option<string[]> _fallbacks = new("--fallback") { HelpName = "MODEL", Description = "Asks this model when the other one has failed for good. May be given several times." };
    private readonly Option<bool> _usage = new("--usage") { Description = "Tells on stderr how many tokens the call used, how long it took, how many attempts it was, and what is left of the service's limits." };

    public EmbedCommand(Terminal terminal) : base("embed", "Turns texts into embeddings and prints their numbers.")
    {
        _terminal = terminal;
        Add(_texts);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _lines, _dimensions, _json, _fallbacks, _usage]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        SetAction(RunAsync);
    }

    public override string Ending => """
        Prints a line for each text, in their order: a JSON list of its numbers.

        Examples:
          muxi-llm embed "The sky is blue"
          muxi-llm embed -m openai/text-embedding-3-small --dimensions 256 "one" "two"
          muxi-llm embed --lines sentences.txt > vectors.jsonl
          cat page.txt | muxi-llm embed --json -

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var texts = await TextsAsync(parsed, cancellationToken);
        if (texts.Count == 0) throw new UsageException("There is no text: give one as an argument, on stdin, or with --lines.");
        using var client = _terminal.Connect();
        var request = new EmbeddingRequest
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Embeddings, client, _terminal), Dimensions = parsed.GetValue(_dimensions),
            Input = texts is [var one] ? one : TextInput.FromTexts((IReadOnlyList<string>)texts),
        };
        var started = _terminal.Clock.GetTimestamp();
        var reply = await client.Embeddings.CreateAsync(request, Given.Options(parsed.GetValue(_fallbacks)), cancellationToken);
        if (parsed.GetValue(_json)) _terminal.Write(reply.ToIndentedJson() + "\n");
        else
            foreach (var embedding in reply.Data) _terminal.Write(Line(embedding));
        _terminal.TellWarnings(reply);
        if (parsed.GetValue(_usage)) _terminal.Note(new Spent(reply, reply.Usage, _terminal.Clock.GetElapsedTime(started)).ToString());
        return 0;
    }

    private async Task<List<string>> TextsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = parsed.GetValue(_texts) ?? [];
        var files = parsed.GetValue(_lines) ?? [];
        Given.CheckOptions(parsed, words, "text");
        if (words.Count(word => word == "-") + files.Count(file => file == "-") > 1) throw new UsageException("stdin can be read once: write - once.");
        var texts = new List<string>();
        foreach (var word in words)
            if (word != "-") texts.Add(word.Length > 0 ? word : throw new UsageException("A text is empty."));
            else await AddInputAsync();
        foreach (var file in files)
            texts.AddRange((file == "-" ? await _terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken) : Attachments.Read("--lines", file, Lines))!
                .Split(['\n', '\r']).Where(line => !string.IsNullOrWhiteSpace(line)));
        if (words.Length == 0 && files.Length == 0 && !_terminal.IsInTerminal) await AddInputAsync();
        return texts;

        async Task AddInputAsync()
        {
            var input = (await _terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken))!.TrimEnd('\n', '\r');
            if (input.Length > 0) texts.Add(input);
        }
    }

    private static string Lines(string path)
    {
        Media.CheckPath(path);
        return File.ReadAllText(path);
    }

    private static string Line(Embedding embedding)
    {
        var text = JsonOut.ToText(embedding, static (json, one) =>
        {
            json.WriteStartArray();
            foreach (var number in one.Vector.Span) json.WriteNumberValue(number);
            json.WriteEndArray();
        }, indented: false);
        return text + "\n";
    }
}
