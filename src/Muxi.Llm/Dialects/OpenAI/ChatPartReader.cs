using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads the parts of a message's content.</summary>
internal static class ChatPartReader
{
    /// <summary>Reads the content that the reader stands on: text, a list of parts, or null.</summary>
    /// <returns>Whether it was a list.</returns>
    public static bool ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref List<ContentPart>? into)
    {
        if (reader.TokenType == JsonTokenType.Null) return false;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            if (reader.TextOf(source) is { } text) (into ??= []).Add(ContentPart.FromText(text));
            return false;
        }
        into ??= [];
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) into.Add(ReadPart(ref reader, source));
            else if (reader.TextOf(source) is { } text) into.Add(ContentPart.FromText(text));
        }
        return true;
    }

    private static ContentPart ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string type = "";
        string? text = null;
        ImageUrl? image = null;
        InputAudio? audio = null;
        InputFile? file = null;
        SearchResult? found = null;
        RawJson cacheControl = default;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source) ?? "";
            else if (reader.Is("text"u8) || reader.Is("refusal"u8)) text = reader.ReadString(source);
            else if (reader.Is("thinking"u8)) text = ReadThinking(ref reader, source);
            else if (reader.Is("summary"u8) && reader.NextIs(JsonTokenType.StartArray)) text ??= ReadThinking(ref reader, source);
            else if (reader.Is("image_url"u8)) image = ReadImage(ref reader, source);
            else if (reader.Is("input_audio"u8) && reader.NextIs(JsonTokenType.StartObject)) audio = ReadAudio(ref reader, source);
            else if (reader.Is("file"u8) && reader.NextIs(JsonTokenType.StartObject)) file = ReadFile(ref reader, source);
            else if (reader.Is("search_result"u8) && reader.NextIs(JsonTokenType.StartObject)) found = SearchResultJson.Read(ref reader, source);
            else if (reader.Is("cache_control"u8)) cacheControl = reader.ReadRaw(source);
            else extra.Take(ref reader, source);
        }
        return new()
        {
            Type = type == "thinking" ? ContentPartType.Reasoning : type,
            Text = text, ImageUrl = image, InputAudio = audio, File = file, SearchResult = found, CacheControl = cacheControl, Extra = extra.ToExtra(),
        };
    }

    /// <summary>Mistral's reasoning models write their thinking as a list of text parts (seen in recordings of 2025), Databricks' as the <c>summary</c> of a part ("Query reasoning models", 2026).</summary>
    private static string? ReadThinking(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        List<ContentPart>? parts = null;
        ReadContent(ref reader, source, ref parts);
        return parts is null ? null : string.Concat(parts.Select(part => part.Text));
    }

    public static ImageUrl? ReadImage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return reader.TextOf(source) is { } only ? new(only) : null;
        string url = "";
        string? detail = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("url"u8)) url = reader.ReadString(source) ?? "";
            else if (reader.Is("detail"u8)) detail = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        return new(url, detail) { Extra = extra.ToExtra() };
    }

    public static InputAudio? ReadAudio(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string data = "", format = "";
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("data"u8)) data = reader.ReadString(source) ?? "";
            else if (reader.Is("format"u8)) format = reader.ReadString(source) ?? "";
            else extra.Take(ref reader, source);
        }
        return new(data, format) { Extra = extra.ToExtra() };
    }

    public static InputFile? ReadFile(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? name = null, data = null, id = null;
        var cite = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("filename"u8)) name = reader.ReadString(source);
            else if (reader.Is("file_data"u8)) data = reader.ReadString(source);
            else if (reader.Is("file_id"u8)) id = reader.ReadString(source);
            else if (reader.Is("cite"u8)) cite = reader.ReadBool() == true;
            else extra.Take(ref reader, source);
        }
        return new() { Filename = name, FileData = data, FileId = id, Cite = cite, Extra = extra.ToExtra() };
    }

    public static AudioOutput? ReadAudioOutput(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? id = null, data = null, transcript = null;
        long? expires = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("data"u8)) data = reader.ReadString(source);
            else if (reader.Is("transcript"u8)) transcript = reader.ReadString(source);
            else if (reader.Is("expires_at"u8)) expires = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        var audio = new AudioOutput { Id = id, Data = data, Transcript = transcript, ExpiresAt = expires, Extra = extra.ToExtra() };
        // Snowflake sends an object of empty values with every message (recorded 2025): that is no sound.
        var isEmpty = string.IsNullOrEmpty(id) && string.IsNullOrEmpty(data) && string.IsNullOrEmpty(transcript) && expires is null or 0 && audio.Extra.IsEmpty;
        return isEmpty ? null : audio;
    }
}
