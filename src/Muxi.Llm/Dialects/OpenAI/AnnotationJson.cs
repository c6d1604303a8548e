using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Citations, as OpenAI writes them: the type beside an object of that name.</summary>
internal static class AnnotationJson
{
    public static void Write(Utf8JsonWriter json, Annotation annotation)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, annotation.Type);
        if (annotation.Type == "url_citation")
        {
            json.WriteStartObject("url_citation"u8);
            if (annotation.Url is { } url) json.WriteString("url"u8, url);
            if (annotation.Title is { } title) json.WriteString("title"u8, title);
            if (annotation.StartIndex is { } start) json.WriteNumber("start_index"u8, start);
            if (annotation.EndIndex is { } end) json.WriteNumber("end_index"u8, end);
            annotation.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        else annotation.Extra.WriteMembers(json);
        json.WriteEndObject();
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
            else if (reader.Is("url_citation"u8)) annotation = ReadCitation(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return type == "url_citation" && annotation.Type == type ? annotation : annotation with { Type = type, Extra = extra.ToExtra() };
    }

    private static Annotation ReadCitation(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return new();
        string? url = null, title = null;
        long? start = null, end = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("url"u8)) url = reader.ReadString(source);
            else if (reader.Is("title"u8)) title = reader.ReadString(source);
            else if (reader.Is("start_index"u8)) start = reader.ReadLong();
            else if (reader.Is("end_index"u8)) end = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return new() { Url = url, Title = title, StartIndex = start, EndIndex = end, Extra = extra.ToExtra() };
    }
}
