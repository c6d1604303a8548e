namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<EmbeddingRequest, EmbeddingResponse> Embedding = new("embeddings", static (provider, _) => provider.Embeddings)
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };
}
