using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The parts of a response's items. A member of another type than the documented one stays among those that we do not know, so that everything goes out as it came in.
/// </summary>
internal static class ResponsePartJson
{
    private const JsonTokenType Text = JsonTokenType.String;

    /// <summary>Reads the member's list of parts; false, and the reader where it was, when it is no list of objects that say what they are.</summary>
    public static bool TryReadParts(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, [NotNullWhen(true)] out List<ResponsePart>? parts)
    {
        parts = null;
        var ahead = reader;
        if (!ahead.EnterArray()) return false;
        var read = new List<ResponsePart>();
        while (ahead.NextItem())
        {
            if (ahead.TokenType != JsonTokenType.StartObject || Read(ref ahead, source) is not { Type.Value.Length: > 0 } part) return false;
            read.Add(part);
        }
        reader = ahead;
        parts = read;
        return true;
    }

    /// <summary>Reads the object that the reader stands on.</summary>
    public static ResponsePart Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var part = new ResponsePart { Type = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
            if (!ReadText(ref reader, source, ref part) && !ReadOther(ref reader, source, ref part)) extra.Take(ref reader, source);
        return part with { Extra = extra.ToExtra() };
    }

    private static bool ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponsePart part)
    {
        if (!reader.NextIs(Text)) return false;
        if (reader.Is("type"u8)) part = part with { Type = reader.ReadString(source)! };
        else if (reader.Is("text"u8)) part = part with { Text = reader.ReadString(source) };
        else if (reader.Is("refusal"u8)) part = part with { Refusal = reader.ReadString(source) };
        else if (reader.Is("image_url"u8)) part = part with { ImageUrl = reader.ReadString(source) };
        else if (reader.Is("detail"u8)) part = part with { Detail = reader.ReadString(source) };
        else if (reader.Is("file_id"u8)) part = part with { FileId = reader.ReadString(source) };
        else if (reader.Is("file_data"u8)) part = part with { FileData = reader.ReadString(source) };
        else if (reader.Is("file_url"u8)) part = part with { FileUrl = reader.ReadString(source) };
        else if (reader.Is("filename"u8)) part = part with { Filename = reader.ReadString(source) };
        else return false;
        return true;
    }

    private static bool ReadOther(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponsePart part)
    {
        if (reader.Is("annotations"u8))
        {
            if (!TryReadAnnotations(ref reader, source, out var annotations)) return false;
            part = part with { Annotations = annotations };
        }
        else if (reader.Is("logprobs"u8) && reader.NextIs(JsonTokenType.StartArray)) part = part with { Logprobs = LogprobsJson.ReadTokens(ref reader, source) };
        else if (reader.Is("input_audio"u8) && !reader.NextIsNull()) part = part with { InputAudio = reader.ReadRaw(source) };
        else return false;
        return true;
    }

    private static bool TryReadAnnotations(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, [NotNullWhen(true)] out List<ResponseAnnotation>? annotations)
    {
        annotations = null;
        var ahead = reader;
        if (!ahead.EnterArray()) return false;
        var read = new List<ResponseAnnotation>();
        while (ahead.NextItem())
        {
            if (ahead.TokenType != JsonTokenType.StartObject) return false;
            read.Add(ReadAnnotation(ref ahead, source));
        }
        reader = ahead;
        annotations = read;
        return true;
    }

    /// <summary>Reads the citation that the reader stands on.</summary>
    public static ResponseAnnotation ReadAnnotation(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var annotation = new ResponseAnnotation { Type = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
            if (!ReadText(ref reader, source, ref annotation) && !ReadNumber(ref reader, ref annotation)) extra.Take(ref reader, source);
        return annotation with { Extra = extra.ToExtra() };
    }

    private static bool ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseAnnotation annotation)
    {
        if (!reader.NextIs(Text)) return false;
        if (reader.Is("type"u8)) annotation = annotation with { Type = reader.ReadString(source)! };
        else if (reader.Is("url"u8)) annotation = annotation with { Url = reader.ReadString(source) };
        else if (reader.Is("title"u8)) annotation = annotation with { Title = reader.ReadString(source) };
        else if (reader.Is("file_id"u8)) annotation = annotation with { FileId = reader.ReadString(source) };
        else if (reader.Is("filename"u8)) annotation = annotation with { Filename = reader.ReadString(source) };
        else if (reader.Is("container_id"u8)) annotation = annotation with { ContainerId = reader.ReadString(source) };
        else return false;
        return true;
    }

    private static bool ReadNumber(ref Utf8JsonReader reader, ref ResponseAnnotation annotation)
    {
        if (!reader.NextIs(JsonTokenType.Number)) return false;
        if (reader.Is("start_index"u8)) annotation = annotation with { StartIndex = reader.ReadLong() };
        else if (reader.Is("end_index"u8)) annotation = annotation with { EndIndex = reader.ReadLong() };
        else if (reader.Is("index"u8)) annotation = annotation with { Index = reader.ReadLong() };
        else return false;
        return true;
    }

    /// <summary>Writes a list of parts.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="name">The member that holds them.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="isReply">Whether a caller reads it, whose client may rely on lists that can be empty.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<ResponsePart> parts, bool isReply)
    {
        json.WriteStartArray(name);
        foreach (var part in parts) Write(json, part, isReply);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, ResponsePart part, bool isReply)
    {
        var members = new MemberWriter(json, part.Extra);
        var isOutput = isReply && part.Type == ResponsePartType.OutputText;
        json.WriteStartObject();
        if (part.Type.Value is { Length: > 0 } type) members.Text("type"u8, type);
        members.Text("text"u8, part.Text);
        if ((part.Annotations ?? (isOutput ? [] : null)) is { } annotations && !members.Overrides("annotations"u8)) Write(json, annotations);
        if ((part.Logprobs ?? (isOutput ? [] : null)) is { } logprobs && !members.Overrides("logprobs"u8)) LogprobsJson.WriteFlat(json, logprobs, isWhole: isReply);
        members.Text("refusal"u8, part.Refusal);
        members.Text("image_url"u8, part.ImageUrl);
        members.Text("file_id"u8, part.FileId);
        members.Text("filename"u8, part.Filename);
        members.Text("file_data"u8, part.FileData);
        members.Text("file_url"u8, part.FileUrl);
        members.Text("detail"u8, part.Detail);
        members.Raw("input_audio"u8, part.InputAudio);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ResponseAnnotation> annotations)
    {
        json.WriteStartArray("annotations"u8);
        foreach (var annotation in annotations) Write(json, annotation);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, ResponseAnnotation annotation)
    {
        var members = new MemberWriter(json, annotation.Extra);
        json.WriteStartObject();
        if (annotation.Type.Length > 0) members.Text("type"u8, annotation.Type);
        members.Number("start_index"u8, annotation.StartIndex);
        members.Number("end_index"u8, annotation.EndIndex);
        members.Number("index"u8, annotation.Index);
        members.Text("url"u8, annotation.Url);
        members.Text("title"u8, annotation.Title);
        members.Text("container_id"u8, annotation.ContainerId);
        members.Text("file_id"u8, annotation.FileId);
        members.Text("filename"u8, annotation.Filename);
        annotation.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
