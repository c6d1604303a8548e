namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Sarvam AI and its models for the languages of India.</summary>
    public static Provider Sarvam { get; } = new("sarvam", "https://api.sarvam.ai/v1", Auth.Bearer("SARVAM_API_KEY"))
    {
        DisplayName = "Sarvam AI",
        DefaultModel = "sarvam-30b",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.sarvam.ai",
    };
}
