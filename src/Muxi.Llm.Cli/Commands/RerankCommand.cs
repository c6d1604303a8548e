using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm rerank</c>: texts by how well they fit a query.</summary>
internal sealed class RerankCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string> _query = new("QUERY") { Description = "What is looked for." };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who ranks, as provider/model." };
    private readonly Option<string[]> _documents = new("--document", "-d") { HelpName = "TEXT", Description = "Ranks this text. May be given several times." };
    private readonly Option<string[]> _files = new("--documents") { HelpName = "FILE", Description = "Ranks each line of this file: a text, or a JSON object or string. Empty lines are left out. - is stdin, which is also read where no document is given. May be given several times." };
    private readonly Option<int?> _top = new("--top") { HelpName = "N", Description = "Shows the best N only.", CustomParser = Given.Whole("--top") };
    private readonly Option<string> _instruction = new("--instruction") { HelpName = "TEXT", Description = "Says what makes a text fit, to models that read it." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in Cohere's form." };
    private readonly Option<string[]> _fallbacks = new("--fallback") { HelpName = "MODEL", Description = "Asks this model when the other one has failed for good. May be given several times." };
    private readonly Option<bool> _usage = new("--usage") { Description = "Tells tokens and time on stderr." };

    public RerankCommand(Terminal terminal) : base("rerank", "Ranks texts by how well they fit a query, the best first.")
    {
        _terminal = terminal;
        Add(_query);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _documents, _files, _top, _instruction, _json, _fallbacks, _usage]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        SetAction(RunAsync);
    }

    public override string Ending => """
        Prints a line for each text: how well it fits, its number in the order given (from 0), and the text.

        Examples:
          muxi-llm rerank "What is a panda?" -d "It is a bear." -d "Hi."
          muxi-llm rerank --documents notes.txt --top 3 "when is the party?"
          grep -h panda *.txt | muxi-llm rerank "What do pandas eat?"

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var documents = await DocumentsAsync(parsed, cancellationToken);
        if (documents.Count == 0) throw new UsageException("There is nothing to rank: give texts with -d, or lines with --documents or on stdin.");
        using var client = _terminal.Connect();
        var request = new RerankRequest
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Rerank, client, _terminal), Query = parsed.GetValue(_query)!, Documents = documents,
            TopN = parsed.GetValue(_top), Instruction = parsed.GetValue(_instruction),
        };
        var started = _terminal.Clock.GetTimestamp();
        var reply = await client.Rerank.CreateAsync(request, Given.Options(parsed.GetValue(_fallbacks)), cancellationToken);
        if (parsed.GetValue(_json)) _terminal.Write(reply.ToIndentedJson() + "\n");
        else
            foreach (var result in reply.Results) _terminal.Write(Line(result, documents));
        _terminal.TellWarnings(reply);
        if (parsed.GetValue(_usage)) _terminal.Note(new Spent(reply, reply.Usage, _terminal.Clock.GetElapsedTime(started)).ToString());
        return 0;
    }

    private static string Line(RerankResult result, List<RerankDocument> documents) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.RelevanceScore:0.####} {result.Index} {documents[result.Index].ToString().ReplaceLineEndings(" ")}\n");

    private async Task<List<RerankDocument>> DocumentsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        List<RerankDocument> documents = [.. (parsed.GetValue(_documents) ?? []).Select(text => text.Length > 0 ? RerankDocument.FromText(text) : throw new UsageException("A text is empty."))];
        var files = parsed.GetValue(_files) ?? [];
        if (files.Count(static file => file == "-") > 1) throw new UsageException("stdin can be read once: write - once.");
        if (documents.Count == 0 && files.Length == 0 && !_terminal.IsInTerminal) files = ["-"];
        foreach (var file in files)
        {
            var text = file == "-" ? await _terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken) : Attachments.Read("--documents", file, Whole);
            documents.AddRange(text!.Split(['\n', '\r']).Where(static line => !string.IsNullOrWhiteSpace(line)).Select(OfLine));
        }
        return documents;
    }

    /// <summary>A line that is a JSON object or string is what it says; another one is a text as it stands.</summary>
    private static RerankDocument OfLine(string line)
    {
        if (line.AsSpan().TrimStart() is not ['{' or '"', ..]) return line;
        try
        {
            var element = JsonElement.Parse(line);
            return element.ValueKind == JsonValueKind.Object ? RerankDocument.FromFields(element) : element.GetString()!;
        }
        catch (JsonException)
        {
            return line;
        }
    }

    private static string Whole(string path)
    {
        Media.CheckPath(path);
        return File.ReadAllText(path);
    }
}
