using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Tinfoil. What its own clients do besides, to verify the enclave that answers, is not done here.</summary>
    public static Provider Tinfoil { get; } = new("tinfoil", "https://inference.tinfoil.sh/v1", Auth.Bearer("TINFOIL_API_KEY"))
    {
        DisplayName = "Tinfoil",
        DefaultModel = "gpt-oss-120b",
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "nomic-embed-text" }.ToImmutableDictionary(),
        Documentation = "https://docs.tinfoil.sh",
    };
}
