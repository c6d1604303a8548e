using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Mistral's batches, which it calls jobs: their requests stand in a file of JSON lines, each with its name and body alone, and one model answers all of them. Results stand in a file, as
/// OpenAI's do.
/// </summary>
/// <remarks>Source: Mistral's OpenAPI document, <c>/v1/batch/jobs</c>, as its client 2.7.0 has it (November 2026).</remarks>
public sealed record MistralBatches : BatchesDialect, IVerb<BatchCreateRequest, Batch>, IVerb<BatchDeleteRequest, BatchDeleted>
{
    /// <summary>What its path for filling in code is in ours.</summary>
    private const string Fim = "/v1/fim/completions", Completions = "/v1/completions";

    private static readonly OpenAIBatches _lines = new();

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "batch/jobs";

    /// <summary>The HTTP request that makes a batch.</summary>
    public HttpCall Render(BatchCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        foreach (var warning in request.Warnings) warnings.Add(warning.Param, warning.Message);
        if (request.OutputExpiresAfter is not null) warnings.Add("output_expires_after", "left out: the service does not take it");
        var hours = Hours(request.CompletionWindow, context);
        return new(HttpMethod.Post, Path) { Body = JsonOut.ToUtf8((request, hours), static (json, it) => Write(json, it.request, it.hours)), Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Get, new Query(Path).With("page_size", request.Limit).With("page", request.After).ToString());
    }

    /// <inheritdoc/>
    public override HttpCall Render(BatchRetrieveRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override HttpCall Render(BatchCancelRequest request, CallContext context) => new(HttpMethod.Post, PathOf(request.Id, context) + "/cancel");

    /// <inheritdoc/>
    public IExchange<Batch> Begin(BatchCreateRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    IExchange<BatchDeleted> IVerb<BatchDeleteRequest, BatchDeleted>.Begin(BatchDeleteRequest request, CallContext context) =>
        Exchange.Of(() => new HttpCall(HttpMethod.Delete, PathOf(request.Id, context)), _ => new BatchDeleted { Id = request.Id, Deleted = true });

    /// <inheritdoc/>
    public override IExchange<Page<Batch>> Begin(BatchListRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => NumberedPages.Of(ParsePage(reply, context), request.After, request.Limit));

    /// <inheritdoc/>
    public override Batch Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, MistralBatchJson.Read);

    /// <inheritdoc/>
    public override Page<Batch> ParsePage(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, MistralBatchJson.ReadPage);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Before(int index) => _lines.Before(index);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Behind() => _lines.Behind();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, BatchLine line)
    {
        json.WriteStartObject();
        json.WriteString("custom_id"u8, line.CustomId);
        json.WritePropertyName("body"u8);
        json.WriteRawValue(line.Body.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override BatchAnswer? Read(ReadOnlyMemory<byte> line) => _lines.Read(line);

    /// <summary>Our word for a path of its.</summary>
    internal static string EndpointOf(string path) => path == Fim ? Completions : path;

    private string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "batch_id", context)}";

    private static void Write(Utf8JsonWriter json, BatchCreateRequest request, int? hours)
    {
        var members = new MemberWriter(json, request.Extra);
        json.WriteStartObject();
        if (!members.Overrides("input_files"u8))
        {
            json.WriteStartArray("input_files"u8);
            json.WriteStringValue(request.InputFileId);
            json.WriteEndArray();
        }
        members.Text("endpoint"u8, request.Endpoint.Value == Completions ? Fim : request.Endpoint.Value);
        members.Text("model"u8, request.Model);
        members.Number("timeout_hours"u8, hours);
        members.Labels("metadata"u8, request.Metadata);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The hours of a window such as <c>24h</c>.</summary>
    private static int? Hours(string? window, CallContext context)
    {
        if (window is null) return null;
        return window.EndsWith('h') && int.TryParse(window[..^1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var hours) && hours > 0 ? hours
            : throw context.Refuse("completion_window", $"'{window}' is no number of hours such as 24h");
    }
}
