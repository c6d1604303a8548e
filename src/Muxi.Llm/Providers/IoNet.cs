namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>IO Intelligence, of io.net.</summary>
    public static Provider IoNet { get; } = new("io-net", "https://api.intelligence.io.solutions/api/v1", Auth.Bearer("IOINTELLIGENCE_API_KEY"))
    {
        DisplayName = "IO.NET",
        DefaultModel = "openai/gpt-oss-20b",
        Chat = new OpenAIChat(),
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings(),
        Documentation = "https://docs.io.net",
    };
}
