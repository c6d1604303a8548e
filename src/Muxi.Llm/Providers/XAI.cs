using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>xAI. A tool's <c>strict</c> and names of other than user messages are rejected; the reasoning Grok models take no penalties and no stop texts.</summary>
    public static Provider XAI { get; } = new("xai", "https://api.x.ai/v1", Auth.Bearer("XAI_API_KEY"))
    {
        DisplayName = "xAI",
        DefaultModel = "grok-4.3",
        BaseUrlVariables = ["XAI_API_BASE"],
        Chat = new OpenAIChat { StrictTools = false, NamedRoles = ["user"] }
            .For("grok-4*non-reasoning*", d => d)
            .For("grok-4*", d => d with { Drops = ["stop", "frequency_penalty", "presence_penalty"] })
            .For("grok-code-fast*", d => d with { Drops = ["stop", "frequency_penalty", "presence_penalty"] })
            .For("grok-3-mini*", d => d with { Drops = ["stop"] }),
        // It keeps responses for 30 days; its reference calls these members not supported, there for compatibility alone (2026).
        Responses = new OpenAIStoredResponses { Drops = ["metadata", "service_tier", "truncation"] },
        // Its pages call size and style not supported; aspect_ratio and resolution go as extra members (recorded, 2026).
        Images = new OpenAIImageGeneration { Drops = ["size", "style"] },
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "grok-imagine-image" }.ToImmutableDictionary(),
        Files = new OpenAIFiles { MaxBytes = 50L << 20, AfterField = "pagination_token", NextField = "pagination_token" },
        Documentation = "https://docs.x.ai/docs/api-reference",
        Evidence = Evidence.Recorded,
    };
}
