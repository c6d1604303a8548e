using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Z.ai (Zhipu) and its GLM models, outside China; the coding plan has an address of its own, <c>https://api.z.ai/api/coding/paas/v4</c>. Its reference knows one stop text,
    /// a temperature up to 1, JSON without a schema, and a choice of tools that is always the model's.
    /// </summary>
    public static Provider Zai { get; } = new("zai", "https://api.z.ai/api/paas/v4", Auth.Bearer("ZAI_API_KEY", "GLM_API_KEY", "ZHIPU_API_KEY"))
    {
        DisplayName = "Z.ai (GLM)",
        Aliases = ["glm", "z-ai", "zhipu"],
        DefaultModel = "glm-5.2",
        Chat = new OpenAIChat
        {
            Drops = ["n", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "parallel_tool_calls"],
            Renames = new Dictionary<string, string> { ["user"] = "user_id" }.ToImmutableDictionary(),
            Least = new Dictionary<string, double> { ["top_p"] = 0.01 }.ToImmutableDictionary(),
            Most = new Dictionary<string, double> { ["temperature"] = 1 }.ToImmutableDictionary(),
            MaxStops = 1,
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            ResponseFormats = ["text", "json_object"],
            ToolChoices = new Dictionary<string, string> { ["none"] = "", ["required"] = "auto", ["function"] = "auto" }.ToImmutableDictionary(),
            EffortField = null,
            ThinkingField = "thinking.type",
            ThinkingWords = ["enabled", "disabled"],
            ReasoningEcho = "reasoning_content",
            FinishReasons = new Dictionary<string, string> { ["sensitive"] = "content_filter", ["model_context_window_exceeded"] = "length" }.ToImmutableDictionary(),
        }
            // The newest always thinks, at one of three efforts; the one before takes an effort beside the switch.
            .For("glm-5.3*", static d => d with { EffortField = "reasoning_effort", ThinkingField = null, Efforts = EffortsOf("low", "low", "low", "high", "high", "max") })
            .For("glm-5.2*", static d => d with { EffortField = "reasoning_effort" }),
        Images = new OpenAIImageGeneration { MaxN = 1, Drops = ["n", "response_format", "style", "background", "moderation", "output_format", "output_compression"] },
        Transcription = new OpenAITranscription
        {
            MaxFileBytes = 25 << 20, Formats = ["json"], Streams = false,
            Drops = ["language", "temperature", "response_format", "timestamp_granularities", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"],
        },
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "glm-image", [Operations.Transcription] = "glm-asr-2512" }.ToImmutableDictionary(),
        Documentation = "https://docs.z.ai/api-reference/llm/chat-completion",
        Evidence = Evidence.VendorsPage,
    };
}
