namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>ZenMux: the models of many makers by one key.</summary>
    public static Provider ZenMux { get; } = new("zenmux", "https://zenmux.ai/api/v1", Auth.Bearer("ZENMUX_API_KEY"))
    {
        DisplayName = "ZenMux",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.zenmux.ai",
    };
}
