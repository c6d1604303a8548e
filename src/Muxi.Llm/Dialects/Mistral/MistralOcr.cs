using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Mistral's reading of documents. A file goes as a data URI, read and encoded while it is sent.</summary>
/// <remarks>Source: Mistral's OpenAPI document, <c>POST /v1/ocr</c>, as its client 2.7.0 has it (November 2026).</remarks>
public sealed record MistralOcr : OcrDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "ocr";

    /// <summary>The largest file that the service takes, in bytes; 0 where that is not known.</summary>
    public long MaxFileBytes { get; init; }

    /// <inheritdoc/>
    public override HttpCall Render(OcrRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = request with { Model = context.Model };
        if (request.Document.File is not { } file || request.Extra.Holds("document"u8))
            return new(HttpMethod.Post, Path) { Body = JsonOut.ToUtf8(request, static (json, asked) => OcrRequestJson.Write(json, asked)) };
        if (MaxFileBytes > 0 && file.Length > MaxFileBytes)
            throw context.Refuse("document", $"a document may have {FilesDialect.Megabytes(MaxFileBytes)}; '{file.Filename}' has {FilesDialect.Megabytes(file.Length.Value)}: upload it and name it by its id, or send its pages apart");
        return new(HttpMethod.Post, Path) { FileInJson = Around(request, file) };
    }

    /// <inheritdoc/>
    public override OcrResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (OcrReply.Read(reply.Body.Span) is { } read) return read;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>The body around the file. The document is the first member, so that what follows the file is all the rest.</summary>
    private static FileInJson Around(OcrRequest request, FileSource file)
    {
        var (type, member) = OcrRequestJson.FormOf(file);
        var head = $$"""{"document":{"type":"{{member}}","{{member}}":"data:{{JsonEncodedText.Encode(type)}};base64,""";
        var rest = JsonOut.ToUtf8(request, static (json, asked) => OcrRequestJson.WriteBesides(json, asked));
        // The rest is an object of its own, whose opening brace becomes the comma behind the document.
        var tail = JsonOut.ToUtf8((request.Document, file, member), static (json, it) => OcrRequestJson.WriteNames(json, it.Document, it.file, it.member));
        return new(Encoding.UTF8.GetBytes(head), file, (byte[])[.. "\""u8, .. Opened(tail), .. Opened(rest)]);
    }

    /// <summary>An object's members as they follow others: with a comma for the brace, or the brace alone where there are none.</summary>
    private static byte[] Opened(byte[] json) => json is [_, (byte)'}'] ? "}"u8.ToArray() : [(byte)',', .. json[1..]];
}
