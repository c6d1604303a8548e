namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Poe: the models and bots that can be met there. Parameters of its own are not taken.</summary>
    public static Provider Poe { get; } = new("poe", "https://api.poe.com/v1", Auth.Bearer("POE_API_KEY"))
    {
        DisplayName = "Poe",
        Chat = new OpenAIChat(),
        Responses = new OpenAIResponseCreation { PreviousResponses = true, EncryptedReasoning = false },
        Documentation = "https://creator.poe.com/docs/external-applications",
        Evidence = Evidence.VendorsPage,
    };
}
