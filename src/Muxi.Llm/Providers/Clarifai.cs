namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Clarifai. A model's name is its whole path, <c>openai/chat-completion/models/gpt-oss-20b</c>.</summary>
    public static Provider Clarifai { get; } = new("clarifai", "https://api.clarifai.com/v2/ext/openai/v1", Auth.Bearer("CLARIFAI_PAT"))
    {
        DisplayName = "Clarifai",
        DefaultModel = "openai/chat-completion/models/gpt-oss-20b",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.clarifai.com",
    };
}
