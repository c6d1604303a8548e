using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Replicate. A model is <c>owner/name</c>, or <c>owner/name:version</c> where the service does not keep it warm itself. What a model takes differs by its maker; what is known
    /// here of the larger ones is what public programs send them (2026-11).
    /// </summary>
    public static Provider Replicate { get; } = new("replicate", "https://api.replicate.com/v1", Auth.Bearer("REPLICATE_API_TOKEN"))
    {
        DisplayName = "Replicate",
        // The first is in the vendor's documentation of 2026, the second in recordings of 2024.
        ToldHosts = ["stream.replicate.com", "streaming.api.replicate.com", "*.replicate.net"],
        Chat = new ReplicateChat()
            .For("meta/llama-2*", d => d with { MaxTokensField = "max_new_tokens" })
            .For("openai/*", d => d with { MaxTokensField = "max_completion_tokens", EffortField = "reasoning_effort", ImageField = "image_input", ManyImages = true, StopField = null })
            .For("google/gemini*", d => d with { SystemField = "system_instruction", MaxTokensField = "max_output_tokens", ImageField = "images", ManyImages = true, StopField = null })
            .For("anthropic/*", d => d with { StopField = null, Drops = ["temperature", "top_p", "presence_penalty", "frequency_penalty", "seed"] })
            .For("deepseek-ai/*", d => d with { SystemField = null, ImageField = null, StopField = null }),
        Images = new ReplicateImages()
            .For("stability-ai/*", d => d with { ShapeField = null, CompressionField = null })
            .For("openai/*", d => d with { CountField = "number_of_images", MaxN = 10, CompressionField = "output_compression", Keeps = ["quality", "background"], Formats = ImmutableDictionary<string, string>.Empty }),
        Models = new ReplicateModels(),
        DefaultModel = "meta/meta-llama-3-70b-instruct",
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "black-forest-labs/flux-schnell" }.ToImmutableDictionary(),
        Documentation = "https://replicate.com/docs/reference/http",
        Evidence = Evidence.Recorded,
    };
}
