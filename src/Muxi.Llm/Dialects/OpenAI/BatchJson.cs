using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Batches as JSON. OpenAI's form, Anthropic's (told by its <c>processing_status</c>) and Together's (a new one within <c>job</c>, words in capitals, lists bare) are read; written is
/// OpenAI's.
/// </summary>
internal static class BatchJson
{
    public static Batch? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        return reader.Read() ? Read(ref reader, utf8) ?? ReadWithin(utf8) : null;
    }

    /// <summary>The batch in <c>{"job":{...},"warning":"..."}</c>; null where there is none.</summary>
    private static Batch? ReadWithin(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.NextMember())
        {
            if (!reader.Is("job"u8) || !reader.NextIs(JsonTokenType.StartObject))
            {
                reader.SkipMember();
                continue;
            }
            reader.Read();
            return Read(ref reader, utf8);
        }
        return null;
    }

    /// <summary>Reads the value that the reader stands on; null when it is no object or has no id.</summary>
    public static Batch? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var batch = new Batch { Id = "" };
        var (isError, tally) = (false, default(MessageBatchTally));
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (ReadMain(ref reader, source, ref batch) || ReadTime(ref reader, ref batch) || ReadParts(ref reader, source, ref batch, ref tally)) continue;
            isError |= reader.Is("error"u8) && reader.NextIs(JsonTokenType.StartObject);
            tally.Take(reader, source);
            extra.Take(ref reader, source);
        }
        if (batch.Id.Length == 0 || isError) return null;
        batch = batch with { Extra = extra.ToExtra() };
        return tally.Status is null ? batch : tally.Over(batch);
    }

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Batch batch)
    {
        if (reader.Is("id"u8)) batch = batch with { Id = reader.ReadString(source) ?? "" };
        else if (reader.Is("object"u8) || (reader.Is("type"u8) && reader.NextIs(JsonTokenType.String))) reader.SkipMember();
        else if (reader.Is("endpoint"u8)) batch = batch with { Endpoint = reader.ReadString(source) ?? "" };
        else if (reader.Is("model"u8)) batch = batch with { Model = Text(ref reader, source) };
        else if (reader.Is("status"u8)) batch = batch with { Status = Status(reader.ReadString(source) ?? "") };
        else if (reader.Is("input_file_id"u8)) batch = batch with { InputFileId = Text(ref reader, source) };
        else if (reader.Is("output_file_id"u8)) batch = batch with { OutputFileId = Text(ref reader, source) };
        else if (reader.Is("error_file_id"u8)) batch = batch with { ErrorFileId = Text(ref reader, source) };
        else if (reader.Is("completion_window"u8)) batch = batch with { CompletionWindow = Text(ref reader, source) };
        else return false;
        return true;
    }

    private static bool ReadTime(ref Utf8JsonReader reader, ref Batch batch)
    {
        if (reader.Is("created_at"u8)) batch = batch with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
        else if (reader.Is("in_progress_at"u8)) batch = batch with { InProgressAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("expires_at"u8)) batch = batch with { ExpiresAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("finalizing_at"u8)) batch = batch with { FinalizingAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("completed_at"u8)) batch = batch with { CompletedAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("failed_at"u8)) batch = batch with { FailedAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("expired_at"u8)) batch = batch with { ExpiredAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("cancelling_at"u8)) batch = batch with { CancellingAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("cancelled_at"u8)) batch = batch with { CancelledAt = FileJson.ReadTime(ref reader) };
        else return false;
        return true;
    }

    private static bool ReadParts(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Batch batch, ref MessageBatchTally tally)
    {
        if (reader.Is("request_counts"u8)) batch = batch with { RequestCounts = ReadCounts(ref reader, source, ref tally) };
        else if (reader.Is("errors"u8)) batch = batch with { Errors = ReadErrors(ref reader, source) };
        else if (reader.Is("metadata"u8)) batch = batch with { Metadata = ReadMetadata(ref reader, source) };
        else if (reader.Is("usage"u8)) batch = batch with { Usage = ResponseUsageJson.Read(ref reader, source) };
        else return false;
        return true;
    }

    public static Page<Batch>? ReadPage(ReadOnlySpan<byte> utf8) => PageJson.Read<Batch>(utf8, ReadList, static batch => batch.Id);

    public static void Write(Utf8JsonWriter json, Batch batch)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, batch.Id);
        json.WriteString("object"u8, batch.Object);
        json.WriteString("endpoint"u8, batch.Endpoint.ToString());
        if (batch.Model is { } model) json.WriteString("model"u8, model);
        if (batch.Errors.Count > 0) Write(json, batch.Errors);
        // A client in the manner of OpenAI's takes it for given; a service without files has none.
        json.WriteString("input_file_id"u8, batch.InputFileId ?? "");
        json.WriteString("completion_window"u8, batch.CompletionWindow ?? "24h");
        json.WriteString("status"u8, batch.Status.ToString());
        if (batch.OutputFileId is { } output) json.WriteString("output_file_id"u8, output);
        if (batch.ErrorFileId is { } errors) json.WriteString("error_file_id"u8, errors);
        json.WriteNumber("created_at"u8, batch.CreatedAt);
        Time(json, "in_progress_at"u8, batch.InProgressAt);
        Time(json, "expires_at"u8, batch.ExpiresAt);
        Time(json, "finalizing_at"u8, batch.FinalizingAt);
        Time(json, "completed_at"u8, batch.CompletedAt);
        Time(json, "failed_at"u8, batch.FailedAt);
        Time(json, "expired_at"u8, batch.ExpiredAt);
        Time(json, "cancelling_at"u8, batch.CancellingAt);
        Time(json, "cancelled_at"u8, batch.CancelledAt);
        if (batch.RequestCounts is { } counts) Write(json, counts);
        if (batch.Usage is { } usage) ResponseUsageJson.Write(json, usage);
        new MemberWriter(json, batch.Extra).Labels("metadata"u8, batch.Metadata);
        batch.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Page<Batch> page)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var batch in page.Data) Write(json, batch);
        json.WriteEndArray();
        if ((page.FirstId ?? (page.Data is [var begin, ..] ? begin.Id : null)) is { } first) json.WriteString("first_id"u8, first);
        if ((page.LastId ?? (page.Data is [.., var end] ? end.Id : null)) is { } last) json.WriteString("last_id"u8, last);
        json.WriteBoolean("has_more"u8, page.HasMore);
        page.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, BatchDeleted batch)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, batch.Id);
        json.WriteString("object"u8, "batch"u8);
        json.WriteBoolean("deleted"u8, batch.Deleted);
        batch.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static string Status(string word)
    {
        if (!word.AsSpan().ContainsAnyInRange('A', 'Z')) return word;
        return word.ToLowerInvariant() is var small && small is "canceling" ? "cancelling" : small;
    }

    private static string? Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> source) => reader.ReadString(source) is { Length: > 0 } text ? text : null;

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? seconds)
    {
        if (seconds is { } time) json.WriteNumber(name, time);
    }

    private static void Write(Utf8JsonWriter json, BatchRequestCounts counts)
    {
        json.WriteStartObject("request_counts"u8);
        json.WriteNumber("total"u8, counts.Total);
        json.WriteNumber("completed"u8, counts.Completed);
        json.WriteNumber("failed"u8, counts.Failed);
        counts.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<BatchError> errors)
    {
        json.WriteStartObject("errors"u8);
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var error in errors)
        {
            json.WriteStartObject();
            if (error.Code is { } code) json.WriteString("code"u8, code);
            if (error.Message is { } message) json.WriteString("message"u8, message);
            if (error.Param is { } param) json.WriteString("param"u8, param);
            if (error.Line is { } line) json.WriteNumber("line"u8, line);
            error.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static List<Batch>? ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var batches = new List<Batch>();
        while (reader.NextItem())
            if (Read(ref reader, source) is { } batch) batches.Add(batch);
        return batches;
    }

    private static BatchRequestCounts? ReadCounts(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref MessageBatchTally tally)
    {
        if (!reader.EnterObject()) return null;
        long total = 0, completed = 0, failed = 0;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("total"u8)) total = reader.ReadLong() ?? 0;
            else if (reader.Is("completed"u8)) completed = reader.ReadLong() ?? 0;
            else if (reader.Is("failed"u8)) failed = reader.ReadLong() ?? 0;
            else
            {
                tally.Count(reader);
                extra.Take(ref reader, source);
            }
        }
        return new(total, completed, failed) { Extra = extra.ToExtra() };
    }

    private static IReadOnlyList<BatchError> ReadErrors(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var errors = new List<BatchError>();
        if (!reader.EnterObject()) return errors;
        while (reader.NextMember())
        {
            if (!reader.Is("data"u8) || !reader.NextIs(JsonTokenType.StartArray))
            {
                reader.SkipMember();
                continue;
            }
            reader.Read();
            while (reader.NextItem())
                if (reader.TokenType == JsonTokenType.StartObject) errors.Add(ReadError(ref reader, source));
                else reader.Skip();
        }
        return errors;
    }

    private static BatchError ReadError(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var error = new BatchError();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("code"u8)) error = error with { Code = reader.ReadString(source) };
            else if (reader.Is("message"u8)) error = error with { Message = reader.ReadString(source) };
            else if (reader.Is("param"u8)) error = error with { Param = reader.ReadString(source) };
            else if (reader.Is("line"u8)) error = error with { Line = reader.ReadLong() };
            else extra.Take(ref reader, source);
        }
        return error with { Extra = extra.ToExtra() };
    }

    private static Dictionary<string, string>? ReadMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        var metadata = new Dictionary<string, string>();
        while (reader.NextMember())
        {
            var name = reader.Text();
            metadata[name] = reader.ReadString(source) ?? "";
        }
        return metadata;
    }
}
