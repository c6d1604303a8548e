using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>OpenAI's responses at a service that makes them, whole and streamed, and gives none of them back afterwards.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /responses</c>.</remarks>
public record OpenAIResponseCreation : ResponsesDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "responses";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Whether every message of the input must say that it is one (<c>"type": "message"</c>), which may be left out at OpenAI.</summary>
    public bool TypedMessages { get; init; }

    /// <summary>The member in which the form of an answer is asked for, in chat's shape (<c>response_format</c>); null for <c>text.format</c>.</summary>
    public string? FormatField { get; init; }

    /// <summary>Whether it goes on from a response that it made before.</summary>
    public bool PreviousResponses { get; init; }

    /// <summary>Whether it makes responses in the background.</summary>
    public bool Background { get; init; }

    /// <summary>Whether the model's reasoning can be asked for, sealed (<c>reasoning.encrypted_content</c>).</summary>
    public bool EncryptedReasoning { get; init; } = true;

    /// <summary>The largest request that the service takes, in bytes; 0 where it does not say.</summary>
    public long MaxRequestBytes { get; init; }

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override IExchange<Response> Begin(ResponseRequest request, CallContext context) =>
        Exchange.Of(() => Checked(request, context, stream: false), reply => Made(reply, request, context));

    /// <inheritdoc/>
    public override HttpCall Render(ResponseRequest request, CallContext context) => Checked(request, context, stream: true);

    /// <inheritdoc/>
    public override IFold<ResponseStreamEvent> Fold(ResponseRequest request, CallContext context) => new ResponseStreamFold(context);

    /// <summary>The response in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public Response Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, ResponseReader.Read);

    /// <summary>What was made: one that failed is an error like any other, unless it is made in the background, where it is looked at later.</summary>
    private Response Made(HttpReply reply, ResponseRequest request, CallContext context)
    {
        var response = Parse(reply, context);
        return response.Status == ResponseStatus.Failed && request.Background != true ? throw context.Error(reply) : response;
    }

    private HttpCall Checked(ResponseRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!PreviousResponses && request.PreviousResponseId is { } previous)
            throw context.Refuse("previous_response_id", $"it keeps no responses, so none can go on from '{previous}': send what was said before as input");
        if (!Background && request.Background == true) throw context.Refuse("background", "it makes nothing in the background: leave 'background' out");
        return ResponseRequestWriter.Render(this, request, context, stream);
    }
}

/// <summary>OpenAI's responses at a service that keeps them: they can be gone on from, looked at and deleted.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/responses/{response_id}</c>.</remarks>
public record OpenAIStoredResponses : OpenAIResponseCreation, IVerb<ResponseRetrieveRequest, Response>, IVerb<ResponseDeleteRequest, ResponseDeleted>
{
    /// <summary>As OpenAI does it.</summary>
    public OpenAIStoredResponses() => PreviousResponses = true;

    IExchange<Response> IVerb<ResponseRetrieveRequest, Response>.Begin(ResponseRetrieveRequest request, CallContext context) =>
        Exchange.Of(() => Retrieve(request, context, stream: false), reply => Parse(reply, context));

    IExchange<ResponseDeleted> IVerb<ResponseDeleteRequest, ResponseDeleted>.Begin(ResponseDeleteRequest request, CallContext context) =>
        Exchange.Of(() => new(HttpMethod.Delete, PathOf(request.Id, context)), reply => Gone(reply, request.Id, context));

    /// <summary>A reply without a body, or without an id, is about what was asked for.</summary>
    private static ResponseDeleted Gone(HttpReply reply, string id, CallContext context)
    {
        if (reply.Body.Span.Trim(" \t\r\n"u8).IsEmpty) return new() { Id = id, Deleted = true };
        var gone = FileJson.Parse(reply, context, ResponseReader.ReadDeleted);
        return gone.Id.Length > 0 ? gone : gone with { Id = id };
    }

    private protected HttpCall Retrieve(ResponseRetrieveRequest request, CallContext context, bool stream)
    {
        var query = new Query(PathOf(request.Id, context)).With("include[]", request.Include);
        if (stream)
            query.With("stream", "true").With("starting_after", request.StartingAfter).With("include_obfuscation", request.IncludeObfuscation is { } padded ? padded ? "true" : "false" : null);
        return new(HttpMethod.Get, query.ToString());
    }

    /// <summary>The path of one response.</summary>
    private protected string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "response_id", context)}";
}

/// <summary>OpenAI's responses, whole: made, looked at, taken up again, stopped, deleted, and what they were made from; besides the count of an input's tokens, and condensing.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/responses</c> and what is below it.</remarks>
public sealed record OpenAIResponses : OpenAIStoredResponses, IVerb<ResponseCancelRequest, Response>, IVerb<ResponseInputItemsRequest, Page<ResponseItem>>,
    IStreamVerb<ResponseRetrieveRequest, ResponseStreamEvent>, IVerb<ResponseRequest, ResponseInputTokens>, IVerb<ResponseRequest, ResponseCompaction>
{
    /// <summary>How many items a page may hold at most; 0 where the service does not say.</summary>
    public int MaxLimit { get; init; } = 100;

    /// <summary>As OpenAI does it.</summary>
    public OpenAIResponses() => Background = true;

    IExchange<Response> IVerb<ResponseCancelRequest, Response>.Begin(ResponseCancelRequest request, CallContext context) =>
        Exchange.Of(() => new(HttpMethod.Post, PathOf(request.Id, context) + "/cancel"), reply => Parse(reply, context));

    IExchange<Page<ResponseItem>> IVerb<ResponseInputItemsRequest, Page<ResponseItem>>.Begin(ResponseInputItemsRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => FileJson.Parse(reply, context, ResponseReader.ReadPage));

    HttpCall IStreamVerb<ResponseRetrieveRequest, ResponseStreamEvent>.Render(ResponseRetrieveRequest request, CallContext context) => Retrieve(request, context, stream: true);

    IFold<ResponseStreamEvent> IStreamVerb<ResponseRetrieveRequest, ResponseStreamEvent>.Fold(ResponseRetrieveRequest request, CallContext context) => new ResponseStreamFold(context);

    IExchange<ResponseInputTokens> IVerb<ResponseRequest, ResponseInputTokens>.Begin(ResponseRequest request, CallContext context) => Exchange.Of(
        () => ResponseRequestWriter.RenderPart($"{Path}/input_tokens", request, context, ResponseRequestWriter.WriteCounted), reply => FileJson.Parse(reply, context, ResponseReader.ReadInputTokens));

    IExchange<ResponseCompaction> IVerb<ResponseRequest, ResponseCompaction>.Begin(ResponseRequest request, CallContext context) => Exchange.Of(
        () => ResponseRequestWriter.RenderPart($"{Path}/compact", request, context, ResponseRequestWriter.WriteCompacted), reply => FileJson.Parse(reply, context, ResponseReader.ReadCompaction));

    private HttpCall Render(ResponseInputItemsRequest request, CallContext context)
    {
        if (MaxLimit > 0 && request.Limit > MaxLimit) throw context.Refuse("limit", $"a page may hold {MaxLimit} items at most, not {request.Limit}");
        var query = new Query(PathOf(request.Id, context) + "/input_items")
            .With("limit", request.Limit).With("order", request.Order?.Value).With("after", request.After).With("include[]", request.Include);
        return new(HttpMethod.Get, query.ToString());
    }
}
