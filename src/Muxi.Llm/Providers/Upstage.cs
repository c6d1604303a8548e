using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Upstage and its Solar models; a text is embedded as a query or as a passage, each with a model of its own.</summary>
    public static Provider Upstage { get; } = new("upstage", "https://api.upstage.ai/v1", Auth.Bearer("UPSTAGE_API_KEY"))
    {
        DisplayName = "Upstage",
        DefaultModel = "solar-pro3",
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "embedding-query" }.ToImmutableDictionary(),
        Documentation = "https://console.upstage.ai/docs",
        Evidence = Evidence.VendorsPage,
    };
}
