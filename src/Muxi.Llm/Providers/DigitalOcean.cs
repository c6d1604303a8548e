namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>DigitalOcean's serverless inference, with a model access key or a token of the account.</summary>
    public static Provider DigitalOcean { get; } = new("digitalocean", "https://inference.do-ai.run/v1", Auth.Bearer("GRADIENT_MODEL_ACCESS_KEY", "DIGITALOCEAN_ACCESS_TOKEN"))
    {
        DisplayName = "DigitalOcean Inference",
        Chat = new OpenAIChat(),
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings(),
        Images = new OpenAIImageGeneration(),
        Documentation = "https://docs.digitalocean.com/products/inference/how-to/si-endpoints/",
        Evidence = Evidence.VendorsPage,
    };
}
