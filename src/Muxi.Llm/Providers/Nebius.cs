using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Nebius Token Factory, AI Studio before.</summary>
    public static Provider Nebius { get; } = new("nebius", "https://api.tokenfactory.nebius.com/v1", Auth.Bearer("NEBIUS_API_KEY"))
    {
        DisplayName = "Nebius Token Factory",
        DefaultModel = "meta-llama/Llama-3.3-70B-Instruct",
        BaseUrlVariables = ["NEBIUS_API_BASE"],
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Images = new OpenAIImageGeneration(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "Qwen/Qwen3-Embedding-8B" }.ToImmutableDictionary(),
        Documentation = "https://docs.tokenfactory.nebius.com/api-reference/introduction",
    };
}
