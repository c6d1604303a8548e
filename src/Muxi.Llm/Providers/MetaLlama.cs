namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Meta's own service for its Llama models, by its endpoint of OpenAI's format.</summary>
    public static Provider MetaLlama { get; } = new("meta-llama", "https://api.llama.com/compat/v1", Auth.Bearer("LLAMA_API_KEY"))
    {
        DisplayName = "Meta Llama API",
        Aliases = ["llama"],
        BaseUrlVariables = ["LLAMA_API_BASE"],
        Chat = new OpenAIChat(),
        Documentation = "https://llama.developer.meta.com/docs",
    };
}
