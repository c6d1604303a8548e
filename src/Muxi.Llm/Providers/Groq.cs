using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Groq. Its reference calls the dropped parameters not supported by any model; a stream's usage may stand in an envelope of its own; a form of the answer goes neither with tools nor with
    /// a stream. <c>reasoning_format</c> and <c>include_reasoning</c> go as extra members; what Qwen thinks stands in its text unless they say otherwise.
    /// </summary>
    public static Provider Groq { get; } = new("groq", "https://api.groq.com/openai/v1", Auth.Bearer("GROQ_API_KEY"))
    {
        DisplayName = "Groq",
        // llama-3.3-70b-versatile was shut down in August 2026, and this one named in its place.
        DefaultModel = "openai/gpt-oss-120b",
        Chat = new OpenAIChat
        {
            MaxTokensField = "max_completion_tokens",
            Drops = ["logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty", "metadata", "store"],
            MaxStops = 4,
            StreamUsagePath = ["x_groq", "usage"],
            ReasoningEcho = "reasoning",
            NullContent = false,
            FormatsWithTools = false,
            FormatsInStreams = false,
        }
            // What each takes as an effort stands in its reference, November 2026.
            .For("openai/gpt-oss*", GptOss)
            .For("qwen/qwen3-*", d => d with { ThinkTags = true, Efforts = EffortsOf("none", "default", "default", "default", "default", "default") })
            .For("qwen/*", d => d with { ThinkTags = true, Efforts = EffortsOf("none", "low", "low", "medium", "high", "high") })
            // Schemas are for the models of its page on structured outputs, which are none of these.
            .For("llama-3*", d => d with { EffortField = null, ResponseFormats = ["text", "json_object"] }),
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
        Batches = new OpenAIBatches { MaxRequests = 50_000, MaxBytes = 100L << 20, Endpoints = ["/v1/chat/completions", "/v1/audio/transcriptions", "/v1/audio/translations"] },
        Documentation = "https://console.groq.com/docs/api-reference#chat-create",
        Evidence = Evidence.Recorded,
    };
}
