namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Ollama's models in its own data centres, in the format of its server.</summary>
    public static Provider OllamaCloud { get; } = new("ollama-cloud", "https://ollama.com", Auth.Bearer("OLLAMA_API_KEY"))
    {
        DisplayName = "Ollama Cloud",
        Aliases = ["ollama_cloud"],
        Chat = new OllamaChat(),
        Completions = new OllamaCompletions(),
        Models = new OllamaModels(),
        Documentation = "https://docs.ollama.com/cloud",
        Evidence = Evidence.VendorsPage,
    };
}
