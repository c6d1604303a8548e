namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Ollama's server on one's own machine, in its own format. Its OpenAI form is used by <c>openai/</c> models and a base URL that ends in <c>/v1</c>.</summary>
    public static Provider Ollama { get; } = new("ollama", "http://localhost:11434", Auth.Bearer("OLLAMA_API_KEY").Optional())
    {
        DisplayName = "Ollama",
        IsSelfHosted = true,
        HostVariables = ["OLLAMA_HOST"],
        StartHint = "start it with 'ollama serve'",
        MissingModelHint = "pull it with 'ollama pull {model}' or 'muxi-llm models pull ollama/{model}'",
        Chat = new OllamaChat(),
        Completions = new OllamaCompletions(),
        Embeddings = new OllamaEmbeddings(),
        Models = new OllamaModels(),
        Documentation = "https://docs.ollama.com/api",
        Evidence = Evidence.Recorded,
    };
}
