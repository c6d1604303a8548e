#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Reads a document page by page, and what it says as values.
// Run: dotnet run examples/ocr.cs [provider/model] [file or address]
using System.Text;
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/ocr";
OcrDocument document = args.Length > 1 && File.Exists(args[1]) ? OcrDocument.FromFile(args[1])
    : args.Length > 1 ? OcrDocument.FromUrl(args[1])
    : OcrDocument.FromBytes(Encoding.UTF8.GetBytes("# Invoice 7\n\nOne lamp, 40 EUR\fThank you!"), "invoice.txt");

OcrResponse reply = await OcrResponse.ProcessAsync(new OcrRequest
{
    Model = model,
    Document = document,
    DocumentAnnotationFormat = ResponseFormat.JsonSchema("invoice", """
        {"type":"object","properties":{"number":{"type":"integer"},"total":{"type":"string"}},"required":["number","total"],"additionalProperties":false}
        """),
});

foreach (OcrPage page in reply.Pages) Console.WriteLine($"page {page.Index}: {page.Markdown.ReplaceLineEndings(" ")}");
Console.WriteLine($"told of it: {reply.DocumentAnnotation}");
Console.WriteLine($"{reply.UsageInfo?.PagesProcessed} pages read");
