using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The canonical form's <c>blocks</c>: an assistant's turn in order, with signatures and opaque data.</summary>
internal static class BlockJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ContentPart> blocks)
    {
        json.WriteStartArray("blocks"u8);
        var images = 0;
        foreach (var block in blocks) Write(json, block, image: block.ImageUrl is null ? null : images++);
        json.WriteEndArray();
    }

    /// <summary>Writes one block.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="block">The block.</param>
    /// <param name="index">Which block of its message it is a piece of; null for a whole one.</param>
    /// <param name="image">Which one of the images it is that are written beside the blocks; null where it is written here.</param>
    public static void Write(Utf8JsonWriter json, ContentPart block, int? index = null, int? image = null)
    {
        json.WriteStartObject();
        if (index is { } place) json.WriteNumber("index"u8, place);
        json.WriteString("type"u8, block.Type.Value);
        if (block.Text is { } text) json.WriteString("text"u8, text);
        if (image is { } beside) json.WriteNumber("image"u8, beside);
        else ChatPartWriter.WriteMedia(json, block);
        if (block.ToolCall is { } call) WriteCall(json, call);
        if ((block.Signature ?? block.ToolCall?.Signature) is { } signature) json.WriteString("signature"u8, signature);
        if (block.Format is { } format) json.WriteString("format"u8, format);
        if (!block.Raw.IsEmpty)
        {
            json.WritePropertyName("raw"u8);
            block.Raw.WriteTo(json);
        }
        if (!block.CacheControl.IsEmpty)
        {
            json.WritePropertyName("cache_control"u8);
            block.CacheControl.WriteTo(json);
        }
        if (!block.Extra.IsEmpty)
        {
            json.WriteStartObject("extra"u8);
            block.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static List<ContentPart> Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var blocks = new List<ContentPart>();
        if (!reader.EnterArray()) return blocks;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) blocks.Add(ReadOne(ref reader, source, out _));
            else reader.Skip();
        }
        return blocks;
    }

    public static List<BlockDelta> ReadDeltas(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var deltas = new List<BlockDelta>();
        if (!reader.EnterArray()) return deltas;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var piece = ReadOne(ref reader, source, out var index);
                deltas.Add(new(index, piece));
            }
            else reader.Skip();
        }
        return deltas;
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteStartObject("tool_call"u8);
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, call.Type);
        json.WriteString("name"u8, call.Function.Name);
        json.WriteString("arguments"u8, call.Function.Arguments);
        if (!call.Function.Extra.IsEmpty)
        {
            json.WriteStartObject("function_extra"u8);
            call.Function.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        call.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static ContentPart ReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, out int index)
    {
        index = 0;
        var type = "";
        string? text = null, signature = null, format = null;
        ToolCall? call = null;
        ImageUrl? image = null;
        InputAudio? audio = null;
        InputFile? file = null;
        SearchResult? found = null;
        int? place = null;
        RawJson raw = default, cacheControl = default;
        Extra extra = default;
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? 0);
            else if (reader.Is("type"u8)) type = reader.ReadString(source) ?? "";
            else if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (reader.Is("signature"u8)) signature = reader.ReadString(source);
            else if (reader.Is("format"u8)) format = reader.ReadString(source);
            else if (reader.Is("raw"u8)) raw = reader.ReadRaw(source);
            else if (reader.Is("cache_control"u8)) cacheControl = reader.ReadRaw(source);
            else if (reader.Is("image"u8)) place = (int?)reader.ReadLong();
            else if (reader.Is("image_url"u8)) image = ChatPartReader.ReadImage(ref reader, source);
            else if (reader.Is("input_audio"u8)) audio = ChatPartReader.ReadAudio(ref reader, source);
            else if (reader.Is("file"u8)) file = ChatPartReader.ReadFile(ref reader, source);
            else if (reader.Is("search_result"u8)) found = SearchResultJson.Read(ref reader, source);
            else if (reader.Is("tool_call"u8)) call = ReadCall(ref reader, source);
            else if (reader.Is("extra"u8)) extra = ReadExtra(ref reader, source);
            else reader.SkipMember();
        }
        if (call is not null) call = call with { Signature = signature };
        return new()
        {
            Type = type, Text = text, Signature = call is null ? signature : null, Format = format, Raw = raw, ToolCall = call, Extra = extra,
            ImageUrl = image, ImagePlace = place, InputAudio = audio, File = file, SearchResult = found, CacheControl = cacheControl,
        };
    }

    private static ToolCall? ReadCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string id = "", type = "function", name = "", arguments = "";
        Extra functionExtra = default;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source) ?? "";
            else if (reader.Is("type"u8)) type = reader.ReadString(source) ?? type;
            else if (reader.Is("name"u8)) name = reader.ReadString(source) ?? "";
            else if (reader.Is("arguments"u8)) arguments = reader.ReadString(source) ?? "";
            else if (reader.Is("function_extra"u8)) functionExtra = ReadExtra(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return new() { Id = id, Type = type, Function = new(name, arguments) { Extra = functionExtra }, Extra = extra.ToExtra() };
    }

    private static Extra ReadExtra(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var isObject = reader.NextIs(JsonTokenType.StartObject);
        var members = reader.ReadRaw(source);
        return isObject ? Extra.Trusted(members.Utf8.ToArray()) : default;
    }
}
