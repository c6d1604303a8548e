using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Anthropic's message batches: the requests themselves are sent, all in one body, and the results are read as JSON lines. The address that a batch names for them is not followed: they
/// stand at the same service, and that is where they are asked for.
/// </summary>
/// <remarks>Source: <c>/v1/messages/batches</c> of Anthropic's API reference, as of 2026-11.</remarks>
public sealed record AnthropicBatches : BatchesDialect, IVerb<BatchSubmitRequest, Batch>, IVerb<BatchDeleteRequest, BatchDeleted>, IContentVerb<BatchResultsRequest>
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "messages/batches";

    /// <summary>The HTTP request that makes a batch.</summary>
    public HttpCall Render(BatchSubmitRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, Path) { File = request.Body, AddedHeaders = request.Headers, Warnings = request.Warnings };
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Get, new Query(Path).With("limit", request.Limit).With("after_id", request.After).ToString());
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchRetrieveRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override HttpCall Render(BatchCancelRequest request, CallContext context) => new(HttpMethod.Post, PathOf(request.Id, context) + "/cancel");

    /// <summary>The HTTP request that deletes a batch; one that is under way must be stopped before.</summary>
    public HttpCall Render(BatchDeleteRequest request, CallContext context) => new(HttpMethod.Delete, PathOf(request.Id, context));

    /// <summary>The HTTP request for the results.</summary>
    public HttpCall Render(BatchResultsRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context) + "/results");

    /// <summary>Whatever comes with a good status are the results, but for a page of HTML: that is what stands between us and the service.</summary>
    public bool Accepts(BatchResultsRequest request, ReplyHeaders headers) => headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>What became of a batch that was to be deleted.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public BatchDeleted ParseDeleted(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, ReadDeleted);

    /// <inheritdoc/>
    public IExchange<Batch> Begin(BatchSubmitRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public IExchange<BatchDeleted> Begin(BatchDeleteRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => ParseDeleted(reply, context));

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Before(int index) => index == 0 ? "{\"requests\":["u8 : ","u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Behind() => "]}"u8;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, BatchLine line)
    {
        json.WriteStartObject();
        json.WriteString("custom_id"u8, line.CustomId);
        json.WritePropertyName("params"u8);
        json.WriteRawValue(line.Body.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override BatchAnswer? Read(ReadOnlyMemory<byte> line)
    {
        var source = line.Span;
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var (id, answer) = ("", default(BatchAnswer?));
        while (reader.NextMember())
        {
            if (reader.Is("custom_id"u8)) id = reader.ReadString(source) ?? "";
            else if (reader.Is("result"u8) && reader.NextIs(JsonTokenType.StartObject)) answer = ReadResult(ref reader, line);
            else reader.SkipMember();
        }
        return answer is { } read ? read with { CustomId = id } : new BatchAnswer(id, BatchOutcome.Errored, default) { Message = "the line has no result" };
    }

    private string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "batch_id", context)}";

    private static BatchAnswer ReadResult(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        string? type = null;
        ReadOnlyMemory<byte> body = default;
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(line.Span);
            else if (reader.Is("message"u8) || reader.Is("error"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                body = line[start..(int)reader.BytesConsumed];
            }
            else reader.SkipMember();
        }
        return type switch
        {
            "succeeded" => new("", BatchOutcome.Succeeded, body),
            "errored" => new("", BatchOutcome.Errored, body),
            "canceled" => new("", BatchOutcome.Cancelled, default) { Code = "batch_cancelled", Message = "the batch was cancelled before the request's turn came" },
            "expired" => new("", BatchOutcome.Expired, default) { Code = "batch_expired", Message = "the batch's time was over before the request's turn came" },
            _ => new("", type ?? "", default) { Message = $"the result is of the unknown type '{type}'" },
        };
    }

    private static BatchDeleted? ReadDeleted(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, type = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(utf8);
            else if (reader.Is("type"u8)) type = reader.ReadString(utf8);
            else extra.Take(ref reader, utf8);
        }
        return id is null || type == "error" ? null : new() { Id = id, Deleted = true, Extra = extra.ToExtra() };
    }
}
