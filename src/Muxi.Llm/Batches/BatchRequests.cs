namespace Muxi.Llm;

/// <summary>A batch whose requests stand in a file that the service has already, as <c>POST /batches</c> takes it.</summary>
/// <remarks>Source: <c>POST /batches</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record BatchCreateRequest
{
    /// <summary>The file with the requests, <c>provider/id</c> or the bare id of a file at <see cref="Provider"/>.</summary>
    public required string InputFileId { get; init; }

    /// <summary>What all of its requests ask for.</summary>
    public required BatchEndpoint Endpoint { get; init; }

    /// <summary>The model that answers all of them, in the service's own words, where it is told beside the file (Mistral); null for the one that each request names.</summary>
    public string? Model { get; init; }

    /// <summary>Within which time they are to be answered; null for the service's usual one, <c>24h</c> at OpenAI.</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>The caller's own notes: up to 16 at OpenAI.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>When the files with the results are deleted by themselves; null leaves it to the service.</summary>
    public FileExpiration? OutputExpiresAfter { get; init; }

    /// <summary>Who is asked, by our name; null for the one in <see cref="InputFileId"/>, else OpenAI.</summary>
    public string? Provider { get; init; }

    /// <summary>Further members, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>What could not be put into the requests of the file, where it was made of typed ones.</summary>
    internal IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type.</exception>
    public static BatchCreateRequest Parse(ReadOnlySpan<byte> utf8) => BatchRequestJson.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, BatchRequestJson.Write, indented: false);
}

/// <summary>What holds for a batch that is made of typed requests.</summary>
public sealed record BatchSettings
{
    /// <summary>Within which time the requests are to be answered; null for the service's usual one, <c>24h</c> at OpenAI.</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>The caller's own notes: up to 16 at OpenAI; Anthropic has none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>When the files with the results are deleted by themselves; null leaves it to the service.</summary>
    public FileExpiration? OutputExpiresAfter { get; init; }

    /// <summary>What the file with the requests is called at the service, where there is one.</summary>
    public string Filename { get; init; } = "batch.jsonl";

    /// <summary>Told how much of the requests has gone over.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }
}

/// <summary>The requests of a batch as one body, for a service that takes them without a file.</summary>
/// <param name="Body">All of them, as the service's own format puts them.</param>
public sealed record BatchSubmitRequest(FileSource Body)
{
    /// <summary>Headers that the requests need, as their own format has them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What could not be put into the requests.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];
}

/// <summary>Which batches to list.</summary>
public sealed record BatchListRequest
{
    /// <summary>Whose batches, by our name; null for OpenAI's.</summary>
    public string? Provider { get; init; }

    /// <summary>How many a page may hold: 20 without it at OpenAI and Anthropic.</summary>
    public int? Limit { get; init; }

    /// <summary>Behind which one to begin: a batch's id, or <see cref="Page{T}.LastId"/> of the page before.</summary>
    public string? After { get; init; }
}

/// <summary>A batch to look at.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record BatchRetrieveRequest(string Id);

/// <summary>A batch to stop.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record BatchCancelRequest(string Id);

/// <summary>Asks that a service forget a batch and its results.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record BatchDeleteRequest(string Id);

/// <summary>A batch whose results are to be read, where they are in no file.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record BatchResultsRequest(string Id);

/// <summary>How to wait for a batch.</summary>
public sealed record BatchWaiting
{
    /// <summary>How often to ask. 30 seconds by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long in all. 25 hours by default: services give a batch a day.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(25);
}
