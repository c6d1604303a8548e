namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Moonshot's Kimi models by the endpoint of Anthropic's format.</summary>
    public static Provider MoonshotAnthropic { get; } = new("moonshot-anthropic", "https://api.moonshot.ai/anthropic/v1", Auth.Bearer("MOONSHOT_API_KEY", "MOONSHOTAI_API_KEY"))
    {
        DisplayName = "Moonshot AI (Anthropic's format)",
        DefaultModel = "kimi-k2.6",
        BaseUrlSuffix = "/v1",
        Models = null,
        Chat = new AnthropicMessages { BlockFormat = "moonshot-messages", UnsignedThinking = true, Drops = ["service_tier"] }
            .For("kimi-k3*", d => d with { Thinking = AnthropicThinking.None, ThinkingOff = null, Efforts = ["low", "high", "max"] }),
        Documentation = "https://platform.kimi.ai/docs/api/overview",
        Evidence = Evidence.VendorsPage,
    };
}
