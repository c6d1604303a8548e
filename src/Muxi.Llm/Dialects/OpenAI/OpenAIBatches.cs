using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>OpenAI's batches: their requests stand in a file of JSON lines, their results in two others.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/batches</c>, and OpenAI's guide to batches for the lines of the files, as of 2026-11.</remarks>
public sealed record OpenAIBatches : BatchesDialect, IVerb<BatchCreateRequest, Batch>
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "batches";

    /// <summary>The window that is sent where none is given.</summary>
    public string CompletionWindow { get; init; } = "24h";

    /// <summary>What the service calls an endpoint, where that is not OpenAI's path for it: OpenAI's to its.</summary>
    public ImmutableDictionary<string, string> EndpointNames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The HTTP request that makes a batch.</summary>
    public HttpCall Render(BatchCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, Path)
        {
            Body = JsonOut.ToUtf8(request with { Endpoint = NameOf(request.Endpoint), CompletionWindow = request.CompletionWindow ?? CompletionWindow }, BatchRequestJson.Write), Warnings = request.Warnings,
        };
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Get, new Query(Path).With("limit", request.Limit).With("after", request.After).ToString());
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchRetrieveRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override HttpCall Render(BatchCancelRequest request, CallContext context) => new(HttpMethod.Post, PathOf(request.Id, context) + "/cancel");

    /// <inheritdoc/>
    public override Batch Parse(HttpReply reply, CallContext context) => Named(base.Parse(reply, context));

    /// <inheritdoc/>
    public override Page<Batch> ParsePage(HttpReply reply, CallContext context) => base.ParsePage(reply, context) is var page && EndpointNames.IsEmpty ? page : page with { Data = [.. page.Data.Select(Named)] };

    /// <inheritdoc/>
    public IExchange<Batch> Begin(BatchCreateRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Before(int index) => index == 0 ? default : "\n"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Behind() => "\n"u8;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, BatchLine line)
    {
        json.WriteStartObject();
        json.WriteString("custom_id"u8, line.CustomId);
        json.WriteString("method"u8, "POST"u8);
        json.WriteString("url"u8, NameOf(line.Endpoint).Value);
        json.WritePropertyName("body"u8);
        json.WriteRawValue(line.Body.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override BatchAnswer? Read(ReadOnlyMemory<byte> line)
    {
        var source = line.Span;
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var answer = new BatchAnswer("", BatchOutcome.Succeeded, default);
        while (reader.NextMember())
        {
            if (reader.Is("custom_id"u8)) answer = answer with { CustomId = reader.ReadString(source) ?? "" };
            else if (reader.Is("response"u8) && reader.NextIs(JsonTokenType.StartObject)) answer = ReadResponse(ref reader, line, answer);
            else if (reader.Is("error"u8) && !reader.NextIsNull()) answer = ReadError(ref reader, source, answer);
            else reader.SkipMember();
        }
        return answer.Body.IsEmpty && answer.Message is null ? answer with { Outcome = BatchOutcome.Errored, Message = "the line has neither a reply nor an error" } : answer;
    }

    private BatchEndpoint NameOf(BatchEndpoint endpoint) => EndpointNames.TryGetValue(endpoint.Value, out var name) ? name : endpoint;

    /// <summary>The batch with OpenAI's word for what it asks for.</summary>
    private Batch Named(Batch batch)
    {
        foreach (var (ours, its) in EndpointNames)
            if (batch.Endpoint.Value == its) return batch with { Endpoint = ours };
        return batch;
    }

    private string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "batch_id", context)}";

    private static BatchAnswer ReadResponse(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line, BatchAnswer answer)
    {
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("status_code"u8)) answer = answer with { Status = (int)(reader.ReadLong() ?? 200) };
            else if (reader.Is("request_id"u8)) answer = answer with { RequestId = reader.ReadString(line.Span) is { Length: > 0 } id ? id : null };
            else if (reader.Is("body"u8) && !reader.NextIsNull())
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                answer = answer with { Body = line[start..(int)reader.BytesConsumed] };
            }
            else reader.SkipMember();
        }
        return answer.Status is >= 200 and < 300 ? answer : answer with { Outcome = BatchOutcome.Errored };
    }

    private static BatchAnswer ReadError(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BatchAnswer answer)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return answer with { Outcome = BatchOutcome.Errored, Message = reader.TextOf(source) };
        string? code = null, message = null;
        while (reader.NextMember())
        {
            if (reader.Is("code"u8)) code = reader.ReadString(source);
            else if (reader.Is("message"u8)) message = reader.ReadString(source);
            else reader.SkipMember();
        }
        var outcome = code switch { "batch_expired" => BatchOutcome.Expired, "batch_cancelled" => BatchOutcome.Cancelled, _ => BatchOutcome.Errored };
        return answer with { Outcome = outcome, Code = code, Message = message ?? code ?? "an error without a message" };
    }
}
