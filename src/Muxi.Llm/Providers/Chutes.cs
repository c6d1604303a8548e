namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Chutes, which serves open models.</summary>
    public static Provider Chutes { get; } = new("chutes", "https://llm.chutes.ai/v1", Auth.Bearer("CHUTES_API_KEY"))
    {
        DisplayName = "Chutes",
        DefaultModel = "Qwen/Qwen3-32B-TEE",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://chutes.ai/docs",
    };
}
