namespace Muxi.Llm;

/// <summary>A reply with pictures.</summary>
/// <remarks>Source: ImagesResponse of OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed partial record ImagesResponse : Reply
{
    /// <summary>When it was made, in Unix seconds; 0 where the service does not say.</summary>
    public long Created { get; init; }

    /// <summary>The pictures, as many as were asked for unless the service made fewer.</summary>
    public required IReadOnlyList<GeneratedImage> Data { get; init; }

    /// <summary>What is behind the things in them, as the service tells it.</summary>
    public ImageBackground? Background { get; init; }

    /// <summary>Their file format, as the service tells it.</summary>
    public ImageOutputFormat? OutputFormat { get; init; }

    /// <summary>Their size, as the service tells it.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>Their quality, as the service tells it.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>What the call used, where the service counts tokens.</summary>
    public ImagesUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a reply in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no <c>data</c>.</exception>
    public static ImagesResponse Parse(ReadOnlySpan<byte> utf8) => ImageReplyReader.Read(utf8) ?? throw new System.Text.Json.JsonException("A reply with pictures needs 'data'.");

    /// <summary>The reply in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => ImageReplyWriter.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => ImageReplyWriter.Write(json, reply), indented: true);

    /// <summary>
    /// Saves the pictures, reading those first that came as addresses. In a directory (one that is there, or a path that ends in a slash) they are called <c>image-1.png</c>,
    /// <c>image-2.png</c> and so on, by what each is; a file's name is taken as it is for one picture, with the right ending where it has none, and numbered for several.
    /// Only the one file that is named outright replaces one that is there; numbers are counted on from those that are taken.
    /// </summary>
    /// <param name="path">A directory, or a file's name.</param>
    /// <param name="cancellationToken">Ends it; no half file is left.</param>
    /// <returns>Where the pictures are, in their order.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="LlmException">As <see cref="GeneratedImage.ReadBytesAsync"/>.</exception>
    public Task<IReadOnlyList<string>> SaveAsync(string path, CancellationToken cancellationToken = default) => ImageSaving.SaveAsync(Data, path, cancellationToken);
}

/// <summary>What a call for pictures used.</summary>
public sealed record ImagesUsage
{
    /// <summary>Tokens of the prompt, words and pictures.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the pictures that were made.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of prompt and pictures together.</summary>
    public long TotalTokens { get; init; }

    /// <summary>What the prompt is made of, where the service says.</summary>
    public ImagesTokensDetails? InputTokensDetails { get; init; }

    /// <summary>What was made, where the service says.</summary>
    public ImagesTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>Members that we do not know: costs.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What a picture's tokens are.</summary>
public sealed record ImagesTokensDetails
{
    /// <summary>Tokens of words.</summary>
    public long TextTokens { get; init; }

    /// <summary>Tokens of pictures.</summary>
    public long ImageTokens { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
