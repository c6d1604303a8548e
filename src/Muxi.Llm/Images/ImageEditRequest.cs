namespace Muxi.Llm;

/// <summary>
/// Asks for pictures made from others. Files are sent as a form and read while they are sent; pictures named by an address or an id go as JSON. The two cannot be
/// mixed in one request.
/// </summary>
/// <remarks>Source: CreateImageEditRequest and EditImageBodyJsonParam of OpenAI's OpenAPI document 2.3.0. What of it a model takes is the model's matter.</remarks>
public sealed record ImageEditRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>The pictures to begin with: OpenAI takes up to 16 of 50 MB each, DALL-E 2 one square PNG of 4 MB.</summary>
    public required IReadOnlyList<ImageInput> Images { get; init; }

    /// <summary>What is to be made of them.</summary>
    public required string Prompt { get; init; }

    /// <summary>Where the first picture may be changed: a PNG of the same size, wherever it is transparent. At OpenAI 4 MB at most.</summary>
    public ImageInput? Mask { get; init; }

    /// <summary>How many pictures, 1 to 10; null is one.</summary>
    public int? N { get; init; }

    /// <summary>How large they are.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>How good they are.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>What is behind the things in them; GPT image models only.</summary>
    public ImageBackground? Background { get; init; }

    /// <summary>How closely they keep to the pictures that were given.</summary>
    public InputFidelity? InputFidelity { get; init; }

    /// <summary>Their file format; GPT image models only.</summary>
    public ImageOutputFormat? OutputFormat { get; init; }

    /// <summary>How much of a JPEG or WebP is kept, 0 to 100 percent; GPT image models only.</summary>
    public int? OutputCompression { get; init; }

    /// <summary>How strictly the filter looks; GPT image models only.</summary>
    public ImageModeration? Moderation { get; init; }

    /// <summary>Whether they come as addresses or in the reply itself; DALL-E 2 only.</summary>
    public ImageResponseFormat? ResponseFormat { get; init; }

    /// <summary>How many unfinished pictures a stream shows before the finished one, 0 to 3.</summary>
    public int? PartialImages { get; init; }

    /// <summary>What a client of the server asked for; the method that is called decides whether the answer is streamed.</summary>
    public bool? Stream { get; init; }

    /// <summary>Who asks on the application's side, to tell abuse apart.</summary>
    public string? User { get; init; }

    /// <summary>Further members of the body; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form, whose pictures are addresses or ids.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, a member has the wrong type, or one is missing; the path names the member.</exception>
    public static ImageEditRequest Parse(ReadOnlySpan<byte> utf8) => ImageRequestReader.ReadEdit(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    /// <exception cref="InvalidOperationException">A picture is a file, which has no JSON form.</exception>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => ImageRequestWriter.WriteCanonical(json, request), indented: false);

    /// <summary>The files in it.</summary>
    internal IEnumerable<FileSource> Files()
    {
        foreach (var image in Images)
            if (image.Source is { } file) yield return file;
        if (Mask?.Source is { } mask) yield return mask;
    }
}

/// <summary>Asks for pictures that are like another one. At OpenAI a thing of DALL-E 2.</summary>
/// <remarks>Source: CreateImageVariationRequest of OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ImageVariationRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>The picture: at OpenAI a square PNG of 4 MB at most.</summary>
    public required FileSource Image { get; init; }

    /// <summary>How many pictures, 1 to 10; null is one.</summary>
    public int? N { get; init; }

    /// <summary>How large they are.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>Whether they come as addresses or in the reply itself.</summary>
    public ImageResponseFormat? ResponseFormat { get; init; }

    /// <summary>Who asks on the application's side, to tell abuse apart.</summary>
    public string? User { get; init; }

    /// <summary>Further fields of the form; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A picture to make another one from: a file, an address, or the id of an uploaded file. One of the three is set.</summary>
public sealed record ImageInput
{
    private ImageInput() { }

    /// <summary>A file, which is read while it is sent.</summary>
    public FileSource? Source { get; private init; }

    /// <summary>An http(s) address that the service reads itself, or a data URI.</summary>
    public string? Url { get; private init; }

    /// <summary>The id of a file at the service.</summary>
    public string? FileId { get; private init; }

    /// <summary>A picture on disk.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, it is a directory, or it is empty.</exception>
    public static ImageInput FromFile(string path) => FileSource.FromFile(path);

    /// <summary>A picture in memory, which must not change until it is sent; its media type is told from the bytes.</summary>
    public static ImageInput FromBytes(ReadOnlyMemory<byte> bytes) => FileSource.FromBytes(bytes, "image" + (Media.ExtensionOf(Media.TypeOf(bytes.Span)) ?? ""));

    /// <summary>A stream, from where it stands; it stays the caller's.</summary>
    public static ImageInput FromStream(Stream stream, string filename) => FileSource.FromStream(stream, filename);

    /// <summary>An http(s) address that the service reads itself, or a data URI.</summary>
    public static ImageInput FromUrl(string url)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return new() { Url = url };
    }

    /// <summary>A file that was uploaded to the service before.</summary>
    public static ImageInput FromId(string fileId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fileId);
        return new() { FileId = fileId };
    }

    /// <summary>A file is a picture to begin with.</summary>
    public static implicit operator ImageInput(FileSource file) => new() { Source = file };
}
