namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Nscale's serverless inference.</summary>
    public static Provider Nscale { get; } = new("nscale", "https://inference.api.nscale.com/v1", Auth.Bearer("NSCALE_API_KEY"))
    {
        DisplayName = "Nscale",
        Chat = new OpenAIChat(),
        Images = new OpenAIImageGeneration(),
        Documentation = "https://docs.nscale.com",
    };
}
