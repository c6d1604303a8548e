namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>llama.cpp's server, attached to where it runs. Tools need <c>--jinja</c> at its start, embeddings <c>--embeddings</c>, ranking <c>--reranking</c>.</summary>
    public static Provider LlamaCpp { get; } = new("llama_cpp", "http://localhost:8080/v1", Auth.Bearer("LLAMACPP_API_KEY").Optional())
    {
        DisplayName = "llama.cpp",
        Aliases = ["llamacpp", "llama.cpp"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LLAMACPP_API_BASE"],
        StartHint = "start it with 'llama-server -m MODEL.gguf'",
        Chat = new OpenAIChat { ReasoningEcho = "reasoning_content", EffortField = "chat_template_kwargs.reasoning_effort", ThinkingField = "chat_template_kwargs.enable_thinking" },
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        TokenCount = new OpenAIChatTokenCount(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, ReturnField = null, MaxTokensField = null },
        Transcription = new OpenAITranscription { Formats = ["json"], MaxTemperature = 0 },
        Evidence = Evidence.Recorded,
        Documentation = "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    };
}
