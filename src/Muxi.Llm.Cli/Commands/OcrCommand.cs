using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm ocr</c>: what stands in a document or a picture.</summary>
internal sealed class OcrCommand : CliCommand
{
    // A number that nobody's document has, so that a slip of the hand does not become a list of a thousand million pages.
    private const int MostPages = 100_000;

    private readonly Terminal _terminal;
    private readonly Argument<string> _file = new("FILE|URL|-") { Description = "The document or picture: a file, an http(s) or data: URL that the provider reads, or - for stdin." };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who reads, as provider/model." };
    private readonly Option<string> _pages = new("--pages") { HelpName = "0,2-4", Description = "Reads these pages alone, counted from 0." };
    private readonly Option<string> _tables = new("--tables") { HelpName = "markdown|html", Description = "Takes tables out of the text; --json shows them." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in Mistral's form." };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE", Description = "Writes there instead of to stdout." };
    private readonly Option<bool> _force = OutputFile.Force();

    public OcrCommand(Terminal terminal) : base("ocr", "Reads what stands in a document or a picture, as Markdown.")
    {
        _terminal = terminal;
        Add(_file);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _pages, _tables, _json, _output, _force]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Prints the pages' text, an empty line between them. Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set
        and that reads documents, else sandbox/ocr.

        Examples:
          muxi-llm ocr invoice.pdf
          muxi-llm ocr https://example.com/report.pdf --pages 0,2-4
          muxi-llm ocr receipt.jpg --json
          muxi-llm ocr scan.pdf -m mistral/mistral-ocr-latest -o scan.md

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = OutputFile.Named(parsed.GetValue(_output));
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        var named = parsed.GetValue(_file)!;
        var isUrl = Attachments.IsUrl(named);
        var (source, hold) = isUrl ? default : await SoundInput.OpenAsync(named, _terminal, cancellationToken, "document");
        using var holding = hold;
        using var client = _terminal.Connect();
        var reply = await client.Ocr.ProcessAsync(
            new()
            {
                Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Ocr, client, _terminal),
                Document = isUrl ? OcrDocument.FromUrl(named) : OcrDocument.FromFile(source),
                Pages = Pages(parsed.GetValue(_pages)),
                TableFormat = parsed.GetValue(_tables) is { } form ? new OcrTableFormat(form) : default(OcrTableFormat?),
            },
            null,
            cancellationToken);
        var text = parsed.GetValue(_json) ? reply.ToIndentedJson() : reply.Text;
        text = text.EndsWith('\n') ? text : text + "\n";
        await OutputFile.WriteAsync(text, output, _terminal, cancellationToken);
        _terminal.TellWarnings(reply);
        return 0;
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_pages) is { } pages && Pages(pages) is null) result.AddError($"--pages: '{pages}' is no list of pages such as 0,2-4.");
        if (result.GetValue(_tables) is { } form && form is not ("markdown" or "html")) result.AddError($"--tables: '{form}' is neither markdown nor html.");
    }

    /// <summary>The pages that a list names; null where it is none.</summary>
    private static List<int>? Pages(string? list)
    {
        if (list is null) return null;
        var pages = new List<int>();
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-', 2);
            if (Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last || last < first || pages.Count + (last - first) >= MostPages) return null;
            pages.AddRange(Enumerable.Range(first, last - first + 1));
        }
        return pages;
    }

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
