using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a request for a ranking as a service takes it.</summary>
internal static class RerankWriter
{
    public static void Write(Utf8JsonWriter json, CohereRerank quirks, RerankRequest request, CallContext context, Warnings warnings)
    {
        var members = new MemberWriter(json, request.Extra, [], warnings);
        json.WriteStartObject();
        if (quirks.ModelInBody) members.Text(Encoding.UTF8.GetBytes(quirks.ModelField), context.Model);
        WriteQuery(json, quirks, request);
        if (!Overrides(request, quirks.DocumentsField))
        {
            json.WriteStartArray(quirks.DocumentsField);
            for (var i = 0; i < request.Documents.Count; i++) WriteDocument(json, quirks, request, i, context, warnings);
            json.WriteEndArray();
        }
        if (quirks.ApiVersion > 0) members.Number("api_version"u8, quirks.ApiVersion);
        if (quirks.TopField is { } top) members.Number(Encoding.UTF8.GetBytes(top), request.TopN);
        if (quirks.ReturnField is { } returns) members.Flag(Encoding.UTF8.GetBytes(returns), request.ReturnDocuments);
        if (quirks.RankFields) members.Texts("rank_fields"u8, request.RankFields);
        if (quirks.MaxTokensField is { } most) members.Number(Encoding.UTF8.GetBytes(most), request.MaxTokensPerDoc);
        else if (request.MaxTokensPerDoc is not null) warnings.Add("max_tokens_per_doc", "left out: the service has nothing like it");
        if (quirks.InstructionField is { } instruction) members.Text(Encoding.UTF8.GetBytes(instruction), request.Instruction);
        else if (request.Instruction is not null) warnings.Add("instruction", "left out: the service has nothing like it");
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteQuery(Utf8JsonWriter json, CohereRerank quirks, RerankRequest request)
    {
        if (Overrides(request, quirks.QueryField)) return;
        json.WritePropertyName(quirks.QueryField);
        switch (quirks.QueryForm)
        {
            case RerankQueryForm.Object:
                WriteText(json, request.Query);
                break;
            case RerankQueryForm.Repeated:
                json.WriteStartArray();
                for (var i = 0; i < request.Documents.Count; i++) json.WriteStringValue(request.Query);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(request.Query);
                break;
        }
    }

    private static void WriteDocument(Utf8JsonWriter json, CohereRerank quirks, RerankRequest request, int at, CallContext context, Warnings warnings)
    {
        var (document, form) = (request.Documents[at], quirks.DocumentForm);
        if (document.Fields.IsEmpty)
        {
            if (form is RerankDocumentForm.Object) WriteText(json, document.Text!);
            else json.WriteStringValue(document.Text);
        }
        else if (form is RerankDocumentForm.Any or RerankDocumentForm.Object && (quirks.RankFields || request.RankFields is null) || IsOfItsOwn(document, form)) document.Fields.WriteTo(json);
        else if (document.Picture is null) WriteLines(json, quirks, request, document, warnings);
        else if (form is RerankDocumentForm.Text) throw context.Refuse($"documents[{at}]", "the service ranks texts, and no pictures");
        else if (form is RerankDocumentForm.Any or RerankDocumentForm.Object) document.Fields.WriteTo(json);
        else WriteParts(json, document, document.Picture, isInObject: form is RerankDocumentForm.Content);
    }

    /// <summary>Whether a document has the service's own form already.</summary>
    private static bool IsOfItsOwn(RerankDocument document, RerankDocumentForm form) => document.Fields.ToElement() is var element && form switch
    {
        RerankDocumentForm.Content => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("content"u8, out var parts) && parts.ValueKind == JsonValueKind.Array,
        RerankDocumentForm.Parts => element.ValueKind == JsonValueKind.Array,
        _ => false,
    };

    /// <summary>An object as a text: the text alone where that is all there is or all that is read, else a line for each field, as Cohere's pages advise.</summary>
    private static void WriteLines(Utf8JsonWriter json, CohereRerank quirks, RerankRequest request, RerankDocument document, Warnings warnings)
    {
        var element = document.Fields.ToElement();
        var text = element.ValueKind == JsonValueKind.Object ? Lines(element, request.RankFields) : document.Fields.ToString();
        if (document.Text is null || document.Text != text) warnings.Add("documents", "objects are told as texts, a line for each field: the service takes no fields");
        if (quirks.DocumentForm is RerankDocumentForm.Object) WriteText(json, text);
        else json.WriteStringValue(text);
    }

    private static string Lines(JsonElement fields, IReadOnlyList<string>? wanted)
    {
        var told = (wanted ?? [.. fields.EnumerateObject().Select(static field => field.Name)]).Where(name => fields.TryGetProperty(name, out _)).ToList();
        return told is ["text"] ? Value(fields.GetProperty("text"u8)) : string.Join('\n', told.Select(name => $"{name}: {Value(fields.GetProperty(name))}"));
    }

    private static string Value(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static void WriteParts(Utf8JsonWriter json, RerankDocument document, string picture, bool isInObject)
    {
        if (isInObject)
        {
            json.WriteStartObject();
            json.WritePropertyName("content"u8);
        }
        json.WriteStartArray();
        if (document.Text is { } text)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, picture);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        if (isInObject) json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private static bool Overrides(RerankRequest request, string name) => request.Extra.TryGet(name, out _);
}
