namespace Muxi.Llm;

/// <summary>A chat request: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: CreateChatCompletionRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record ChatCompletionRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation so far, oldest first.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>What the model may call.</summary>
    public IReadOnlyList<Tool>? Tools { get; init; }

    /// <summary>Whether and which tools it may or must call.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may ask for several calls at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>What form the answer must have.</summary>
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>The most tokens the answer may have, reasoning included. Sent under the name that the provider knows.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The most tokens the answer may have, reasoning included, in OpenAI's newer word; goes before <see cref="MaxTokens"/>.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Randomness, 0 to 2 at OpenAI.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the likeliest tokens that make up this share are drawn from, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>How many answers to make.</summary>
    public int? N { get; init; }

    /// <summary>Texts at which the answer ends; four at most at OpenAI.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>-2 to 2; makes words that were used already less likely the more often they were.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>-2 to 2; makes words that were used already less likely.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>Token id to bias, -100 to 100.</summary>
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }

    /// <summary>Whether to tell how likely each token was.</summary>
    public bool? Logprobs { get; init; }

    /// <summary>For how many alternatives at each token to tell it, 0 to 20.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Asks for the same answer to the same request, as far as the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>How much to think.</summary>
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>How wordy to be.</summary>
    public Verbosity? Verbosity { get; init; }

    /// <summary>What to answer with: <c>text</c>, <c>audio</c>, <c>image</c>.</summary>
    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>Voice and format of a spoken answer: <c>new ChatAudio("alloy", "wav")</c>, or its JSON. The answer stands in <see cref="Message.Audio"/>.</summary>
    public RawJson Audio { get; init; }

    /// <summary>The answer as it is expected, to make it faster: <c>{"type":"content","content":"..."}</c>.</summary>
    public RawJson Prediction { get; init; }

    /// <summary>Options of the search models: <c>{"search_context_size":"low"}</c>.</summary>
    public RawJson WebSearchOptions { get; init; }

    /// <summary>Whether the provider's usage chunk is asked for in a stream, and the like. Left alone it is asked for, so that a stream has a usage.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Whether the provider is to keep the answer.</summary>
    public bool? Store { get; init; }

    /// <summary>Up to 16 labels for a stored answer.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The price and speed class.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>Moderation within the call: <c>{"model":"omni-moderation-latest"}</c>.</summary>
    public RawJson Moderation { get; init; }

    /// <summary>A stable, opaque id of the end user, for the provider's abuse checks.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>A key that brings similar requests to the same prompt cache.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary><c>in_memory</c> or <c>24h</c>.</summary>
    public string? PromptCacheRetention { get; init; }

    /// <summary>Lifetime and mode of the prompt cache: <c>{"ttl":"30m","mode":"explicit"}</c>.</summary>
    public RawJson PromptCacheOptions { get; init; }

    /// <summary>The end user's id, in the word before <see cref="SafetyIdentifier"/>.</summary>
    public string? User { get; init; }

    /// <summary>The functions, in the form before <see cref="Tools"/>: a JSON array.</summary>
    public RawJson Functions { get; init; }

    /// <summary>Which function, in the form before <see cref="ToolChoice"/>: <c>"auto"</c> or <c>{"name":"..."}</c>.</summary>
    public RawJson FunctionCall { get; init; }

    /// <summary>
    /// Further parameters for one wire format alone, by its name, as <see cref="AnthropicOptions.Format"/>: a service that speaks another is not given them, with a warning.
    /// <c>format_options</c> in JSON.
    /// </summary>
    public IReadOnlyDictionary<string, Extra>? FormatOptions { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the request asks for a stream. The method that is called decides; this only says what a parsed request asked for.</summary>
    public bool? Stream { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or <c>model</c> or <c>messages</c> are missing or of the wrong type.</exception>
    public static ChatCompletionRequest Parse(ReadOnlySpan<byte> utf8) => ChatRequestReader.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => ChatRequestWriter.WriteCanonical(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => ChatRequestWriter.WriteCanonical(json, request), indented: true);
}

/// <summary>What a stream brings besides the answer.</summary>
public sealed record StreamOptions
{
    /// <summary>Whether a last chunk tells the usage.</summary>
    public bool? IncludeUsage { get; init; }

    /// <summary>Whether chunks are padded so that their size tells nothing.</summary>
    public bool? IncludeObfuscation { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
