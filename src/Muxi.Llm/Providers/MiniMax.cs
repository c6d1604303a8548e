using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>MiniMax, by its endpoint of Anthropic's format, which alone keeps thinking apart from text. Thinking goes back whole; its signatures are its own.</summary>
    public static Provider MiniMax { get; } = new("minimax", "https://api.minimax.io/anthropic/v1", Auth.Key("x-api-key", "MINIMAX_API_KEY"))
    {
        DisplayName = "MiniMax",
        DefaultModel = "MiniMax-M2.7",
        BaseUrlVariables = ["MINIMAX_API_BASE"],
        BaseUrlSuffix = "/v1",
        Models = null,
        Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-06-01" }.ToImmutableDictionary(),
        Chat = new AnthropicMessages { BlockFormat = "minimax-messages", UnsignedThinking = true, ThinkingOff = null, Drops = ["stop_sequences", "service_tier"] },
        Documentation = "https://platform.minimax.io/docs/api-reference/text-anthropic-api",
        Evidence = Evidence.VendorsPage,
    };
}
