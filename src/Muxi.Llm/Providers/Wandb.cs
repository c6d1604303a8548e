namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Weights &amp; Biases. The project that is billed goes in the header <c>OpenAI-Project</c>, as <c>team/project</c>; without it, it is the usual one. The key is one for the whole account, so there is no model by default.</summary>
    public static Provider Wandb { get; } = new("wandb", "https://api.inference.wandb.ai/v1", Auth.Bearer("WANDB_API_KEY"))
    {
        DisplayName = "W&B Inference",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.wandb.ai/inference/api-reference",
        Evidence = Evidence.VendorsPage,
    };
}
