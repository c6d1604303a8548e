namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Inference.net, which serves open models.</summary>
    public static Provider InferenceNet { get; } = new("inference", "https://api.inference.net/v1", Auth.Bearer("INFERENCE_API_KEY"))
    {
        DisplayName = "Inference.net",
        DefaultModel = "meta/llama-3.1-8b-instruct",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.inference.net",
    };
}
