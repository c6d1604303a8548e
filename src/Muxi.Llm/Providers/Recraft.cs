using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Recraft, which makes pictures and nothing else; what OpenAI has no word for (<c>style_id</c>, <c>controls</c>) goes as an extra member.</summary>
    public static Provider Recraft { get; } = new("recraft", "https://external.api.recraft.ai/v1", Auth.Bearer("RECRAFT_API_TOKEN"))
    {
        DisplayName = "Recraft",
        Models = null,
        Images = new OpenAIImageGeneration { MaxN = 6 },
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "recraftv4_1" }.ToImmutableDictionary(),
        Documentation = "https://www.recraft.ai/docs/api-reference/endpoints",
        Evidence = Evidence.VendorsPage,
    };
}
