namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>GMI Cloud, which serves open models and those of other makers.</summary>
    public static Provider GmiCloud { get; } = new("gmicloud", "https://api.gmi-serving.com/v1", Auth.Bearer("GMI_API_KEY", "GMI_CLOUD_APIKEY"))
    {
        DisplayName = "GMI Cloud",
        Aliases = ["gmi"],
        Chat = new OpenAIChat(),
        Documentation = "https://docs.gmicloud.ai",
    };
}
