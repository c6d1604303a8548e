namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>SGLang's server, attached to where it runs. Rerankers need <c>--is-embedding</c> at its start where they are cross-encoders, tools <c>--tool-call-parser</c>, thinking apart from the answer <c>--reasoning-parser</c>.</summary>
    public static Provider SGLang { get; } = new("sglang", "http://localhost:30000/v1", Auth.Bearer("SGLANG_API_KEY").Optional())
    {
        DisplayName = "SGLang",
        IsSelfHosted = true,
        BaseUrlVariables = ["SGLANG_API_BASE"],
        StartHint = "start it with 'python -m sglang.launch_server --model-path MODEL'",
        Chat = ByTemplate("reasoning_content"),
        Responses = new OpenAIResponseCreation { PreviousResponses = true, EncryptedReasoning = false },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Parts, MaxTokensField = null, InstructionField = "instruct" },
        Transcription = new OpenAITranscription { Formats = ["json", "text", "verbose_json"], MaxTemperature = 0 },
        Evidence = Evidence.VendorsPage,
        Documentation = "https://docs.sglang.io/docs/basic_usage/openai_api_completions",
    };
}
