namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Crusoe's managed inference.</summary>
    public static Provider Crusoe { get; } = new("crusoe", "https://api.inference.crusoecloud.com/v1", Auth.Bearer("CRUSOE_API_KEY"))
    {
        DisplayName = "Crusoe",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.crusoecloud.com",
    };
}
