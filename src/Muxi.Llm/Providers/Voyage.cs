using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Voyage AI: embeddings and rerankers, no chat. <c>input_type</c>, <c>truncation</c> and <c>output_dtype</c> go as further members.</summary>
    public static Provider Voyage { get; } = new("voyage", "https://api.voyageai.com/v1", Auth.Bearer("VOYAGE_API_KEY", "VOYAGEAI_API_KEY"))
    {
        DisplayName = "Voyage AI",
        Aliases = ["voyageai"],
        BaseUrlVariables = ["VOYAGE_API_BASE"],
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "voyage-3.5", [Operations.Rerank] = "rerank-2.5" }.ToImmutableDictionary(),
        Embeddings = new OpenAIEmbeddings { MaxInputs = 1000, Renames = new Dictionary<string, string> { ["dimensions"] = "output_dimension" }.ToImmutableDictionary(), Drops = ["user"] },
        // What is wished for beside the query is said in the query there.
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, TopField = "top_k", MaxTokensField = null },
        Models = null,
        Evidence = Evidence.Recorded,
        Documentation = "https://docs.voyageai.com/reference/embeddings-api",
    };
}
