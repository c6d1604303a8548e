namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>LocalAI's server, attached to where it runs: one address for models of every kind.</summary>
    public static Provider LocalAI { get; } = new("localai", "http://localhost:8080/v1", Auth.Bearer("LOCALAI_API_KEY").Optional())
    {
        DisplayName = "LocalAI",
        Aliases = ["local-ai"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LOCALAI_API_BASE"],
        StartHint = "start it with 'local-ai run'",
        MissingModelHint = "install it with 'local-ai models install {model}'",
        Chat = new OpenAIChat { ThinkingField = "chat_template_kwargs.enable_thinking" },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, MaxTokensField = null },
        Images = new OpenAIImageGeneration(),
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription { MaxTemperature = 0, Streams = false },
        Evidence = Evidence.VendorsPage,
        Documentation = "https://localai.io/docs/features/",
    };
}
