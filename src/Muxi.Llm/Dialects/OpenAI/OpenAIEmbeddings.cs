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

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Request members that the service knows by another name, e.g. <c>dimensions</c> as <c>output_dimension</c>.</summary>
    public ImmutableDictionary<string, string> Renames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Whether the numbers come as the base64 of small ones alone: of signed bytes (<c>base64_int8</c>), which is asked for, or of single bits (<c>base64_binary</c>), where the caller
    /// does; a bit becomes 1 or -1, the first of a byte being its highest.
    /// </summary>
    public bool SmallNumbers { get; init; }

    /// <summary>Members that the service must be told and that OpenAI's format lacks: what is sent where the caller's further ones do not say otherwise, e.g. <c>input_type</c> as <c>passage</c>.</summary>
    public ImmutableDictionary<string, string> Defaults { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context) => EmbeddingRequestJson.Render(this, request, context);

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context)
    {
        var read = new EmbeddingReply { Form = SmallNumbers ? VectorForm.Bytes : VectorForm.Floats };
        read.Take(reply.Body.Span, isEnd: true);
        return read.ToResponse(reply, null, context);
    }

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => new EmbeddingExchange(this, request, context);

    /// <summary>One request, whose reply is read while it comes.</summary>
    private sealed class EmbeddingExchange(OpenAIEmbeddings quirks, EmbeddingRequest request, CallContext context) : IExchange<EmbeddingResponse>
    {
        private readonly EmbeddingReply _reply = new() { Form = !quirks.SmallNumbers ? VectorForm.Floats : request.EncodingFormat?.Value == EmbeddingRequestJson.Bits ? VectorForm.Bits : VectorForm.Bytes };

        public IBodyReader? BodyReader => _reply;

        public Step<EmbeddingResponse> Next(HttpReply? reply) => reply is { } got
            ? Step<EmbeddingResponse>.Done(_reply.ToResponse(got, request.Extra.Holds("input"u8) ? null : request.Input.Count, context))
            : Step<EmbeddingResponse>.Send(quirks.Render(request, context));
    }
}
