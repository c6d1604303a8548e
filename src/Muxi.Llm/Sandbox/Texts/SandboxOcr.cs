using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// <c>POST /ocr</c>, in Mistral's form: a text document is given back, with a page for each form feed; of anything else the simulator says what arrived, as it looks at no
/// picture and asks no address. A schema is filled as in a chat.
/// </summary>
internal static class SandboxOcr
{
    public static SandboxAnswer Answer(SandboxCall call)
    {
        var request = new SandboxRequest(call);
        var model = request.Model();
        var (text, size) = Read(request["document"] ?? throw SandboxChatReader.Missing("document"));
        var pages = text.Split('\f');
        var wanted = Wanted(request, pages.Length);
        var annotation = request["document_annotation_format"] is { } format ? Annotation(format, text) : null;
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("pages");
            foreach (var page in wanted) Write(json, page, pages[page], request.Flag("include_blocks"));
            json.WriteEndArray();
            json.WriteString("model", model);
            json.WriteString("document_annotation", annotation);
            json.WriteStartObject("usage_info");
            json.WriteNumber("pages_processed", wanted.Count);
            if (size is { } bytes) json.WriteNumber("doc_size_bytes", bytes);
            else json.WriteNull("doc_size_bytes");
            json.WriteEndObject();
            json.WriteEndObject();
        }) with { Model = model };
    }

    private static (string Text, int? Size) Read(JsonElement document)
    {
        var type = SandboxChatReader.Required(document, "type", "document");
        if (type == "file") return ($"The file {SandboxChatReader.Required(document, "file_id", "document")}, which the sandbox does not look into.", null);
        if (type is not ("document_url" or "image_url")) throw SandboxChatReader.Unknown("document.type", type, ["document_url", "image_url", "file"]);
        var url = document.Get(type) is { ValueKind: JsonValueKind.Object } named ? SandboxChatReader.Required(named, "url", $"document.{type}") : SandboxChatReader.Required(document, type, "document");
        if (DataUri.Read(url) is not { } data) return ($"What lies at {url}, which the sandbox does not ask for.", null);
        var bytes = data.Bytes() ?? throw new SandboxRefusal($"The data in 'document.{type}' are no base64.", $"document.{type}", "invalid_base64");
        return data.MediaType.StartsWith("text/", StringComparison.Ordinal)
            ? (data.Text(), bytes.Length)
            : (string.Create(CultureInfo.InvariantCulture, $"{data.MediaType} of {bytes.Length} bytes, which the sandbox does not look into."), bytes.Length);
    }

    private static IReadOnlyList<int> Wanted(SandboxRequest request, int count)
    {
        if (request["pages"] is not { } pages) return [.. Enumerable.Range(0, count)];
        if (pages.ValueKind != JsonValueKind.Array) throw SandboxChatReader.WrongType("pages", "an array of integers", pages);
        return [.. pages.EnumerateArray().Select((page, at) => page.ValueKind == JsonValueKind.Number && page.TryGetInt32(out var index) ? index : throw SandboxChatReader.WrongType($"pages[{at}]", "an integer", page)).Where(page => page >= 0 && page < count)];
    }

    private static string Annotation(JsonElement format, string text) => format.Get("json_schema", "schema") is { } schema
        ? SandboxSchema.Instance(schema, text)
        : throw new SandboxRefusal("'document_annotation_format' takes a json_schema alone.", "document_annotation_format", "invalid_value");

    private static void Write(Utf8JsonWriter json, int index, string text, bool withBlocks)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteString("markdown", text);
        json.WriteStartArray("images");
        json.WriteEndArray();
        json.WriteStartObject("dimensions");
        json.WriteNumber("dpi", 200);
        json.WriteNumber("height", 2200);
        json.WriteNumber("width", 1700);
        json.WriteEndObject();
        if (withBlocks) WriteBlocks(json, text);
        json.WriteEndObject();
    }

    private static void WriteBlocks(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("blocks");
        foreach (var (at, paragraph) in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Index())
        {
            json.WriteStartObject();
            json.WriteString("type", paragraph.StartsWith('#') ? "title" : "text");
            json.WriteNumber("top_left_x", 100);
            json.WriteNumber("top_left_y", 100 * (at + 1));
            json.WriteNumber("bottom_right_x", 1600);
            json.WriteNumber("bottom_right_y", 100 * (at + 2));
            json.WriteString("content", paragraph);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
