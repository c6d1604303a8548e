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
        Documentation = "https://ai.google.dev/api/generate-content",
    };
}
