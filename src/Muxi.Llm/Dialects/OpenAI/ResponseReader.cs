using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads responses and what else the operation answers with, tolerantly.</summary>
internal static class ResponseReader
{
    /// <summary>Reads a response; null where the bytes hold none: an error's body has neither an output nor the type's name.</summary>
    public static Response? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var response = Read(ref reader, utf8, out var isOne);
        reader.Read();
        return isOne ? response : null;
    }

    /// <summary>Reads the object that the reader stands on.</summary>
    /// <param name="reader">Stands on the object.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="isOne">Whether it is a response by its looks.</param>
    public static Response Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, out bool isOne)
    {
        var response = new Response { Id = "", Model = "" };
        var extra = new ExtraReader();
        isOne = false;
        while (reader.NextMember())
        {
            if (reader.Is("object"u8) && reader.NextIs(JsonTokenType.String)) isOne |= reader.ReadString(source) == response.Object;
            else if (reader.Is("output"u8) && reader.NextIs(JsonTokenType.StartArray))
            {
                response = response with { Output = ResponseItemJson.ReadList(ref reader, source)! };
                isOne = true;
            }
            else if (!ReadMain(ref reader, source, ref response) && !ReadOther(ref reader, source, ref response)) extra.Take(ref reader, source);
        }
        return response with { Extra = extra.ToExtra() };
    }

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Response response)
    {
        if (reader.Is("id"u8)) response = response with { Id = reader.ReadString(source) ?? "" };
        else if (reader.Is("model"u8)) response = response with { Model = reader.ReadString(source) ?? "" };
        else if (reader.Is("created_at"u8)) response = response with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
        else if (reader.Is("completed_at"u8)) response = response with { CompletedAt = FileJson.ReadTime(ref reader) };
        else if (reader.Is("status"u8)) response = response with { Status = reader.ReadString(source) is { Length: > 0 } status ? new ResponseStatus(status) : default(ResponseStatus?) };
        else if (reader.Is("usage"u8)) response = response with { Usage = ResponseUsageJson.Read(ref reader, source) };
        else if (reader.Is("error"u8)) response = response with { Error = ReadError(ref reader, source) };
        else if (reader.Is("incomplete_details"u8)) response = response with { IncompleteDetails = ReadDetails(ref reader, source) };
        else return false;
        return true;
    }

    private static bool ReadOther(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Response response)
    {
        if (reader.Is("instructions"u8)) response = response with { Instructions = reader.ReadRaw(source) };
        else if (reader.Is("previous_response_id"u8)) response = response with { PreviousResponseId = reader.ReadString(source) };
        else if (reader.Is("background"u8)) response = response with { Background = reader.ReadBool() };
        else if (reader.Is("service_tier"u8)) response = response with { ServiceTier = reader.ReadString(source) is { Length: > 0 } tier ? new ServiceTier(tier) : default(ServiceTier?) };
        else if (reader.Is("metadata"u8) && (reader.NextIsNull() || reader.NextIs(JsonTokenType.StartObject))) response = response with { Metadata = RequestReading.Labels(ref reader, source) };
        else return false;
        return true;
    }

    private static ResponseError? ReadError(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.NextIs(JsonTokenType.StartObject)) return reader.ReadString(source) is { } text ? new(null, text) : null;
        reader.EnterObject();
        string? code = null, message = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("code"u8)) code = reader.ReadString(source);
            else if (reader.Is("message"u8)) message = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        return new(code, message ?? "") { Extra = extra.ToExtra() };
    }

    private static ResponseIncompleteDetails? ReadDetails(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? reason = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("reason"u8)) reason = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        return new(reason) { Extra = extra.ToExtra() };
    }

    /// <summary>Reads what was condensed.</summary>
    public static ResponseCompaction? ReadCompaction(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var compaction = new ResponseCompaction { Id = "" };
        List<ResponseItem>? output = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) compaction = compaction with { Id = reader.ReadString(utf8) ?? "" };
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("created_at"u8)) compaction = compaction with { CreatedAt = FileJson.ReadTime(ref reader) ?? 0 };
            else if (reader.Is("output"u8)) output = ResponseItemJson.ReadList(ref reader, utf8);
            else if (reader.Is("usage"u8)) compaction = compaction with { Usage = ResponseUsageJson.Read(ref reader, utf8) };
            else extra.Take(ref reader, utf8);
        }
        return output is null ? null : compaction with { Output = output, Extra = extra.ToExtra() };
    }

    /// <summary>Reads how many tokens an input has.</summary>
    public static ResponseInputTokens? ReadInputTokens(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        long? tokens = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("input_tokens"u8)) tokens = reader.ReadLong();
            else if (reader.Is("object"u8)) reader.SkipMember();
            else extra.Take(ref reader, utf8);
        }
        return tokens is { } count ? new(count) { Extra = extra.ToExtra() } : null;
    }

    /// <summary>Reads what became of a response that was to be deleted.</summary>
    public static ResponseDeleted? ReadDeleted(ReadOnlySpan<byte> utf8) =>
        FileJson.ReadDeleted(utf8) is { } gone ? new() { Id = gone.Id, Deleted = gone.Deleted, Extra = gone.Extra } : ReadWord(utf8);

    /// <summary>A good reply that says nothing but <c>{"message":"..."}</c> (Fireworks); null where it says anything else.</summary>
    private static ResponseDeleted? ReadWord(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var extra = Extra.Trusted(JsonReading.WithoutMark(utf8).ToArray());
        return extra.Names is ["message"] ? new() { Id = "", Deleted = true, Extra = extra } : null;
    }

    /// <summary>Reads a page of items.</summary>
    public static Page<ResponseItem>? ReadPage(ReadOnlySpan<byte> utf8) => PageJson.Read<ResponseItem>(utf8, ResponseItemJson.ReadList, static item => item.Id);
}
