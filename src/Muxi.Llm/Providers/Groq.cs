using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Groq. Its reference calls these parameters not yet supported by any model; a stream's usage may stand in an envelope of its own.</summary>
    public static Provider Groq { get; } = new("groq", "https://api.groq.com/openai/v1", Auth.Bearer("GROQ_API_KEY"))
    {
        DisplayName = "Groq",
        DefaultModel = "llama-3.3-70b-versatile",
        Chat = new OpenAIChat
        {
            MaxTokensField = "max_completion_tokens",
            Drops = ["logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty"],
            MaxStops = 4,
            StreamUsagePath = ["x_groq", "usage"],
            ReasoningEcho = "reasoning",
        },
        // Its pages: no stateful conversations, and these members are not taken (2026).
        Responses = new OpenAIResponseCreation { Drops = ["include", "prompt_cache_key", "safety_identifier", "truncation"], EncryptedReasoning = false },
        Speech = new OpenAISpeech { DefaultVoice = "autumn" },
        Transcription = new OpenAITranscription { Formats = ["json", "text", "verbose_json"], Streams = false },
        Translation = new OpenAITranslation { Formats = ["json", "text", "verbose_json"] },
        DefaultModels = new Dictionary<string, string>
        {
            ["speech"] = "canopylabs/orpheus-v1-english", ["transcription"] = "whisper-large-v3-turbo", ["translation"] = "whisper-large-v3",
        }.ToImmutableDictionary(),
        Files = new OpenAIFiles { MaxBytes = 100L << 20, DefaultPurpose = "batch", JsonLines = ["batch"] },
        Documentation = "https://console.groq.com/docs/api-reference#chat-create",
    };
}
