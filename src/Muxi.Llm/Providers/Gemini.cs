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
        DefaultModel = "gemini-2.5-flash",
        Chat = new GeminiChat(),
        Embeddings = new GeminiEmbeddings { MaxInputs = 100 },
        Models = new GeminiModels(),
        Files = new GeminiFiles { MaxBytes = 2L << 30, MaxLimit = 100 },
        // The models of 2025 make their pictures in one size; the oldest one wants to write besides. Imagen has a format of its own.
        Images = new GeminiImages()
            .For("imagen-4.0-fast*", new ImagenImages { Sizes = [] }).For("imagen-3*", new ImagenImages { Sizes = [] }).For("imagen-*", new ImagenImages())
            .For("gemini-2.0-*", d => d with { Sizes = [], Modalities = ["TEXT", "IMAGE"] }).For("gemini-2.5-*", d => d with { Sizes = [] }),
        Speech = new GeminiSpeech(),
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "gemini-embedding-001", [Operations.Images] = "gemini-2.5-flash-image", [Operations.Speech] = "gemini-2.5-flash-preview-tts",
        }.ToImmutableDictionary(),
        Documentation = "https://ai.google.dev/api/generate-content",
    };
}
