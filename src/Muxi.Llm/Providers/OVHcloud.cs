namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>OVHcloud AI Endpoints. It answers a little to whoever comes without a key.</summary>
    public static Provider OVHcloud { get; } = new("ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", Auth.Bearer("OVH_AI_ENDPOINTS_ACCESS_TOKEN").Optional())
    {
        DisplayName = "OVHcloud AI Endpoints",
        Aliases = ["ovh"],
        DefaultModel = "gpt-oss-20b",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Transcription = new OpenAITranscription(),
        Documentation = "https://www.ovhcloud.com/en/public-cloud/ai-endpoints/",
    };
}
