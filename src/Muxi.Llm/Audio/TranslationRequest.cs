namespace Muxi.Llm;

/// <summary>A request for what is said, in English: every parameter of OpenAI's published schema. What is null is not sent.</summary>
/// <remarks>Source: CreateTranslationRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record TranslationRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>The sound: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm at OpenAI, 25 MB at most. It is read while it is sent.</summary>
    public required FileSource File { get; init; }

    /// <summary>English text that guides the style, or that the sound goes on from.</summary>
    public string? Prompt { get; init; }

    /// <summary>In which form the translation comes: <c>json</c> where nothing is said, <c>verbose_json</c>, <c>text</c>, <c>srt</c> or <c>vtt</c>.</summary>
    public AudioResponseFormat? ResponseFormat { get; init; }

    /// <summary>Randomness, 0 to 1 at OpenAI; at 0 the model raises it itself where it must.</summary>
    public double? Temperature { get; init; }

    /// <summary>Further fields, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }
}
