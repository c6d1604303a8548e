using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Doubleword, which serves open models.</summary>
    public static Provider Doubleword { get; } = new("doubleword", "https://api.doubleword.ai/v1", Auth.Bearer("DOUBLEWORD_API_KEY"))
    {
        DisplayName = "Doubleword",
        DefaultModel = "Qwen/Qwen3.5-9B",
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "Qwen/Qwen3-Embedding-8B" }.ToImmutableDictionary(),
        Documentation = "https://docs.doubleword.ai",
        Evidence = Evidence.Recorded,
    };
}
