using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// OpenAI's embeddings. The numbers are asked for as base64, which is decoded while it comes, straight into the vectors; lists of numbers are taken as well, as services
/// give them that do not look at what is asked.
/// </summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /embeddings</c>.</remarks>
public sealed record OpenAIEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "embeddings";

    /// <summary>Whether base64 may be asked for; where not, nothing is said of the form unless the caller does.</summary>
    public bool Base64 { get; init; } = true;

    /// <summary>The member for how many numbers there are to be; null where the models have one size only: then it is left out, with a warning.</summary>
    public string? DimensionsField { get; init; } = "dimensions";

    /// <summary>The member for the form of the numbers; null where there is one form only.</summary>
    public string? FormatField { get; init; } = "encoding_format";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Members that the service must be told and that OpenAI's format lacks: what is sent where the caller's further ones do not say otherwise, e.g. <c>input_type</c> as <c>passage</c>.</summary>
    public ImmutableDictionary<string, string> Defaults { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context) => EmbeddingRequestJson.Render(this, request, context);

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context)
    {
        var read = new EmbeddingReply();
        read.Take(reply.Body.Span, isEnd: true);
        return read.ToResponse(reply, null, context);
    }

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => new EmbeddingExchange(this, request, context);

    /// <summary>One request, whose reply is read while it comes.</summary>
    private sealed class EmbeddingExchange(OpenAIEmbeddings quirks, EmbeddingRequest request, CallContext context) : IExchange<EmbeddingResponse>
    {
        private readonly EmbeddingReply _reply = new();

        public IBodyReader? BodyReader => _reply;

        public Step<EmbeddingResponse> Next(HttpReply? reply) => reply is { } got
            ? Step<EmbeddingResponse>.Done(_reply.ToResponse(got, request.Extra.Holds("input"u8) ? null : request.Input.Count, context))
            : Step<EmbeddingResponse>.Send(quirks.Render(request, context));
    }
}
