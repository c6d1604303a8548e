namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Novita AI. Its batches speak of their states in words of their own, so they are not offered here.</summary>
    public static Provider Novita { get; } = new("novita", "https://api.novita.ai/openai/v1", Auth.Bearer("NOVITA_API_KEY"))
    {
        DisplayName = "Novita AI",
        Aliases = ["novita-ai"],
        DefaultModel = "meta-llama/llama-3.3-70b-instruct",
        BaseUrlVariables = ["NOVITA_API_BASE"],
        Chat = new OpenAIChat { ThinkingField = "enable_thinking" },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, ReturnField = null, MaxTokensField = null },
        Documentation = "https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion",
        Evidence = Evidence.VendorsPage,
    };
}
