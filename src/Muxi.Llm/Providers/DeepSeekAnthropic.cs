using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>DeepSeek by its endpoint of Anthropic's format. It ignores budgets (its models take the efforts high and max) and marks for the cache.</summary>
    public static Provider DeepSeekAnthropic { get; } = new("deepseek-anthropic", "https://api.deepseek.com/anthropic/v1", Auth.Key("x-api-key", "DEEPSEEK_API_KEY"))
    {
        DisplayName = "DeepSeek (Anthropic's format)",
        DefaultModel = "deepseek-v4-flash",
        BaseUrlSuffix = "/v1",
        Models = null,
        Chat = new AnthropicMessages { BlockFormat = "deepseek-messages", UnsignedThinking = true, Efforts = ["high", "max"], MaxTemperature = 2, Drops = ["service_tier"] },
        Documentation = "https://api-docs.deepseek.com/guides/anthropic_api",
        Evidence = Evidence.VendorsPage,
    };
}
