namespace Muxi.Llm;

/// <summary>Asks for pictures after a description.</summary>
/// <remarks>Source: CreateImageRequest of OpenAI's OpenAPI document 2.3.0. What of it a model takes is the model's matter.</remarks>
public sealed record ImageGenerationRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What the pictures show. OpenAI takes 32,000 characters, its older models fewer.</summary>
    public required string Prompt { get; init; }

    /// <summary>How many pictures, 1 to 10; null is one.</summary>
    public int? N { get; init; }

    /// <summary>How large they are.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>How good they are.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>Their look; DALL-E 3 only.</summary>
    public ImageStyle? Style { get; init; }

    /// <summary>What is behind the things in them; GPT image models only.</summary>
    public ImageBackground? Background { get; init; }

    /// <summary>Their file format; GPT image models only.</summary>
    public ImageOutputFormat? OutputFormat { get; init; }

    /// <summary>How much of a JPEG or WebP is kept, 0 to 100 percent; GPT image models only.</summary>
    public int? OutputCompression { get; init; }

    /// <summary>How strictly the filter looks; GPT image models only.</summary>
    public ImageModeration? Moderation { get; init; }

    /// <summary>Whether they come as addresses or in the reply itself. OpenAI's GPT image models refuse the member and always do the latter.</summary>
    public ImageResponseFormat? ResponseFormat { get; init; }

    /// <summary>How many unfinished pictures a stream shows before the finished one, 0 to 3.</summary>
    public int? PartialImages { get; init; }

    /// <summary>What a client of the server asked for; the method that is called decides whether the answer is streamed.</summary>
    public bool? Stream { get; init; }

    /// <summary>Who asks on the application's side, to tell abuse apart.</summary>
    public string? User { get; init; }

    /// <summary>Further members of the body, e.g. <c>aspect_ratio</c> at xAI; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, a member has the wrong type, or <c>model</c> or <c>prompt</c> is missing; the path names the member.</exception>
    public static ImageGenerationRequest Parse(ReadOnlySpan<byte> utf8) => ImageRequestReader.ReadGeneration(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => ImageRequestWriter.WriteCanonical(json, request), indented: false);
}
