namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>SiliconFlow, outside China; keys of the Chinese one are for <c>https://api.siliconflow.cn/v1</c>. It makes pictures in a form of its own.</summary>
    public static Provider SiliconFlow { get; } = new("siliconflow", "https://api.siliconflow.com/v1", Auth.Bearer("SILICONFLOW_API_KEY"))
    {
        DisplayName = "SiliconFlow",
        DefaultModel = "Qwen/Qwen3-8B",
        Chat = new OpenAIChat { ThinkingField = "enable_thinking" },
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, MaxTokensField = null, InstructionField = "instruction" },
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription(),
        Documentation = "https://docs.siliconflow.com",
    };
}
