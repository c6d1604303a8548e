using System.Net;

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

    /// <summary>The reply, which must have an embedding for each text.</summary>
    /// <param name="response">What was read.</param>
    /// <param name="texts">How many texts were to be embedded; null where that is not known.</param>
    /// <param name="context">The call's surroundings.</param>
    private protected static EmbeddingResponse Counted(EmbeddingResponse response, int? texts, CallContext context)
    {
        if (texts is null || response.Data.Count == texts) return response;
        throw new ServerException($"{context.Provider}: the reply has {response.Data.Count} embeddings, and {texts} were asked for") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };
    }

    /// <inheritdoc/>
    public abstract IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context);
}
