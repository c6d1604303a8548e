namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Helicone's gateway.</summary>
    public static Provider Helicone { get; } = new("helicone", "https://ai-gateway.helicone.ai/v1", Auth.Bearer("HELICONE_API_KEY"))
    {
        DisplayName = "Helicone AI Gateway",
        DefaultModel = "gpt-4o-mini",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.helicone.ai/rest/ai-gateway/post-v1-chat-completions",
        Evidence = Evidence.VendorsPage,
    };
}
