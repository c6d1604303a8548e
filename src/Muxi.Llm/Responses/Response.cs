namespace Muxi.Llm;

/// <summary>What a model has made of a request: items in order. What it echoes of the request (tools, temperature, ...) stands in <see cref="Extra"/>.</summary>
/// <remarks>Source: <c>Response</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed partial record Response : Reply
{
    /// <summary>The service's id of it.</summary>
    public required string Id { get; init; }

    /// <summary>The id with the provider's name in front, <c>provider/id</c>: what every call here takes. The bare id where the response was parsed from text.</summary>
    public string QualifiedId => Provider is null ? Id : $"{Provider}/{Id}";

    /// <summary>What kind of thing this is: always <c>response</c>.</summary>
    public string Object => "response";

    /// <summary>When it was begun, in Unix seconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>When it was done, in Unix seconds.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>How far it is.</summary>
    public ResponseStatus? Status { get; init; }

    /// <summary>The model that answered, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>What the model made, in order.</summary>
    public IReadOnlyList<ResponseItem> Output { get; init; } = [];

    /// <summary>Why it came to nothing.</summary>
    public ResponseError? Error { get; init; }

    /// <summary>Why it was cut.</summary>
    public ResponseIncompleteDetails? IncompleteDetails { get; init; }

    /// <summary>The instructions it was made by: a text, or items.</summary>
    public RawJson Instructions { get; init; }

    /// <summary>The response that it goes on from.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Whether it is made in the background.</summary>
    public bool? Background { get; init; }

    /// <summary>The class in which it was served.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>The labels that it was given.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What the call used; <c>input_tokens</c> and <c>output_tokens</c> in the API's words.</summary>
    public Usage? Usage { get; init; }

    /// <summary>All other members, as they came: what the request's parameters were, and what we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The text of all messages together; empty where there is none.</summary>
    public string OutputText => string.Concat(
        Output.Where(static item => item.Type == ResponseItemType.Message).SelectMany(static item => item.Content?.Parts ?? []).Where(static part => part.Type == ResponsePartType.OutputText).Select(static part => part.Text));

    /// <summary>Why the model will not answer; null where it does.</summary>
    public string? Refusal => Output.SelectMany(static item => item.Content?.Parts ?? []).FirstOrDefault(static part => part.Type == ResponsePartType.Refusal)?.Refusal;

    /// <summary>The functions that the caller is to run, in order; empty where there are none.</summary>
    public IReadOnlyList<ResponseItem> FunctionCalls => [.. Output.Where(static item => item.Type == ResponseItemType.FunctionCall)];

    /// <summary>Whether nothing more will come: it is neither queued nor being made.</summary>
    public bool HasEnded => Status is not { Value: "queued" or "in_progress" };

    /// <summary>Reads a response in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or no response.</exception>
    public static Response Parse(ReadOnlySpan<byte> utf8) => ResponseReader.Read(utf8) ?? throw new System.Text.Json.JsonException("A response needs 'output'.");

    /// <summary>The response in OpenAI's JSON form, with every member that its schema requires.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, response) => ResponseWriter.Write(json, response), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, response) => ResponseWriter.Write(json, response), indented: true);
}

/// <summary>Why a response came to nothing.</summary>
/// <param name="Code">The service's word for it.</param>
/// <param name="Message">The service's sentence.</param>
public sealed record ResponseError(string? Code, string Message)
{
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>Why a response was cut.</summary>
/// <param name="Reason"><c>max_output_tokens</c>, <c>content_filter</c>, or a vendor's own word.</param>
public sealed record ResponseIncompleteDetails(string? Reason)
{
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A response that is no more.</summary>
public sealed record ResponseDeleted : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing this is: always <c>response.deleted</c>.</summary>
    public string Object => "response.deleted";

    /// <summary>Whether it is gone.</summary>
    public bool Deleted { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How many tokens the model would be given.</summary>
/// <param name="InputTokens">All of them: what was said before, tools and pictures too.</param>
public sealed record ResponseInputTokens(long InputTokens) : Reply
{
    /// <summary>What kind of thing this is: always <c>response.input_tokens</c>.</summary>
    public string Object => "response.input_tokens";

    /// <summary>Whether this is the number that the provider charges: its own word, or a count by rules that have been found exact. Otherwise it is an estimate of this machine's.</summary>
    public bool IsExact { get; init; }

    /// <summary>How far an estimate may be off, as a fraction of the count: see <see cref="TokenCount.ErrorBand"/>. 0 of what is exact.</summary>
    public double ErrorBand { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A conversation, condensed: <see cref="Output"/> is the input of the next request in place of all that was said.</summary>
/// <remarks>Source: <c>CompactResource</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ResponseCompaction : Reply
{
    /// <summary>The service's id of it.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing this is: always <c>response.compaction</c>.</summary>
    public string Object => "response.compaction";

    /// <summary>When it was made, in Unix seconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>What is left: people's words, and the rest sealed in an item of type <c>compaction</c>.</summary>
    public IReadOnlyList<ResponseItem> Output { get; init; } = [];

    /// <summary>What the condensing used.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
