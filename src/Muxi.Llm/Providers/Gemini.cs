using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Google's Gemini API. The newest models set the tone; what older ones do otherwise stands below, the first match wins.</summary>
    public static Provider Gemini { get; } = new("gemini", "https://generativelanguage.googleapis.com/v1beta",
        Auth.Key("x-goog-api-key", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"))
    {
        DisplayName = "Google Gemini",
        Aliases = ["google"],
        DefaultModel = "gemini-3.8-flash",
        Chat = GeminiModels(new() { Addresses = ["https://*", "gs://*"] }),
        TokenCount = new GeminiTokenCount(),
        Embeddings = new GeminiEmbeddings { MaxInputs = 100 },
        Models = new GeminiModels(),
        Files = new GeminiFiles { MaxBytes = 2L << 30, MaxLimit = 100 },
        // The models of 2025 make their pictures in one size; the oldest one wants to write besides. Imagen has a format of its own.
        Images = new GeminiImages()
            .For("imagen-4.0-fast*", new ImagenImages { Sizes = [] }).For("imagen-3*", new ImagenImages { Sizes = [] }).For("imagen-*", new ImagenImages())
            .For("gemini-2.0-*", d => d with { Sizes = [], Modalities = ["TEXT", "IMAGE"] }).For("gemini-2.5-*", d => d with { Sizes = [] }),
        Speech = new GeminiSpeech().For("gemini-2.5-*", d => d with { InstructionsInText = true }).For("gemini-3.1-*", d => d with { InstructionsInText = true }),
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "gemini-embedding-001", [Operations.Images] = "gemini-3.1-flash-image", [Operations.Speech] = "gemini-3.8-flash-tts",
        }.ToImmutableDictionary(),
        Documentation = "https://ai.google.dev/api/generate-content",
        Evidence = Evidence.Recorded,
    };

    /// <summary>What models do otherwise than the newest, wherever they are served.</summary>
    private static GeminiChat GeminiModels(GeminiChat newest) => newest
        .For("gemini-3.6*", d => d with { ThinkingLevels = AllLevels })
        .For("gemini-3.5-flash-lite*", d => d with { ThinkingLevels = AllLevels })
        .For("gemini-3.5*", d => Sampled(d) with { ThinkingLevels = AllLevels })
        .For("gemini-3.1-pro*", Sampled)
        .For("gemini-3.1-flash-image*", d => Sampled(d) with { ThinkingLevels = ["minimal", "high"], MissingSignature = null })
        .For("gemini-3*-image*", d => Sampled(d) with { Thinking = GeminiThinking.None, MissingSignature = null })
        .For("gemini-3*-tts*", d => Sampled(d) with { Thinking = GeminiThinking.None })
        .For("gemini-3-pro*", d => Sampled(d) with { ThinkingLevels = ["low", "high"] })
        .For("gemini-3.1*", d => Sampled(d) with { ThinkingLevels = AllLevels })
        .For("gemini-3-*", d => Sampled(d) with { ThinkingLevels = AllLevels })
        .For("gemini-2.5-*-image*", d => Older(d) with { Thinking = GeminiThinking.None })
        .For("gemini-2.5-*-tts*", d => Older(d) with { Thinking = GeminiThinking.None })
        // It thinks always; the other two can be told not to.
        .For("gemini-2.5-pro*", d => Older(d) with { ThinkingBudgets = d.ThinkingBudgets.Remove("none").SetItem("xhigh", 32768).SetItem("max", 32768) })
        .For("gemini-2.5*", Older)
        .For("gemini-2.0*", d => Oldest(d) with { Addresses = ["https://generativelanguage.googleapis.com/*", "https://www.youtube.com/*", "https://youtu.be/*", "gs://*"] })
        .For("gemini-1*", Oldest)
        .For("gemma-4*", d => Oldest(d) with { Thinking = GeminiThinking.Level, ThinkingLevels = ["minimal", "high"] })
        .For("gemma-*", Oldest)
        .For("learnlm-*", Oldest);

    private static ImmutableArray<string> AllLevels => ["minimal", "low", "medium", "high"];

    private static GeminiChat Sampled(GeminiChat newest) => newest with { Sampling = true, Penalties = true };

    private static GeminiChat Older(GeminiChat newest) =>
        Sampled(newest) with { Thinking = GeminiThinking.Budget, MissingSignature = null, JsonWithTools = false, MediaInToolResults = false, ServerToolCalls = false };

    private static GeminiChat Oldest(GeminiChat newest) => Older(newest) with { Thinking = GeminiThinking.None, StrictTools = false };
}
