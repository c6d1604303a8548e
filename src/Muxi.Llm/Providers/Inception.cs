namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Inception Labs and its Mercury models.</summary>
    public static Provider Inception { get; } = new("inception", "https://api.inceptionlabs.ai/v1", Auth.Bearer("INCEPTION_API_KEY"))
    {
        DisplayName = "Inception Labs",
        DefaultModel = "mercury-2",
        BaseUrlVariables = ["INCEPTION_API_BASE"],
        Chat = new OpenAIChat(),
        Documentation = "https://docs.inceptionlabs.ai",
    };
}
