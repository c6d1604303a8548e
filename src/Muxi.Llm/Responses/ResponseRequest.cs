namespace Muxi.Llm;

/// <summary>A request for a response: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: CreateResponse in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record ResponseRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What the model is given; null where <see cref="Prompt"/>, <see cref="Conversation"/> or <see cref="PreviousResponseId"/> has it all.</summary>
    public ResponseInput? Input { get; init; }

    /// <summary>Instructions of the application; those of an earlier response do not go on.</summary>
    public string? Instructions { get; init; }

    /// <summary>The response that this one goes on from; whoever has made it may answer, and others too.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>The conversation at the service that this belongs to: an id, or <c>{"id":"..."}</c>.</summary>
    public RawJson Conversation { get; init; }

    /// <summary>A prompt that the service keeps: <c>{"id":"...","version":"...","variables":{...}}</c>.</summary>
    public RawJson Prompt { get; init; }

    /// <summary>What the model may call, and the service's own tools.</summary>
    public IReadOnlyList<ResponseTool>? Tools { get; init; }

    /// <summary>Whether and which tools it may or must call.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may ask for several calls at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How often the service's own tools may be used, all together.</summary>
    public int? MaxToolCalls { get; init; }

    /// <summary>What form the text must have, and how wordy it is to be.</summary>
    public ResponseText? Text { get; init; }

    /// <summary>How much to think, and what to tell of it.</summary>
    public ResponseReasoning? Reasoning { get; init; }

    /// <summary>The most tokens the answer may have, reasoning included.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Randomness, 0 to 2 at OpenAI.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the likeliest tokens that make up this share are drawn from, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>For how many alternatives at each token to tell how likely they were, 0 to 20; needs <c>message.output_text.logprobs</c> in <see cref="Include"/>.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>What to tell besides: <c>reasoning.encrypted_content</c>, <c>file_search_call.results</c>, ...</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Whether it is made in the background: the reply comes at once and tells how far it is.</summary>
    public bool? Background { get; init; }

    /// <summary>Whether it is kept, so that it can be looked at and gone on from. It is, unless this says no.</summary>
    public bool? Store { get; init; }

    /// <summary>Whether what does not fit in is left out (<c>auto</c>) or an error (<c>disabled</c>).</summary>
    public string? Truncation { get; init; }

    /// <summary>How the service is to keep the conversation short: <c>[{"type":"compaction","compact_threshold":200000}]</c>.</summary>
    public RawJson ContextManagement { get; init; }

    /// <summary>The price and speed class.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>Up to 16 labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Moderation within the call.</summary>
    public RawJson Moderation { get; init; }

    /// <summary>A stable, opaque id of the end user, for the provider's abuse checks.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>A key that brings similar requests to the same prompt cache.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary><c>in_memory</c> or <c>24h</c>.</summary>
    public string? PromptCacheRetention { get; init; }

    /// <summary>Lifetime and mode of the prompt cache.</summary>
    public RawJson PromptCacheOptions { get; init; }

    /// <summary>The end user's id, in the word before <see cref="SafetyIdentifier"/>.</summary>
    public string? User { get; init; }

    /// <summary>What a stream brings besides; a response's stream always has its usage.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Whether the request asks for a stream. The method that is called decides; this only says what a parsed request asked for.</summary>
    public bool? Stream { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>What <see cref="PreviousResponseId"/> means, for services that do not know it.</summary>
    internal ResponseHistory? History { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member has the wrong shape: the exception's path names it.</exception>
    public static ResponseRequest Parse(ReadOnlySpan<byte> utf8) => ResponseRequestReader.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => ResponseRequestWriter.WriteCanonical(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => ResponseRequestWriter.WriteCanonical(json, request), indented: true);
}

/// <summary>Something that the model may use: a function, a custom tool, or one of the service's own tools.</summary>
public sealed record ResponseTool
{
    /// <summary><c>function</c>, <c>custom</c>, <c>web_search</c>, <c>file_search</c>, <c>code_interpreter</c>, <c>image_generation</c>, <c>mcp</c>, ...</summary>
    public required string Type { get; init; }

    /// <summary>The name of a function or custom tool.</summary>
    public string? Name { get; init; }

    /// <summary>What it does and when to call it.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON schema of a function's arguments.</summary>
    public RawJson Parameters { get; init; }

    /// <summary>Whether a function's arguments are to follow the schema exactly. Left alone, OpenAI takes it as yes.</summary>
    public bool? Strict { get; init; }

    /// <summary>The form of a custom tool's text.</summary>
    public RawJson Format { get; init; }

    /// <summary>All that a tool of the service's own is told, and members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>A function with a JSON schema for its arguments (an object schema; none means no arguments).</summary>
    public static ResponseTool FromFunction(string name, string? description = null, RawJson parameters = default) =>
        new() { Type = "function", Name = name, Description = description, Parameters = parameters };

    /// <summary>One of the service's own tools: <c>ResponseTool.BuiltIn("web_search")</c>, <c>BuiltIn("file_search", """{"vector_store_ids":["vs_1"]}""")</c>.</summary>
    public static ResponseTool BuiltIn(string type, Extra settings = default) => new() { Type = type, Extra = settings };
}

/// <summary>What form a response's text has.</summary>
public sealed record ResponseText
{
    /// <summary>Plain text, some JSON, or JSON after a schema.</summary>
    public ResponseFormat? Format { get; init; }

    /// <summary>How wordy to be.</summary>
    public Verbosity? Verbosity { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How much a model thinks, and what is told of it.</summary>
public sealed record ResponseReasoning
{
    /// <summary>How much to think.</summary>
    public ReasoningEffort? Effort { get; init; }

    /// <summary>What summary of the thinking is given: <c>auto</c>, <c>concise</c>, <c>detailed</c>.</summary>
    public string? Summary { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A response to look at.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record ResponseRetrieveRequest(string Id)
{
    /// <summary>What to tell besides.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Of a stream that is taken up again: the number of the last event that has come.</summary>
    public long? StartingAfter { get; init; }

    /// <summary>Of a stream: whether events are padded so that their size tells nothing.</summary>
    public bool? IncludeObfuscation { get; init; }
}

/// <summary>Asks that a response in the background be stopped.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record ResponseCancelRequest(string Id);

/// <summary>Asks that a service forget a response.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record ResponseDeleteRequest(string Id);

/// <summary>What a response was made from.</summary>
/// <param name="Id">The response's id at the service.</param>
public sealed record ResponseInputItemsRequest(string Id)
{
    /// <summary>Behind which item to begin: its id, or <see cref="Page{T}.LastId"/> of the page before.</summary>
    public string? After { get; init; }

    /// <summary>How many a page may hold, 1 to 100; 20 without it.</summary>
    public int? Limit { get; init; }

    /// <summary>In which order; the newest first without it.</summary>
    public ListOrder? Order { get; init; }

    /// <summary>What to tell besides.</summary>
    public IReadOnlyList<string>? Include { get; init; }
}

/// <summary>How to wait for a response in the background.</summary>
public sealed record ResponseWaiting
{
    /// <summary>How often to ask. 2 seconds by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long in all. An hour by default.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>How a stream is taken up again where its connection breaks.</summary>
public sealed record ResponseResuming
{
    /// <summary>How often in a row it is tried without a further event; 5 by default.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>How long to wait before each try. A second by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}
