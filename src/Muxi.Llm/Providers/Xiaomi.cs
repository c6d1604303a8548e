namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Xiaomi's MiMo.</summary>
    public static Provider Xiaomi { get; } = new("xiaomi", "https://api.xiaomimimo.com/v1", Auth.Bearer("XIAOMI_MIMO_API_KEY"))
    {
        DisplayName = "Xiaomi MiMo",
        Aliases = ["mimo"],
        DefaultModel = "mimo-v2.5",
        Chat = new OpenAIChat(),
        Documentation = "https://platform.xiaomimimo.com",
    };
}
