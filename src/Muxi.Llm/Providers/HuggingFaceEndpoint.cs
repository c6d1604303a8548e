namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>A dedicated endpoint of Hugging Face's that runs Text Generation Inference, asked with the account's token.</summary>
    public static Provider HuggingFaceEndpoint { get; } = new("huggingface-endpoint", "https://{endpoint}/v1", Auth.Bearer("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") with { KeyFiles = HubTokenFiles })
    {
        DisplayName = "Hugging Face dedicated endpoint",
        UrlParts = [new("endpoint", "HUGGINGFACE_ENDPOINT_HOST") { Prefix = "https://", Otherwise = "HUGGINGFACE_ENDPOINT_BASE_URL to https://NAME.REGION.aws.endpoints.huggingface.cloud/v1" }],
        Hosts = ["*.endpoints.huggingface.cloud"],
        BaseUrlSuffix = "/v1",
        Chat = TgiChat,
        Completions = new TgiCompletions(),
        Evidence = Evidence.VendorsPage,
        Documentation = "https://huggingface.co/docs/inference-endpoints/",
    };
}
