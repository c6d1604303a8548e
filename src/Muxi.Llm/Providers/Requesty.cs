namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Requesty's router.</summary>
    public static Provider Requesty { get; } = new("requesty", "https://router.requesty.ai/v1", Auth.Bearer("REQUESTY_API_KEY"))
    {
        DisplayName = "Requesty",
        DefaultModel = "openai/gpt-4o-mini",
        BaseUrlVariables = ["REQUESTY_API_BASE"],
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        Documentation = "https://docs.requesty.ai",
    };
}
