using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>Uploads and their parts as JSON.</summary>
internal static class UploadJson
{
    public static Upload? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var upload = new Upload { Id = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) upload = upload with { Id = reader.ReadString(utf8) ?? "" };
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("bytes"u8)) upload = upload with { Bytes = reader.ReadLong() ?? 0 };
            else if (reader.Is("created_at"u8)) upload = upload with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
            else if (reader.Is("expires_at"u8)) upload = upload with { ExpiresAt = FileJson.ReadTime(ref reader) ?? 0 };
            else if (reader.Is("filename"u8)) upload = upload with { Filename = reader.ReadString(utf8) ?? "" };
            else if (reader.Is("purpose"u8)) upload = upload with { Purpose = reader.ReadString(utf8) is { Length: > 0 } purpose ? new FilePurpose(purpose) : default(FilePurpose?) };
            else if (reader.Is("status"u8)) upload = upload with { Status = reader.ReadString(utf8) ?? "" };
            else if (reader.Is("file"u8))
            {
                reader.Read();
                upload = upload with { File = FileJson.Read(ref reader, utf8) };
            }
            else extra.Take(ref reader, utf8);
        }
        return upload.Id.Length == 0 ? null : upload with { Extra = extra.ToExtra() };
    }

    public static UploadPart? ReadPart(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var part = new UploadPart { Id = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) part = part with { Id = reader.ReadString(utf8) ?? "" };
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("created_at"u8)) part = part with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
            else if (reader.Is("upload_id"u8)) part = part with { UploadId = reader.ReadString(utf8) ?? "" };
            else extra.Take(ref reader, utf8);
        }
        return part.Id.Length == 0 ? null : part with { Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, Upload upload)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, upload.Id);
        json.WriteString("object"u8, upload.Object);
        json.WriteNumber("bytes"u8, upload.Bytes);
        json.WriteNumber("created_at"u8, upload.CreatedAt);
        json.WriteNumber("expires_at"u8, upload.ExpiresAt);
        json.WriteString("filename"u8, upload.Filename);
        json.WriteString("purpose"u8, upload.Purpose?.Value ?? "");
        json.WriteString("status"u8, upload.Status.ToString());
        if (upload.File is { } file)
        {
            json.WritePropertyName("file"u8);
            FileJson.Write(json, file);
        }
        upload.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, UploadPart part)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, part.Id);
        json.WriteString("object"u8, part.Object);
        json.WriteNumber("created_at"u8, part.CreatedAt);
        json.WriteString("upload_id"u8, part.UploadId);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}

/// <summary>What begins and completes an upload, as JSON: strict about shapes, open for members that it does not know.</summary>
internal static class UploadRequestJson
{
    private const string Kind = "A request for an upload";

    public static UploadCreateRequest ReadCreate(ReadOnlySpan<byte> utf8)
    {
        var reader = Begin(utf8 = JsonReading.WithoutMark(utf8), Kind);
        string? name = null, type = null, purpose = null;
        long? bytes = null;
        FileExpiration? expires = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("filename"u8)) name = Text(ref reader, "filename");
            else if (reader.Is("mime_type"u8)) type = Text(ref reader, "mime_type");
            else if (reader.Is("purpose"u8)) purpose = Text(ref reader, "purpose");
            else if (reader.Is("bytes"u8)) bytes = Long(ref reader, "bytes");
            else if (reader.Is("expires_after"u8)) expires = Expiration(ref reader, Kind, "expires_after");
            else extra.Take(ref reader, utf8);
        }
        reader.Read();
        return new()
        {
            Filename = name ?? throw Missing(Kind, "filename"), Bytes = bytes ?? throw Missing(Kind, "bytes"), MimeType = type ?? throw Missing(Kind, "mime_type"),
            Purpose = purpose is null ? default(FilePurpose?) : new FilePurpose(purpose), ExpiresAfter = expires, Extra = extra.ToExtra(),
        };
    }

    public static UploadCompleteRequest ReadComplete(string uploadId, ReadOnlySpan<byte> utf8)
    {
        var reader = Begin(utf8 = JsonReading.WithoutMark(utf8), Kind);
        List<string>? parts = null;
        string? sum = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("part_ids"u8)) parts = PartIds(ref reader, "part_ids");
            else if (reader.Is("md5"u8)) sum = Text(ref reader, "md5");
            else extra.Take(ref reader, utf8);
        }
        reader.Read();
        return new(uploadId, parts ?? throw Missing(Kind, "part_ids")) { Md5 = sum, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, UploadCreateRequest request)
    {
        json.WriteStartObject();
        if (!request.Extra.Holds("filename"u8)) json.WriteString("filename"u8, request.Filename);
        if (request.Purpose is { } purpose && !request.Extra.Holds("purpose"u8)) json.WriteString("purpose"u8, purpose.Value);
        if (!request.Extra.Holds("bytes"u8)) json.WriteNumber("bytes"u8, request.Bytes);
        if (!request.Extra.Holds("mime_type"u8)) json.WriteString("mime_type"u8, request.MimeType);
        if (request.ExpiresAfter is { } expires && !request.Extra.Holds("expires_after"u8))
        {
            json.WriteStartObject("expires_after"u8);
            json.WriteString("anchor"u8, expires.Anchor);
            json.WriteNumber("seconds"u8, expires.Seconds);
            json.WriteEndObject();
        }
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, UploadCompleteRequest request)
    {
        json.WriteStartObject();
        if (!request.Extra.Holds("part_ids"u8))
        {
            json.WriteStartArray("part_ids"u8);
            foreach (var id in request.PartIds) json.WriteStringValue(id);
            json.WriteEndArray();
        }
        if (request.Md5 is { } sum && !request.Extra.Holds("md5"u8)) json.WriteString("md5"u8, sum);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>When a file is to be deleted.</summary>
    /// <param name="reader">Stands on the member.</param>
    /// <param name="kind">The request that it is a member of.</param>
    /// <param name="name">The member.</param>
    public static FileExpiration? Expiration(ref Utf8JsonReader reader, string kind, string name)
    {
        if (!Enter(ref reader, name)) return null;
        long? seconds = null;
        string? anchor = null;
        while (reader.NextMember())
        {
            if (reader.Is("seconds"u8)) seconds = Long(ref reader, $"{name}.seconds");
            else if (reader.Is("anchor"u8)) anchor = Text(ref reader, $"{name}.anchor");
            else reader.SkipMember();
        }
        return new(seconds ?? throw Missing(kind, $"{name}.seconds"), anchor ?? throw Missing(kind, $"{name}.anchor"));
    }

    private static List<string> PartIds(ref Utf8JsonReader reader, string path)
    {
        if (!reader.EnterArray()) throw Wrong(path, "a list of texts");
        var texts = new List<string>();
        while (reader.NextItem()) texts.Add(reader.TokenType == JsonTokenType.String ? reader.Text() : throw Wrong($"{path}[{texts.Count}]", "text"));
        return texts;
    }
}
