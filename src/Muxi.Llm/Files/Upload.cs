namespace Muxi.Llm;

/// <summary>An upload in parts: it becomes a file when it is completed.</summary>
/// <remarks>Source: <c>Upload</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record Upload : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>Its id with the service's name in front, <c>provider/id</c>; the bare id where it was parsed from text.</summary>
    public string QualifiedId => Provider is null ? Id : $"{Provider}/{Id}";

    /// <summary>What kind of thing this is: always <c>upload</c>.</summary>
    public string Object => "upload";

    /// <summary>How large the file will be, in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was begun, in Unix seconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>Until when it must be completed, in Unix seconds.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>The file's name.</summary>
    public string Filename { get; init; } = "";

    /// <summary>What the file is for.</summary>
    public FilePurpose? Purpose { get; init; }

    /// <summary>How far it is.</summary>
    public UploadStatus Status { get; init; }

    /// <summary>The file, once the upload is completed.</summary>
    public FileObject? File { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    internal override CallRecord? Call
    {
        get => base.Call;
        set
        {
            base.Call = value;
            if (File is not null) File.Call = value;
        }
    }

    /// <summary>Reads an upload in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no id.</exception>
    public static Upload Parse(ReadOnlySpan<byte> utf8) => UploadJson.Read(utf8) ?? throw new System.Text.Json.JsonException("An upload needs 'id'.");

    /// <summary>The upload in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, UploadJson.Write, indented: false);
}

/// <summary>A part that an upload has taken.</summary>
public sealed record UploadPart : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing this is: always <c>upload.part</c>.</summary>
    public string Object => "upload.part";

    /// <summary>When it came, in Unix seconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>The upload that it belongs to.</summary>
    public string UploadId { get; init; } = "";

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>An upload to begin.</summary>
public sealed record UploadCreateRequest
{
    /// <summary>The file's name.</summary>
    public required string Filename { get; init; }

    /// <summary>How large the file is, in bytes; the parts must add up to it.</summary>
    public required long Bytes { get; init; }

    /// <summary>The file's media type. It must be one that the service takes for the purpose.</summary>
    public required string MimeType { get; init; }

    /// <summary>What it is for; null for the usual purpose of the service.</summary>
    public FilePurpose? Purpose { get; init; }

    /// <summary>When the file is deleted by itself; null leaves it to the service.</summary>
    public FileExpiration? ExpiresAfter { get; init; }

    /// <summary>Whom it is handed over to, by our name; null for OpenAI.</summary>
    public string? Provider { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type.</exception>
    public static UploadCreateRequest Parse(ReadOnlySpan<byte> utf8) => UploadRequestJson.ReadCreate(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, UploadRequestJson.Write, indented: false);
}

/// <summary>A part to add to an upload.</summary>
/// <param name="UploadId">The upload's id at the service.</param>
/// <param name="Data">The bytes; up to 64 MB at OpenAI.</param>
public sealed record UploadPartRequest(string UploadId, FileSource Data);

/// <summary>Asks that the parts of an upload become a file.</summary>
/// <param name="UploadId">The upload's id at the service.</param>
/// <param name="PartIds">The parts in the order in which they make the file.</param>
public sealed record UploadCompleteRequest(string UploadId, IReadOnlyList<string> PartIds)
{
    /// <summary>The MD5 sum of the whole file in hexadecimal digits, for the service to compare; null for none.</summary>
    public string? Md5 { get; init; }

    /// <summary>Further parameters, sent as they are.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads what completes an upload in OpenAI's JSON form, which does not hold the upload's id.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type.</exception>
    public static UploadCompleteRequest Parse(string uploadId, ReadOnlySpan<byte> utf8) => UploadRequestJson.ReadComplete(uploadId, utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, UploadRequestJson.Write, indented: false);
}

/// <summary>An upload to give up.</summary>
/// <param name="UploadId">The upload's id at the service.</param>
public sealed record UploadCancelRequest(string UploadId);
