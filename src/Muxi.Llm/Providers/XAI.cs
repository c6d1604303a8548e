using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// xAI. A tool's <c>strict</c> and names of other than user messages are rejected; the reasoning Grok models take no penalties and no stop texts. An effort is refused by all but a
    /// few ("does not support parameter reasoningEffort"), though most of them reason.
    /// </summary>
    public static Provider XAI { get; } = new("xai", "https://api.x.ai/v1", Auth.Bearer("XAI_API_KEY"))
    {
        DisplayName = "xAI",
        DefaultModel = "grok-4.3",
        BaseUrlVariables = ["XAI_API_BASE"],
        Chat = new OpenAIChat { StrictTools = false, NamedRoles = ["user"] }
            .For("grok-4*non-reasoning*", d => d with { EffortField = null })
            // What each takes as an effort stands on its page on reasoning, 2026; 4.5 and 4.6 always reason.
            .For("grok-4.3*", d => Grok(d) with { Efforts = EffortsOf("none", "low", "low", "medium", "high", "high") })
            .For("grok-4.5*", d => Grok(d) with { Efforts = EffortsOf("low", "low", "low", "medium", "high", "high") })
            .For("grok-4.6*", d => Grok(d) with { Efforts = EffortsOf("low", "low", "low", "medium", "high", "xhigh") })
            .For("grok-4.20*", d => Grok(d) with { EffortField = null })
            .For("grok-4.*", Grok)
            .For("grok-4*", d => Grok(d) with { EffortField = null })
            .For("grok-code-fast*", d => Grok(d) with { EffortField = null })
            .For("grok-3-mini*", d => d with { Drops = ["stop"], Efforts = EffortsOf("low", "low", "low", "high", "high", "high") })
            .For("grok-3*", d => d with { EffortField = null })
            .For("grok-2*", d => d with { EffortField = null }),
        // It keeps responses for 30 days; its reference calls these members not supported, there for compatibility alone (2026).
        Responses = new OpenAIStoredResponses { Drops = ["metadata", "service_tier", "truncation"] },
        // Its pages call size and style not supported; aspect_ratio and resolution go as extra members (recorded, 2026).
        Images = new OpenAIImageGeneration { Drops = ["size", "style"] },
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "grok-imagine-image" }.ToImmutableDictionary(),
        Files = new OpenAIFiles { MaxBytes = 50L << 20, AfterField = "pagination_token", NextField = "pagination_token" },
        Documentation = "https://docs.x.ai/docs/api-reference",
        Evidence = Evidence.Recorded,
    };

    private static OpenAIChat Grok(OpenAIChat chat) => chat with { Drops = ["stop", "frequency_penalty", "presence_penalty"] };
}
