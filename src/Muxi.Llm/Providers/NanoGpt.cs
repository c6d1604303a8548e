namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>NanoGPT: the models of many makers by one key.</summary>
    public static Provider NanoGpt { get; } = new("nano-gpt", "https://nano-gpt.com/api/v1", Auth.Bearer("NANOGPT_API_KEY"))
    {
        DisplayName = "NanoGPT",
        Aliases = ["nanogpt"],
        DefaultModel = "openai/gpt-4o-mini",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://docs.nano-gpt.com",
    };
}
