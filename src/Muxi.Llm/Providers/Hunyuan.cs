namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Tencent's Hunyuan models.</summary>
    public static Provider Hunyuan { get; } = new("hunyuan", "https://api.hunyuan.cloud.tencent.com/v1", Auth.Bearer("HUNYUAN_API_KEY"))
    {
        DisplayName = "Tencent Hunyuan",
        Aliases = ["tencent"],
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Documentation = "https://cloud.tencent.com/document/product/1729",
    };
}
