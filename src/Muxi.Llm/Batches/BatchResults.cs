using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The results of a batch on their way back: line by line out of its files, each read by its operation's own format.</summary>
internal sealed class BatchResults(Router router, TimeProvider clock)
{
    /// <summary>Far above the longest result, which holds a few pictures; low enough to stop a file that is no lines.</summary>
    private const int MostLineBytes = 128 << 20;

    /// <summary>All of them, in the service's order.</summary>
    public async IAsyncEnumerable<BatchResult> ReadAsync(Provider provider, Batch batch, RequestOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var open in Sources(provider, batch, options, cancellationToken))
        {
            var content = await open().ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                using var lines = new JsonLinesFramer(MostLineBytes);
                for (int count = -1, number = 0; count != 0;)
                {
                    count = await content.Content.ReadAsync(lines.GetBuffer(), cancellationToken).ConfigureAwait(false);
                    if (count == 0) lines.Complete();
                    else lines.Advance(count);
                    while (Next(lines, provider) is { } line) yield return Read(line, ++number, provider, batch, content.Call);
                }
            }
        }
    }

    /// <summary>A result for each request, in their order; what there is besides stands behind them.</summary>
    public async IAsyncEnumerable<BatchResult> ReadAsync(Provider provider, Batch batch, IEnumerable<BatchRequest> requests, RequestOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var early = new Dictionary<string, BatchResult>();
        var others = new List<BatchResult>();
        var results = ReadAsync(provider, batch, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (results.ConfigureAwait(false))
        {
            foreach (var request in requests)
            {
                BatchResult? found;
                while (!early.Remove(request.CustomId, out found) && await results.MoveNextAsync().ConfigureAwait(false))
                    if (results.Current.CustomId.Length == 0 || !early.TryAdd(results.Current.CustomId, results.Current)) others.Add(results.Current);
                yield return found ?? Missing(request.CustomId, provider, batch);
            }
            while (await results.MoveNextAsync().ConfigureAwait(false)) others.Add(results.Current);
        }
        foreach (var other in early.Values.Concat(others)) yield return other;
    }

    private IEnumerable<Func<Task<FileContent>>> Sources(Provider provider, Batch batch, RequestOptions? options, CancellationToken cancellationToken)
    {
        if (provider.Batches is IContentVerb<BatchResultsRequest>)
        {
            yield return () => router.OpenAsync(Verbs.BatchResults, new(batch.Id), provider, options, cancellationToken);
            yield break;
        }
        if (batch.OutputFileId is { } output) yield return () => router.OpenAsync(Verbs.FileContent, new(output), provider, options, cancellationToken);
        if (batch.ErrorFileId is { } errors) yield return () => router.OpenAsync(Verbs.FileContent, new(errors), provider, options, cancellationToken);
    }

    private static ReadOnlyMemory<byte>? Next(JsonLinesFramer lines, Provider provider)
    {
        try
        {
            return lines.TryRead(out var line) ? line.Data : default(ReadOnlyMemory<byte>?);
        }
        catch (InvalidDataException e)
        {
            throw new ServerException($"{provider.Name}: a line of the batch's results is longer than {MostLineBytes >> 20} MB", e) { Provider = provider.Name, Status = HttpStatusCode.BadGateway };
        }
    }

    private BatchResult Read(ReadOnlyMemory<byte> line, int number, Provider provider, Batch batch, CallRecord? call)
    {
        BatchAnswer? read = null;
        try
        {
            read = provider.Batches!.Read(line);
        }
        catch (JsonException)
        {
            // Told below.
        }
        if (read is not { } answer)
            return new() { CustomId = "", Outcome = BatchOutcome.Errored, Error = new ServerException($"{provider.Name}: the line {number} of the batch's results is not in the form of a result") { Provider = provider.Name, Status = HttpStatusCode.BadGateway } };
        var result = new BatchResult { CustomId = answer.CustomId, Outcome = answer.Outcome, RequestId = answer.RequestId, Raw = RawJson.Trusted(line.Span) };
        var context = new CallContext(provider.Name, ModelOf(answer.Body.Span) ?? batch.Model ?? "", CallIds.Next(clock.GetUtcNow()), clock.GetUtcNow()) { Service = provider };
        if (answer.Outcome != BatchOutcome.Succeeded) return result with { Error = ErrorOf(answer, context) };
        try
        {
            var reply = Parse(new(200, answer.Body), string.IsNullOrEmpty(batch.Endpoint.Value) ? EndpointOf(answer.Body) : batch.Endpoint, provider, context);
            if (reply is not null) reply.Call = call;
            return result with { Reply = reply };
        }
        catch (ApiException e)
        {
            return result with { Outcome = BatchOutcome.Errored, Error = e };
        }
    }

    /// <summary>The reply as its operation's format reads it; null for an operation that has no type here.</summary>
    private static Reply? Parse(HttpReply reply, BatchEndpoint endpoint, Provider provider, CallContext context)
    {
        if (endpoint == BatchEndpoint.ChatCompletions) return provider.Chat?.ForModel(context.Model).Parse(reply, context);
        if (endpoint == BatchEndpoint.Embeddings) return provider.Embeddings?.ForModel(context.Model).Parse(reply, context);
        if (endpoint == BatchEndpoint.Completions) return provider.Completions?.Parse(reply, context);
        if (endpoint == BatchEndpoint.Moderations) return provider.Moderations?.Parse(reply, context);
        if (endpoint == BatchEndpoint.Ocr) return provider.Ocr?.Parse(reply, context);
        if (endpoint == BatchEndpoint.ImageGenerations) return provider.Images?.ForModel(context.Model).Parse(reply, context);
        if (endpoint != BatchEndpoint.Responses || provider.Responses is not { } responses) return null;
        var course = responses.Begin(new ResponseRequest { Model = context.Model }, context);
        course.Next(null);
        return course.Next(reply).Value;
    }

    /// <summary>What was asked for, told by the reply: a batch's own description may leave it out (seen as null, 2025).</summary>
    private static BatchEndpoint EndpointOf(ReadOnlyMemory<byte> body)
    {
        using var reply = JsonDocument.Parse(body);
        return (reply.RootElement.ValueKind == JsonValueKind.Object && reply.RootElement.TryGetProperty("object"u8, out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null) switch
        {
            "chat.completion" => BatchEndpoint.ChatCompletions,
            "text_completion" => BatchEndpoint.Completions,
            "response" => BatchEndpoint.Responses,
            "list" => BatchEndpoint.Embeddings,
            _ => "",
        };
    }

    private static ApiException ErrorOf(in BatchAnswer answer, CallContext context)
    {
        if (answer.Body.IsEmpty) return new($"{context.Provider}: {answer.Message}") { Provider = context.Provider, Model = context.Model.Length == 0 ? null : context.Model, Code = answer.Code, RequestId = answer.RequestId, Status = StatusOf(answer.Outcome) };
        return Errors.Classify(new(answer.Status, answer.Body, default, context.Provider, context.Model.Length == 0 ? null : context.Model, context.Now));
    }

    /// <summary>What became of a request that no line tells of.</summary>
    private static BatchResult Missing(string customId, Provider provider, Batch batch)
    {
        var (outcome, code, message) = batch.Status.Value switch
        {
            "expired" => (BatchOutcome.Expired, "batch_expired", "the batch's time was over before the request's turn came"),
            "cancelled" => (BatchOutcome.Cancelled, "batch_cancelled", "the batch was cancelled before the request's turn came"),
            "failed" => (BatchOutcome.Errored, batch.Errors is [{ Code: { } said }, ..] ? said : "batch_failed", FailureOf(batch)),
            _ => (BatchOutcome.Missing, "batch_result_missing", $"the batch is {batch.Status}, and its results tell nothing of the request"),
        };
        return new() { CustomId = customId, Outcome = outcome, Error = new($"{provider.Name}: {message}") { Provider = provider.Name, Model = batch.Model, Code = code, Status = StatusOf(outcome) } };
    }

    /// <summary>Why a batch as such has failed, in one line.</summary>
    public static string FailureOf(Batch batch) => batch.Errors is [var first, ..]
        ? $"the batch failed: {first.Message ?? first.Code}{(first.Line is { } line ? $" (line {line})" : "")}{(batch.Errors.Count > 1 ? $", and {batch.Errors.Count - 1} more" : "")}"
        : "the batch failed, and the service does not say why";

    private static HttpStatusCode StatusOf(BatchOutcome outcome) => outcome == BatchOutcome.Expired ? HttpStatusCode.RequestTimeout : outcome == BatchOutcome.Cancelled ? HttpStatusCode.Conflict : HttpStatusCode.BadGateway;

    /// <summary>The model that a reply names; null where it names none.</summary>
    private static string? ModelOf(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return null;
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) return reader.ReadString(body);
            reader.SkipMember();
        }
        return null;
    }
}
