using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Files of Google's Gemini API: handed over in two steps (an upload is begun, then its address gets the bytes), kept for two days, without a purpose. Content comes back of those
/// alone that the service's models made. A file's <c>uri</c>, by which a prompt names it, is an extra member.
/// </summary>
/// <remarks>Source: <c>files</c> and "Using files" of the Gemini API's reference, as of 2026-11; an upload recorded 2026-06.</remarks>
public sealed record GeminiFiles : FilesDialect, IContentVerb<FileContentRequest>
{
    private const string Collection = "files/";

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "files";

    /// <summary>The path, from the base URL, at which an upload begins.</summary>
    public string UploadPath { get; init; } = "../upload/v1beta/files";

    /// <summary>The path of a file's content after the base URL; <c>{file}</c> stands for the file's name without the collection.</summary>
    public string ContentPath { get; init; } = "files/{file}:download?alt=media";

    /// <summary>The call that begins an upload; what it answers says where the bytes go.</summary>
    public override HttpCall Render(FileCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (file, warnings) = (request.File, new Warnings());
        if (request.Purpose is not null) warnings.Add("purpose", "left out: the service's files are for any purpose");
        if (request.ExpiresAfter is not null) warnings.Add("expires_after", "left out: the service keeps every file for two days");
        List<KeyValuePair<string, string>> headers = [new("X-Goog-Upload-Protocol", "resumable"), new("X-Goog-Upload-Command", "start")];
        if (file.Length is { } length) headers.Add(new("X-Goog-Upload-Header-Content-Length", length.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new("X-Goog-Upload-Header-Content-Type", TypeOf(file)));
        return new(HttpMethod.Post, UploadPath) { Body = JsonOut.ToUtf8(request, WriteMetadata), Headers = headers, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        if (request.Purpose is not null) warnings.Add("purpose", "left out: the service's files are for any purpose");
        if (request.Order is not null) warnings.Add("order", "left out: the service has an order of its own");
        return new(HttpMethod.Get, new Query(Path).With("pageSize", request.Limit).With("pageToken", request.After).ToString()) { Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileRetrieveRequest request, CallContext context) => new(HttpMethod.Get, $"{Path}/{Segment(request.Id, context)}");

    /// <inheritdoc/>
    public override HttpCall Render(FileDeleteRequest request, CallContext context) => new(HttpMethod.Delete, $"{Path}/{Segment(request.Id, context)}");

    /// <inheritdoc/>
    public HttpCall Render(FileContentRequest request, CallContext context) => new(HttpMethod.Get, ContentPath.Replace("{file}", Segment(request.Id, context), StringComparison.Ordinal));

    /// <summary>Whatever comes with a good status is the file.</summary>
    public bool Accepts(FileContentRequest request, ReplyHeaders headers) =>
        headers["content-disposition"] is not null || headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    /// <inheritdoc/>
    public override IExchange<FileObject> Begin(FileCreateRequest request, CallContext context) => new UploadExchange(this, Checked(request, context), context);

    /// <inheritdoc/>
    public override FileObject Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, GeminiFileJson.Read);

    /// <inheritdoc/>
    public override Page<FileObject> ParsePage(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, GeminiFileJson.ReadPage);

    /// <summary>A good reply to what deletes is empty.</summary>
    public override FileDeleted ParseDeleted(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, GeminiFileJson.ReadDeleted);

    /// <summary>A file's id as a part of a path; with or without the collection in front.</summary>
    private static string Segment(string id, CallContext context) => FileJson.Segment(id.StartsWith(Collection, StringComparison.Ordinal) ? id[Collection.Length..] : id, "file_id", context);

    private static string TypeOf(FileSource file) => file.ContentType ?? "application/octet-stream";

    private static void WriteMetadata(Utf8JsonWriter json, FileCreateRequest request)
    {
        json.WriteStartObject();
        json.WriteStartObject("file"u8);
        if (!request.Extra.Holds("displayName"u8) && !request.Extra.Holds("display_name"u8)) json.WriteString("displayName"u8, request.File.Filename);
        if (!request.Extra.Holds("mimeType"u8)) json.WriteString("mimeType"u8, TypeOf(request.File));
        if (request.File.Length is { } length && !request.Extra.Holds("sizeBytes"u8)) json.WriteString("sizeBytes"u8, length.ToString(CultureInfo.InvariantCulture));
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Begins an upload, then sends the bytes to where its reply says.</summary>
    private sealed class UploadExchange(GeminiFiles quirks, FileCreateRequest request, CallContext context) : IExchange<FileObject>
    {
        private bool _isBegun;

        public Step<FileObject> Next(HttpReply? reply)
        {
            if (reply is not { } got) return Step<FileObject>.Send(quirks.Render(request, context));
            if (_isBegun) return Step<FileObject>.Done(quirks.Parse(got, context));
            _isBegun = true;
            if (!Uri.TryCreate(got.Headers["X-Goog-Upload-URL"], UriKind.Absolute, out var url))
                throw new ServerException($"{context.Provider}: the reply to the beginning of the upload does not say where the file goes (X-Goog-Upload-URL)") { Provider = context.Provider, Status = HttpStatusCode.BadGateway };
            return Step<FileObject>.Send(new(HttpMethod.Post, "")
            {
                Url = url, File = request.File, ContentType = TypeOf(request.File),
                Headers = [new("X-Goog-Upload-Command", "upload, finalize"), new("X-Goog-Upload-Offset", "0")],
            });
        }
    }
}

/// <summary>Google's files as JSON.</summary>
internal static class GeminiFileJson
{
    /// <summary>Reads a file, or an object whose member <c>file</c> is one; null where there is none.</summary>
    public static FileObject? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var whole = reader;
        while (reader.NextMember())
        {
            if (reader.Is("file"u8) && reader.NextIs(JsonTokenType.StartObject))
            {
                reader.Read();
                return ReadFile(ref reader, utf8);
            }
            reader.SkipMember();
        }
        return ReadFile(ref whole, utf8);
    }

    /// <summary>Reads a page. An empty list is left out by the service.</summary>
    public static Page<FileObject>? ReadPage(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<FileObject> files = [];
        string? next = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("files"u8)) ReadList(ref reader, utf8, files);
            else if (reader.Is("nextPageToken"u8)) next = reader.ReadString(utf8);
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, utf8);
            }
        }
        return isError ? null : new() { Data = files, HasMore = !string.IsNullOrEmpty(next), LastId = string.IsNullOrEmpty(next) ? files.LastOrDefault()?.Id : next, Extra = extra.ToExtra() };
    }

    /// <summary>Reads what became of a file that was to be deleted; null where it is an error.</summary>
    public static FileDeleted? ReadDeleted(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            isError |= reader.Is("error"u8) && !reader.NextIsNull();
            extra.Take(ref reader, utf8);
        }
        return isError ? null : new() { Id = "", Deleted = true, Extra = extra.ToExtra() };
    }

    private static void ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<FileObject> into)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
            if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
            else if (ReadFile(ref reader, source) is { } file) into.Add(file);
    }

    /// <summary>Reads the object that the reader stands on; null where it has no name. Its own <c>error</c> says why a file cannot be used.</summary>
    private static FileObject? ReadFile(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var file = new FileObject { Id = "" };
        var isGenerated = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (ReadMain(ref reader, source, ref file)) continue;
            if (reader.Is("error"u8) && reader.NextIs(JsonTokenType.StartObject)) file = file with { StatusDetails = MessageIn(reader, source) };
            isGenerated |= reader.Is("downloadUri"u8) && !reader.NextIsNull();
            extra.Take(ref reader, source);
        }
        return file.Id.Length == 0 ? null : file with { Extra = extra.ToExtra(), Downloadable = isGenerated };
    }

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref FileObject file)
    {
        if (reader.Is("name"u8)) file = file with { Id = reader.ReadString(source) ?? "" };
        else if (reader.Is("displayName"u8)) file = file with { Filename = reader.ReadString(source) ?? "" };
        else if (reader.Is("mimeType"u8)) file = file with { MimeType = reader.ReadString(source) };
        else if (reader.Is("sizeBytes"u8)) file = file with { Bytes = reader.ReadLong() ?? 0 };
        else if (reader.Is("createTime"u8)) file = file with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
        else if (reader.Is("expirationTime"u8)) file = file with { ExpiresAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("state"u8)) file = file with { Status = StatusOf(reader.ReadString(source)) };
        else return false;
        return true;
    }

    private static FileStatus? StatusOf(string? state) => state switch
    {
        "ACTIVE" => FileStatus.Processed,
        "FAILED" => FileStatus.Error,
        "PROCESSING" => FileStatus.Uploaded,
        null or "" or "STATE_UNSPECIFIED" => default(FileStatus?),
        _ => new FileStatus(state.ToLowerInvariant()),
    };

    /// <summary>The message of the member that the reader stands on, which stays where it is.</summary>
    private static string? MessageIn(Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("message"u8)) return reader.ReadString(source);
            reader.SkipMember();
        }
        return null;
    }
}
