using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Fireworks AI. A model's whole name begins with an account; the short names that people use get it put before them. Speech is heard at hosts of its own, one of them for the turbo
    /// model, where models go by short names. Its files and batches (data sets and jobs of an account) have no form of OpenAI's.
    /// </summary>
    public static Provider Fireworks { get; } = new("fireworks", "https://api.fireworks.ai/inference/v1", Auth.Bearer("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"))
    {
        DisplayName = "Fireworks AI",
        Aliases = ["fireworks_ai", "fireworks-ai"],
        BaseUrlVariables = ["FIREWORKS_API_BASE"],
        ModelPrefix = "accounts/fireworks/models/",
        DefaultModel = "gpt-oss-20b",
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "qwen3-embedding-8b", [Operations.Rerank] = "qwen3-reranker-8b", [Operations.Images] = "flux-1-schnell-fp8",
            [Operations.Transcription] = "whisper-v3", [Operations.Translation] = "whisper-v3",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { Roles = BeforeDeveloper(), ReasoningEcho = "reasoning_content" }.For("*gpt-oss*", GptOss),
        Responses = new OpenAIStoredResponses { EncryptedReasoning = false },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, MaxTokensField = null },
        Images = new FireworksImages().For("*flux-kontext-*", d => d with { Path = "workflows/{model}", ResultPath = "workflows/{model}/get_result" }),
        Transcription = Heard("https://audio-prod.api.fireworks.ai/v1/audio/transcriptions").For("*whisper-v3-turbo", Heard("https://audio-turbo.api.fireworks.ai/v1/audio/transcriptions")),
        Translation = Translated("https://audio-prod.api.fireworks.ai/v1/audio/translations").For("*whisper-v3-turbo", Translated("https://audio-turbo.api.fireworks.ai/v1/audio/translations")),
        Evidence = Evidence.VendorsPage,
        Documentation = "https://docs.fireworks.ai/api-reference/post-chatcompletions",
    };

    private static OpenAITranscription Heard(string url) => new()
    {
        VendorUrl = url, ShortModel = true, MaxFileBytes = 1L << 30, Formats = ["json", "text", "srt", "verbose_json", "vtt"], Streams = false,
        Drops = ["languages", "keywords", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"],
    };

    private static OpenAITranslation Translated(string url) => new() { VendorUrl = url, ShortModel = true, MaxFileBytes = 1L << 30, Formats = ["json", "text", "srt", "verbose_json", "vtt"] };
}
