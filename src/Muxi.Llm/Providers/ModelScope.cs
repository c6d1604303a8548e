namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>The models that ModelScope serves.</summary>
    public static Provider ModelScope { get; } = new("modelscope", "https://api-inference.modelscope.cn/v1", Auth.Bearer("MODELSCOPE_API_KEY"))
    {
        DisplayName = "ModelScope",
        Chat = new OpenAIChat(),
        Documentation = "https://modelscope.cn/docs",
    };
}
