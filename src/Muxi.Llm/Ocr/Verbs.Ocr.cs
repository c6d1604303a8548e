namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<OcrRequest, OcrResponse> Ocr = new("ocr", static (provider, _) => provider.Ocr)
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
        Files = static request => request.Document.File is { } file ? [file] : [],
        Localize = static (request, provider, targets) => request.Document.FileId is { } id
            ? request with { Document = request.Document.WithFileId(FileIds.At(id, provider, targets, "document.file_id")) }
            : request,
    };
}
