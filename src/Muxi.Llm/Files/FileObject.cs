namespace Muxi.Llm;

/// <summary>A file at a service.</summary>
/// <remarks>Source: <c>OpenAIFile</c> in OpenAI's OpenAPI document 2.3.0; <c>mime_type</c> and <c>downloadable</c> are Anthropic's and OpenRouter's.</remarks>
public sealed partial record FileObject : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Its id with the service's name in front, <c>provider/id</c>: what every call here takes, whoever has the file. The bare id where the file was parsed from text.
    /// </summary>
    public string QualifiedId => Provider is null ? Id : $"{Provider}/{Id}";

    /// <summary>What kind of thing this is: always <c>file</c>.</summary>
    public string Object => "file";

    /// <summary>How large it is, in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was made, in Unix seconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>When it will be deleted by itself, in Unix seconds; null for never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Its name, as whoever made it gave it. A name is no path: never write to it unchecked.</summary>
    public string Filename { get; init; } = "";

    /// <summary>What it is for; null where the service does not say.</summary>
    public FilePurpose? Purpose { get; init; }

    /// <summary>How far the service is with it; null where it does not say.</summary>
    public FileStatus? Status { get; init; }

    /// <summary>Why it cannot be used.</summary>
    public string? StatusDetails { get; init; }

    /// <summary>Its media type, where the service tells it.</summary>
    public string? MimeType { get; init; }

    /// <summary>Whether its content can be had again, where the service tells: Anthropic gives only what its tools made.</summary>
    public bool? Downloadable { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a file's description in OpenAI's JSON form, or in Anthropic's.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no id.</exception>
    public static FileObject Parse(ReadOnlySpan<byte> utf8) => FileJson.Read(utf8) ?? throw new System.Text.Json.JsonException("A file needs 'id'.");

    /// <summary>The description in OpenAI's JSON form, extension members included.</summary>
    public string ToJson() => JsonOut.ToText(this, FileJson.Write, indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, FileJson.Write, indented: true);
}

/// <summary>A file that is no more.</summary>
public sealed record FileDeleted : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing it was: always <c>file</c>.</summary>
    public string Object => "file";

    /// <summary>Whether it was deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What a file holds, read as it comes.</summary>
public sealed record FileContent : ContentReply
{
    internal FileContent(ContentBody body) : base(body) => Filename = FileNames.Of(body.Headers["content-disposition"]);

    /// <summary>The name that the service sent along, fit for a folder: without one of its own, and harmless. Null where it sent none.</summary>
    public string? Filename { get; }
}
