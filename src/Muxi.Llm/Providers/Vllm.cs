namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>vLLM's server. Tools need <c>--enable-auto-tool-choice --tool-call-parser</c> at its start; responses are kept where <c>VLLM_ENABLE_RESPONSES_API_STORE</c> is set.</summary>
    public static Provider Vllm { get; } = new("vllm", "http://localhost:8000/v1", Auth.Bearer("HOSTED_VLLM_API_KEY").Optional())
    {
        DisplayName = "vLLM",
        Aliases = ["hosted_vllm"],
        IsSelfHosted = true,
        BaseUrlVariables = ["VLLM_API_BASE"],
        StartHint = "start it with 'vllm serve MODEL'",
        Chat = ByTemplate("reasoning"),
        Responses = new OpenAIResponseCreation { PreviousResponses = true, EncryptedReasoning = false },
        TokenCount = new VllmTokenCount(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Content, ReturnField = null, MaxTokensField = null },
        Transcription = new OpenAITranscription { Formats = ["json", "text", "verbose_json"], StreamUsageField = "stream_include_usage", MaxTemperature = 0 },
        Translation = new OpenAITranslation { Formats = ["json", "text", "verbose_json"], MaxTemperature = 0 },
        Evidence = Evidence.Recorded,
        Documentation = "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    };
}
