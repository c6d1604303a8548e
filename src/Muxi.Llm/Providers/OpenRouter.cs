using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>OpenRouter. It passes Anthropic's cache marks on, and wants its reasoning_details back within a tool loop. What it knows besides (<c>provider</c>, <c>models</c>, <c>transforms</c>, <c>plugins</c>) goes as further members.</summary>
    public static Provider OpenRouter { get; } = new("openrouter", "https://openrouter.ai/api/v1", Auth.Bearer("OPENROUTER_API_KEY"))
    {
        DisplayName = "OpenRouter",
        DefaultModel = "openai/gpt-4o-mini",
        BaseUrlVariables = ["OPENROUTER_API_BASE"],
        HeaderVariables = new Dictionary<string, string> { ["HTTP-Referer"] = "OPENROUTER_SITE_URL", ["X-Title"] = "OPENROUTER_APP_NAME" }.ToImmutableDictionary(),
        Chat = new OpenAIChat { EffortField = "reasoning.effort", CacheControl = true, ReasoningDetails = "reasoning_details", ReasoningEcho = "reasoning", AnswerImages = true },
        Responses = new OpenAIResponseCreation(),
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "openai/text-embedding-3-small",
            [Operations.Transcription] = "openai/whisper-1",
            [Operations.Rerank] = "cohere/rerank-v3.5",
            [Operations.Images] = "bytedance-seed/seedream-4.5",
        }.ToImmutableDictionary(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { ReturnField = null, MaxTokensField = null },
        Images = new OpenAIImageGeneration { Path = "images", Drops = ["style", "moderation", "response_format", "partial_images", "user"] },
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription
        {
            JsonBody = true, Streams = false, Formats = ["json"],
            Drops = ["languages", "keywords", "prompt", "response_format", "timestamp_granularities", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"],
        },
        Files = new OpenAIFiles { MaxBytes = 100L << 20, MaxLimit = 1000, AfterField = "cursor", NextField = "cursor", Drops = ["purpose", "expires_after", "order"] },
        Evidence = Evidence.Recorded,
        Documentation = "https://openrouter.ai/docs/api-reference/overview",
    };
}
