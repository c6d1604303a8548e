namespace Muxi.Llm;

/// <summary>A wire format of embeddings.</summary>
public abstract record EmbeddingsDialect : VariedDialect<EmbeddingsDialect>, IVerb<EmbeddingRequest, EmbeddingResponse>
{
    /// <summary>How many texts the service takes in one request; more are sent in several.</summary>
    public int MaxInputs { get; init; } = 2048;

    /// <summary>The HTTP request for a request for embeddings.</summary>
    public abstract HttpCall Render(EmbeddingRequest request, CallContext context);

    /// <summary>The reply in an HTTP reply that is there whole.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract EmbeddingResponse Parse(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public abstract IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context);
}
