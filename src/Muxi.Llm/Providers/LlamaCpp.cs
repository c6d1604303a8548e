namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>llama.cpp's server, attached to where it runs. Tools need <c>--jinja</c> at its start.</summary>
    public static Provider LlamaCpp { get; } = new("llama_cpp", "http://localhost:8080/v1", Auth.Bearer("LLAMACPP_API_KEY").Optional())
    {
        DisplayName = "llama.cpp",
        Aliases = ["llamacpp", "llama.cpp"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LLAMACPP_API_BASE"],
        Chat = new OpenAIChat { ReasoningEcho = "reasoning_content" },
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        TokenCount = new OpenAIChatTokenCount(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Transcription = new OpenAITranscription { Formats = ["json"], MaxTemperature = 0 },
        Documentation = "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    };
}
