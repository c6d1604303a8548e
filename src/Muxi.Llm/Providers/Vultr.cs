namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Vultr's serverless inference.</summary>
    public static Provider Vultr { get; } = new("vultr", "https://api.vultrinference.com/v1", Auth.Bearer("VULTR_API_KEY"))
    {
        DisplayName = "Vultr Inference",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.vultr.com",
    };
}
