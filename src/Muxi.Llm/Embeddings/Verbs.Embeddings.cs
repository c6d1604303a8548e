namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<EmbeddingRequest, EmbeddingResponse> Embedding = new("embeddings", static (provider, model) => provider.Embeddings?.ForModel(model))
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };
}
