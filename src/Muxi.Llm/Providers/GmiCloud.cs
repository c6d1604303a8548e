namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>GMI Cloud.</summary>
    public static Provider GmiCloud { get; } = new("gmicloud", "https://api.gmi-serving.com/v1", Auth.Bearer("GMI_API_KEY", "GMI_CLOUD_APIKEY"))
    {
        DisplayName = "GMI Cloud",
        Aliases = ["gmi"],
        Chat = new OpenAIChat(),
        Documentation = "https://docs.gmicloud.ai",
    };
}
