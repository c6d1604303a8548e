namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Telnyx, which serves open models.</summary>
    public static Provider Telnyx { get; } = new("telnyx", "https://api.telnyx.com/v2/ai", Auth.Bearer("TELNYX_API_KEY"))
    {
        DisplayName = "Telnyx Inference",
        Chat = new OpenAIChat(),
        Documentation = "https://developers.telnyx.com",
    };
}
