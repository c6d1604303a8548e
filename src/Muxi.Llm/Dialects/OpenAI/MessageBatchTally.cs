using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What Anthropic tells of a batch in words of its own, told in OpenAI's: a batch that has ended was cancelled where the stop hit a request, has expired where the time did, and is completed
/// else; what has no answer has failed. The own words stay beside.
/// </summary>
internal struct MessageBatchTally
{
    private long _processing, _succeeded, _errored, _canceled, _expired;
    private long? _ended, _stopped;

    /// <summary>Anthropic's <c>processing_status</c>; null for a batch of another form.</summary>
    public string? Status { get; private set; }

    /// <summary>Looks at the member whose name the reader stands on, which stays there.</summary>
    public void Take(Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("processing_status"u8)) Status = reader.ReadString(source);
        else if (reader.Is("ended_at"u8)) _ended = FileJson.ReadTime(ref reader);
        else if (reader.Is("cancel_initiated_at"u8)) _stopped = FileJson.ReadTime(ref reader);
    }

    /// <summary>Looks at the count whose name the reader stands on, which stays there.</summary>
    public void Count(Utf8JsonReader reader)
    {
        if (reader.Is("processing"u8)) _processing = reader.ReadLong() ?? 0;
        else if (reader.Is("succeeded"u8)) _succeeded = reader.ReadLong() ?? 0;
        else if (reader.Is("errored"u8)) _errored = reader.ReadLong() ?? 0;
        else if (reader.Is("canceled"u8)) _canceled = reader.ReadLong() ?? 0;
        else if (reader.Is("expired"u8)) _expired = reader.ReadLong() ?? 0;
    }

    /// <summary>The batch in OpenAI's words.</summary>
    public readonly Batch Over(Batch batch)
    {
        var status = Status switch
        {
            "in_progress" => BatchStatus.InProgress,
            "canceling" => BatchStatus.Cancelling,
            "ended" => _canceled > 0 ? BatchStatus.Cancelled : _expired > 0 ? BatchStatus.Expired : BatchStatus.Completed,
            var other => new(other!),
        };
        var failed = _errored + _canceled + _expired;
        return batch with
        {
            Status = status, Endpoint = BatchEndpoint.ChatCompletions, InProgressAt = batch.CreatedAt, CancellingAt = _stopped,
            CompletedAt = status == BatchStatus.Completed ? _ended : null, ExpiredAt = status == BatchStatus.Expired ? _ended : null, CancelledAt = status == BatchStatus.Cancelled ? _ended : null,
            RequestCounts = batch.RequestCounts is { } counts ? counts with { Total = _processing + _succeeded + failed, Completed = _succeeded, Failed = failed } : null,
        };
    }
}
