using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Citations, as OpenAI writes them: the type beside an object of that name.</summary>
internal static class AnnotationJson
{
    public static void Write(Utf8JsonWriter json, Annotation annotation)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, annotation.Type);
        if (IsCitation(annotation.Type))
        {
            json.WriteStartObject(annotation.Type);
            WriteCitation(json, annotation);
            json.WriteEndObject();
        }
        else annotation.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static bool IsCitation(string type) => type is "url_citation" or "document_citation";

    private static void WriteCitation(Utf8JsonWriter json, Annotation annotation)
    {
        var extra = annotation.Extra;
        if (annotation.Url is { } url && !extra.Holds("url"u8)) json.WriteString("url"u8, url);
        if (annotation.DocumentId is { } id && !extra.Holds("document_id"u8)) json.WriteString("document_id"u8, id);
        if (annotation.DocumentIndex is { } index && !extra.Holds("document_index"u8)) json.WriteNumber("document_index"u8, index);
        if (annotation.Title is { } title && !extra.Holds("title"u8)) json.WriteString("title"u8, title);
        if (annotation.StartIndex is { } start && !extra.Holds("start_index"u8)) json.WriteNumber("start_index"u8, start);
        if (annotation.EndIndex is { } end && !extra.Holds("end_index"u8)) json.WriteNumber("end_index"u8, end);
        if (annotation.CitedText is { } cited && !extra.Holds("cited_text"u8)) json.WriteString("cited_text"u8, cited);
        extra.WriteMembers(json);
    }

    public static IReadOnlyList<Annotation> Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return [];
        List<Annotation>? annotations = null;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) (annotations ??= []).Add(ReadOne(ref reader, source));
            else reader.Skip();
        }
        return annotations ?? (IReadOnlyList<Annotation>)[];
    }

    private static Annotation ReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var annotation = new Annotation { Type = "" };
        var type = "";
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source) ?? "";
            else if (reader.Is("url_citation"u8)) annotation = ReadCitation(ref reader, source) with { Type = "url_citation" };
            else if (reader.Is("document_citation"u8)) annotation = ReadCitation(ref reader, source) with { Type = "document_citation" };
            else extra.Take(ref reader, source);
        }
        return IsCitation(type) && annotation.Type == type ? annotation : annotation with { Type = type, Extra = extra.ToExtra() };
    }

    private static Annotation ReadCitation(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return new();
        string? url = null, title = null, cited = null, id = null;
        long? start = null, end = null, index = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("url"u8)) url = reader.ReadString(source);
            else if (reader.Is("title"u8)) title = reader.ReadString(source);
            else if (reader.Is("start_index"u8)) start = reader.ReadLong();
            else if (reader.Is("end_index"u8)) end = reader.ReadLong();
            else if (reader.Is("cited_text"u8) && reader.NextIs(JsonTokenType.String)) cited = reader.ReadString(source);
            else if (reader.Is("document_id"u8) && reader.NextIs(JsonTokenType.String)) id = reader.ReadString(source);
            else if (reader.Is("document_index"u8) && reader.NextIs(JsonTokenType.Number)) index = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return new() { Url = url, Title = title, StartIndex = start, EndIndex = end, CitedText = cited, DocumentId = id, DocumentIndex = (int?)index, Extra = extra.ToExtra() };
    }
}
