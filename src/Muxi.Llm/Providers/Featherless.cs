namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Featherless AI, which serves open models.</summary>
    public static Provider Featherless { get; } = new("featherless", "https://api.featherless.ai/v1", Auth.Bearer("FEATHERLESS_API_KEY", "FEATHERLESS_AI_API_KEY"))
    {
        DisplayName = "Featherless AI",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://featherless.ai/docs",
    };
}
