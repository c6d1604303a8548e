using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Files as JSON. OpenAI's words and Anthropic's (<c>size_bytes</c>, times as text) are read alike; written are OpenAI's.</summary>
internal static class FileJson
{
    /// <summary>Reads one thing of a kind; null where the bytes hold none.</summary>
    public delegate T? Reading<out T>(ReadOnlySpan<byte> utf8) where T : class;

    /// <summary>Reads a service's reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static T Parse<T>(HttpReply reply, CallContext context, Reading<T> read) where T : class
    {
        try
        {
            if (read(reply.Body.Span) is { } found) return found;
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>An id as a part of a path.</summary>
    /// <exception cref="BadRequestException">It would lead to another path.</exception>
    public static string Segment(string id, string param, CallContext context) =>
        id is "" or "." or ".." || id.Contains('\0', StringComparison.Ordinal) ? throw context.Refuse(param, $"'{id.Replace('\0', ' ')}' is no id") : Uri.EscapeDataString(id);

    public static FileObject? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        return reader.Read() ? Read(ref reader, utf8) : null;
    }

    /// <summary>Reads the value that the reader stands on; null when it is no object or has no id.</summary>
    public static FileObject? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var file = new FileObject { Id = "" };
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (ReadMain(ref reader, source, ref file)) continue;
            if (reader.Is("purpose"u8)) file = file with { Purpose = reader.ReadString(source) is { Length: > 0 } purpose ? new FilePurpose(purpose) : default(FilePurpose?) };
            else if (reader.Is("status"u8)) file = file with { Status = reader.ReadString(source) is { Length: > 0 } status ? new FileStatus(status) : default(FileStatus?) };
            else if (reader.Is("status_details"u8)) file = file with { StatusDetails = reader.ReadString(source) };
            else if (reader.Is("mime_type"u8)) file = file with { MimeType = reader.ReadString(source) };
            else if (reader.Is("downloadable"u8)) file = file with { Downloadable = reader.ReadBool() };
            else
            {
                isError |= reader.Is("error"u8) && reader.NextIs(JsonTokenType.StartObject);
                extra.Take(ref reader, source);
            }
        }
        return file.Id.Length == 0 || isError ? null : file with { Extra = extra.ToExtra() };
    }

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref FileObject file)
    {
        if (reader.Is("id"u8)) file = file with { Id = reader.ReadString(source) ?? "" };
        else if (reader.Is("object"u8) || (reader.Is("type"u8) && IsFile(reader))) reader.SkipMember();
        else if (reader.Is("bytes"u8) || reader.Is("size_bytes"u8)) file = file with { Bytes = reader.ReadLong() ?? 0 };
        else if (reader.Is("created_at"u8)) file = file with { CreatedAt = ReadTime(ref reader) ?? 0 };
        else if (reader.Is("expires_at"u8)) file = file with { ExpiresAt = ReadTime(ref reader) };
        else if (reader.Is("filename"u8)) file = file with { Filename = reader.ReadString(source) ?? "" };
        else return false;
        return true;
    }

    /// <summary>Reads a page of files.</summary>
    /// <param name="utf8">The reply.</param>
    /// <param name="next">The member that says with what the next page is asked for; null where that is the last file's id.</param>
    public static Page<FileObject>? ReadPage(ReadOnlySpan<byte> utf8, string? next) => PageJson.Read<FileObject>(utf8, ReadFiles, static file => file.Id, next);

    /// <summary>Reads what became of a file: OpenAI says <c>deleted</c>, Anthropic <c>"type":"file_deleted"</c>.</summary>
    public static FileDeleted? ReadDeleted(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var (id, deleted, isError) = ("", (bool?)null, false);
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(utf8) ?? "";
            else if (reader.Is("deleted"u8)) deleted = reader.ReadBool();
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("type"u8)) deleted ??= reader.ReadString(utf8) == "file_deleted" ? true : null;
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, utf8);
            }
        }
        // A good reply to what deletes says that it was done, where it does not say otherwise.
        return (id.Length == 0 && deleted is null) || isError ? null : new() { Id = id, Deleted = deleted ?? true, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, FileObject file)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, file.Id);
        json.WriteString("object"u8, file.Object);
        json.WriteNumber("bytes"u8, file.Bytes);
        json.WriteNumber("created_at"u8, file.CreatedAt);
        if (file.ExpiresAt is { } expires) json.WriteNumber("expires_at"u8, expires);
        json.WriteString("filename"u8, file.Filename);
        if (file.Purpose is { } purpose) json.WriteString("purpose"u8, purpose.Value);
        if (file.Status is { } status) json.WriteString("status"u8, status.Value);
        if (file.StatusDetails is { } details) json.WriteString("status_details"u8, details);
        if (file.MimeType is { } type) json.WriteString("mime_type"u8, type);
        if (file.Downloadable is { } downloadable) json.WriteBoolean("downloadable"u8, downloadable);
        file.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Page<FileObject> page)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var file in page.Data) Write(json, file);
        json.WriteEndArray();
        json.WriteString("first_id"u8, page.FirstId ?? (page.Data is [var first, ..] ? first.Id : ""));
        json.WriteString("last_id"u8, page.LastId ?? (page.Data is [.., var last] ? last.Id : ""));
        json.WriteBoolean("has_more"u8, page.HasMore);
        page.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, FileDeleted file)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, file.Id);
        json.WriteString("object"u8, file.Object);
        json.WriteBoolean("deleted"u8, file.Deleted);
        file.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Anthropic's word for <c>object</c>; elsewhere a type may say what is in a file.</summary>
    private static bool IsFile(in Utf8JsonReader reader)
    {
        var peek = reader;
        return peek.Read() && peek.TokenType == JsonTokenType.String && peek.ValueTextEquals("file"u8);
    }

    /// <summary>A time in Unix seconds; a text in ISO's form counts.</summary>
    internal static long? ReadTime(ref Utf8JsonReader reader)
    {
        if (reader.NextIs(JsonTokenType.String))
        {
            var peek = reader;
            peek.Read();
            if (DateTimeOffset.TryParse(peek.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                reader.SkipMember();
                return time.ToUnixTimeSeconds();
            }
        }
        return reader.ReadLong();
    }

    private static List<FileObject>? ReadFiles(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var files = new List<FileObject>();
        while (reader.NextItem())
            if (Read(ref reader, source) is { } file) files.Add(file);
        return files;
    }
}
