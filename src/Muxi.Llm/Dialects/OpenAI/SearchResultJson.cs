using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A search result in the canonical form: its members in an object of the part's name.</summary>
internal static class SearchResultJson
{
    public static void Write(Utf8JsonWriter json, SearchResult result)
    {
        var extra = result.Extra;
        json.WriteStartObject("search_result"u8);
        if (!extra.Holds("source"u8)) json.WriteString("source"u8, result.Source);
        if (result.Title is { } title && !extra.Holds("title"u8)) json.WriteString("title"u8, title);
        if (!extra.Holds("content"u8))
        {
            json.WriteStartArray("content"u8);
            foreach (var text in result.Content) json.WriteStringValue(text);
            json.WriteEndArray();
        }
        if (result.Id is { } id && !extra.Holds("id"u8)) json.WriteString("id"u8, id);
        if (!result.Cite && !extra.Holds("cite"u8)) json.WriteBoolean("cite"u8, false);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Reads the object that the reader is about to enter. The content may be one text, and its pieces may be parts of type text.</summary>
    public static SearchResult? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? from = null, title = null, id = null;
        List<ContentPart>? content = null;
        var cite = true;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("source"u8)) from = reader.ReadString(source);
            else if (reader.Is("title"u8)) title = reader.ReadString(source);
            else if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("cite"u8)) cite = reader.ReadBool() ?? true;
            else if (reader.Is("content"u8))
            {
                reader.Read();
                content = null;
                ChatPartReader.ReadContent(ref reader, source, ref content);
            }
            else extra.Take(ref reader, source);
        }
        return new() { Source = from ?? "", Title = title, Content = content is null ? [] : [.. content.Select(static part => part.Text ?? "")], Id = id, Cite = cite, Extra = extra.ToExtra() };
    }
}
