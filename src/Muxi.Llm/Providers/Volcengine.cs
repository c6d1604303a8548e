namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>ByteDance's Ark; a model is one of its names or an endpoint of one's own, <c>ep-...</c>. BytePlus, outside China, is another address.</summary>
    public static Provider Volcengine { get; } = new("volcengine", "https://ark.cn-beijing.volces.com/api/v3", Auth.Bearer("ARK_API_KEY"))
    {
        DisplayName = "Volcengine Ark (Doubao)",
        Aliases = ["ark", "doubao", "bytedance"],
        BaseUrlVariables = ["VOLCENGINE_API_BASE"],
        Chat = new OpenAIChat { ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"] },
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Images = new OpenAIImageGeneration(),
        Documentation = "https://www.volcengine.com/docs/82379",
    };
}
