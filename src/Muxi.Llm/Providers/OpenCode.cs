namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>OpenCode Zen. OpenAI's models have responses alone there; Claude and Gemini are offered in the formats of their makers only, with other keys' headers, so not here.</summary>
    public static Provider OpenCode { get; } = new("opencode", "https://opencode.ai/zen/v1", Auth.Bearer("OPENCODE_API_KEY"))
    {
        DisplayName = "OpenCode Zen",
        DefaultModel = "big-pickle",
        Chat = new OpenAIChat().For("gpt-*", ThinkingInResponses()),
        Documentation = "https://opencode.ai/docs/zen/",
        Evidence = Evidence.VendorsPage,
    };
}
