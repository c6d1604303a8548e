using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Mistral's jobs, read as batches. Its own word for the state is kept beside ours.</summary>
internal static class MistralBatchJson
{
    public static Batch? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        return reader.Read() ? Read(ref reader, utf8) : null;
    }

    /// <summary>Reads a page of jobs.</summary>
    public static Page<Batch>? ReadPage(ReadOnlySpan<byte> utf8) => PageJson.Read<Batch>(utf8, ReadList, static batch => batch.Id);

    private static List<Batch>? ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        // Where there are none, the member may be null.
        var isNull = reader.NextIsNull();
        if (!reader.EnterArray()) return isNull ? [] : null;
        var batches = new List<Batch>();
        while (reader.NextItem())
            if (Read(ref reader, source) is { } batch) batches.Add(batch);
        return batches;
    }

    private static Batch? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var batch = new Batch { Id = "" };
        var counts = default(Counts);
        long? ended = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (ReadMain(ref reader, source, ref batch) || ReadCounts(ref reader, ref counts)) continue;
            if (reader.Is("completed_at"u8)) ended = FileJson.ReadTime(ref reader);
            else
            {
                if (reader.Is("status"u8)) batch = batch with { Status = StatusOf(Peek(reader, source)) };
                extra.Take(ref reader, source);
            }
        }
        return batch.Id.Length == 0 ? null : Ended(batch, ended) with { RequestCounts = counts.ToCounts(), Extra = extra.ToExtra() };
    }

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Batch batch)
    {
        if (reader.Is("id"u8)) batch = batch with { Id = reader.ReadString(source) ?? "" };
        else if (reader.Is("object"u8)) reader.SkipMember();
        else if (reader.Is("endpoint"u8)) batch = batch with { Endpoint = MistralBatches.EndpointOf(reader.ReadString(source) ?? "") };
        else if (reader.Is("model"u8)) batch = batch with { Model = Some(ref reader, source) };
        else if (reader.Is("input_files"u8)) batch = batch with { InputFileId = ReadFirst(ref reader, source) };
        else if (reader.Is("output_file"u8)) batch = batch with { OutputFileId = Some(ref reader, source) };
        else if (reader.Is("error_file"u8)) batch = batch with { ErrorFileId = Some(ref reader, source) };
        else if (reader.Is("errors"u8)) batch = batch with { Errors = ReadErrors(ref reader, source) };
        else if (reader.Is("metadata"u8)) batch = batch with { Metadata = RequestReading.Labels(ref reader, source) };
        else if (reader.Is("created_at"u8)) batch = batch with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
        else if (reader.Is("started_at"u8)) batch = batch with { InProgressAt = FileJson.ReadTime(ref reader) };
        else return false;
        return true;
    }

    private static bool ReadCounts(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (reader.Is("total_requests"u8)) counts.Total = reader.ReadLong();
        else if (reader.Is("succeeded_requests"u8)) counts.Succeeded = reader.ReadLong();
        else if (reader.Is("failed_requests"u8)) counts.Failed = reader.ReadLong();
        else return false;
        return true;
    }

    private static BatchStatus StatusOf(string? word) => word switch
    {
        "QUEUED" => BatchStatus.Validating,
        "RUNNING" => BatchStatus.InProgress,
        "SUCCESS" => BatchStatus.Completed,
        "FAILED" => BatchStatus.Failed,
        "TIMEOUT_EXCEEDED" => BatchStatus.Expired,
        "CANCELLATION_REQUESTED" => BatchStatus.Cancelling,
        "CANCELLED" => BatchStatus.Cancelled,
        _ => new(word ?? ""),
    };

    /// <summary>The one time at which a job ends, where it belongs.</summary>
    private static Batch Ended(Batch batch, long? at) => batch.Status.Value switch
    {
        "failed" => batch with { FailedAt = at },
        "expired" => batch with { ExpiredAt = at },
        "cancelled" => batch with { CancelledAt = at },
        _ => batch with { CompletedAt = at },
    };

    private static string? Some(ref Utf8JsonReader reader, ReadOnlySpan<byte> source) => reader.ReadString(source) is { Length: > 0 } text ? text : null;

    /// <summary>The value of the member that the reader stands on; the reader stays where it is.</summary>
    private static string? Peek(Utf8JsonReader reader, ReadOnlySpan<byte> source) => reader.ReadString(source);

    private static string? ReadFirst(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        string? first = null;
        while (reader.NextItem()) first ??= reader.TextOf(source);
        return first;
    }

    private static List<BatchError> ReadErrors(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var errors = new List<BatchError>();
        if (!reader.EnterArray()) return errors;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            string? message = null;
            var extra = new ExtraReader();
            while (reader.NextMember())
                if (reader.Is("message"u8)) message = reader.ReadString(source);
                else extra.Take(ref reader, source);
            errors.Add(new() { Message = message, Extra = extra.ToExtra() });
        }
        return errors;
    }

    private struct Counts
    {
        public long? Total, Succeeded, Failed;

        public readonly BatchRequestCounts? ToCounts() => Total is null && Succeeded is null && Failed is null ? null : new(Total ?? 0, Succeeded ?? 0, Failed ?? 0);
    }
}
