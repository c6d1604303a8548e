namespace Muxi.Llm;

/// <summary>A request to go on with a text, in the form before chat: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: CreateCompletionRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record CompletionRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What to go on with: a text or its tokens, or several of them, each answered for itself. Null begins at nothing, as a new document does.</summary>
    public required TextInput? Prompt { get; init; }

    /// <summary>What comes behind the text that is asked for.</summary>
    public string? Suffix { get; init; }

    /// <summary>Whether the answer repeats the prompt in front.</summary>
    public bool? Echo { get; init; }

    /// <summary>How many answers to make for each prompt, 1 to 128.</summary>
    public int? N { get; init; }

    /// <summary>How many answers to make to give the likeliest <see cref="N"/> of, <see cref="N"/> to 20. It cannot be streamed.</summary>
    public int? BestOf { get; init; }

    /// <summary>The most tokens that each answer may have; 16 at OpenAI where it is left out.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Randomness, 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the likeliest tokens that make up this share are drawn from, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>-2 to 2; makes words that were used already less likely the more often they were.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>-2 to 2; makes words that were used already less likely.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>For how many of the likeliest tokens at each place to tell how likely they were, 0 to 5 at OpenAI; the one that was taken is told besides.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Token id to bias, -100 to 100.</summary>
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }

    /// <summary>Asks for the same answer to the same request, as far as the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts at which the answer ends; four at most at OpenAI.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Whether the provider's usage chunk is asked for in a stream, and the like. Left alone it is asked for, so that a stream has a usage.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>The end user's id, for the provider's abuse checks.</summary>
    public string? User { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the request asks for a stream. The method that is called decides; this only says what a parsed request asked for.</summary>
    public bool? Stream { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type; the path names it.</exception>
    public static CompletionRequest Parse(ReadOnlySpan<byte> utf8) => CompletionRequestJson.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => CompletionRequestJson.Write(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => CompletionRequestJson.Write(json, request), indented: true);
}
