namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Baidu's Qianfan with its ERNIE models.</summary>
    public static Provider Qianfan { get; } = new("qianfan", "https://qianfan.baidubce.com/v2", Auth.Bearer("BAIDU_API_KEY"))
    {
        DisplayName = "Baidu Qianfan (ERNIE)",
        Aliases = ["baidu", "ernie"],
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Documentation = "https://cloud.baidu.com/doc/qianfan-api/index.html",
    };
}
