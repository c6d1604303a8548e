using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Jina AI: embeddings and rerankers of texts and pictures, no chat. <c>task</c>, <c>late_chunking</c> and <c>normalized</c> go as further members.</summary>
    public static Provider Jina { get; } = new("jina", "https://api.jina.ai/v1", Auth.Bearer("JINA_API_KEY", "JINA_AI_API_KEY", "JINAAI_API_KEY"))
    {
        DisplayName = "Jina AI",
        Aliases = ["jina_ai", "jinaai"],
        BaseUrlVariables = ["JINA_API_BASE"],
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "jina-embeddings-v3", [Operations.Rerank] = "jina-reranker-v2-base-multilingual" }.ToImmutableDictionary(),
        Embeddings = new OpenAIEmbeddings { Base64 = false, Renames = new Dictionary<string, string> { ["encoding_format"] = "embedding_type" }.ToImmutableDictionary(), Drops = ["user"] },
        Rerank = new CohereRerank { MaxTokensField = null },
        Models = null,
        Evidence = Evidence.VendorsPage,
        Documentation = "https://api.jina.ai/redoc",
    };
}
