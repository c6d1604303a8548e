namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>CometAPI: the models of many makers by one key.</summary>
    public static Provider CometApi { get; } = new("cometapi", "https://api.cometapi.com/v1", Auth.Bearer("COMETAPI_KEY"))
    {
        DisplayName = "CometAPI",
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        Documentation = "https://api.cometapi.com/doc",
    };
}
