namespace Muxi.Llm;

/// <summary>A wire format of embeddings.</summary>
public abstract record EmbeddingsDialect : Dialect, IVerb<EmbeddingRequest, EmbeddingResponse>
{
    /// <summary>How many texts the service takes in one request; more are sent in several.</summary>
    public int MaxInputs { get; init; } = 2048;

    /// <inheritdoc/>
    public abstract IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context);
}
