namespace Muxi.Llm;

/// <summary>Many requests that a service answers when it has time for them, for less money: what it tells of them.</summary>
/// <remarks>
/// Source: <c>Batch</c> in OpenAI's OpenAPI document 2.3.0, and <c>MessageBatch</c> in Anthropic's reference as of 2026-11. Anthropic's own words for the state and the counts are kept in
/// <see cref="Extra"/> and in <see cref="BatchRequestCounts.Extra"/>.
/// </remarks>
public sealed partial record Batch : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>Its id with the service's name in front, <c>provider/id</c>: what every call here takes. The bare id where the batch was parsed from text.</summary>
    public string QualifiedId => Provider is null ? Id : $"{Provider}/{Id}";

    /// <summary>The batch with ids, its files' too, that say whose they are.</summary>
    internal Batch Qualified()
    {
        return this with { Id = QualifiedId, InputFileId = Of(InputFileId), OutputFileId = Of(OutputFileId), ErrorFileId = Of(ErrorFileId) };

        string? Of(string? id) => id is null || Provider is null ? id : $"{Provider}/{id}";
    }

    /// <summary>What kind of thing this is: always <c>batch</c>.</summary>
    public string Object => "batch";

    /// <summary>What its requests ask for.</summary>
    public BatchEndpoint Endpoint { get; init; }

    /// <summary>Which model answers them, where the service tells it.</summary>
    public string? Model { get; init; }

    /// <summary>How far the service is with it.</summary>
    public BatchStatus Status { get; init; }

    /// <summary>What was wrong with the batch as such: a file that cannot be read, a limit that is spent. Errors of single requests come with the results.</summary>
    public IReadOnlyList<BatchError> Errors { get; init; } = [];

    /// <summary>The file that holds its requests; null where they came without one.</summary>
    public string? InputFileId { get; init; }

    /// <summary>The file with the replies; null until there are some, and where they come without one.</summary>
    public string? OutputFileId { get; init; }

    /// <summary>The file with the errors; null where there are none.</summary>
    public string? ErrorFileId { get; init; }

    /// <summary>Within which time it is to be answered.</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>When it was made, in Unix seconds, as all its times are.</summary>
    public long CreatedAt { get; init; }

    /// <summary>When the first request was begun.</summary>
    public long? InProgressAt { get; init; }

    /// <summary>When it will be given up if it is not done.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>When its results began to be put together.</summary>
    public long? FinalizingAt { get; init; }

    /// <summary>When it was done.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>When it failed.</summary>
    public long? FailedAt { get; init; }

    /// <summary>When its time was over.</summary>
    public long? ExpiredAt { get; init; }

    /// <summary>When it was asked to stop.</summary>
    public long? CancellingAt { get; init; }

    /// <summary>When it had stopped.</summary>
    public long? CancelledAt { get; init; }

    /// <summary>How many requests there are and how many are done; null where the service does not say.</summary>
    public BatchRequestCounts? RequestCounts { get; init; }

    /// <summary>What all of it used, where the service tells it.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The caller's own notes.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether nothing more will happen to it: what results there are can be read.</summary>
    public bool HasEnded => Status.IsFinal;

    /// <summary>Reads a batch in OpenAI's JSON form, or in Anthropic's.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no id.</exception>
    public static Batch Parse(ReadOnlySpan<byte> utf8) => BatchJson.Read(utf8) ?? throw new System.Text.Json.JsonException("A batch needs 'id'.");

    /// <summary>The batch in OpenAI's JSON form, extension members included.</summary>
    public string ToJson() => JsonOut.ToText(this, BatchJson.Write, indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, BatchJson.Write, indented: true);
}

/// <summary>How many requests of a batch there are, and how many are done.</summary>
/// <param name="Total">All of them; 0 until the service has counted them.</param>
/// <param name="Completed">Those that were answered.</param>
/// <param name="Failed">Those that have no answer and will get none.</param>
public sealed record BatchRequestCounts(long Total, long Completed, long Failed)
{
    /// <summary>Members that we do not know, and Anthropic's own counts.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What is wrong with a batch.</summary>
public sealed record BatchError
{
    /// <summary>A word for programs.</summary>
    public string? Code { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>The request member that is wrong.</summary>
    public string? Param { get; init; }

    /// <summary>The line of the input file, from 1 on.</summary>
    public long? Line { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A batch that is no more, with its results.</summary>
public sealed record BatchDeleted : Reply
{
    /// <summary>Its id at the service.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
