using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Together AI. It knows the roles from before <c>developer</c>; its models that can do both think when they are told to. Rerankers run on endpoints of one's own there. Batches come
    /// from files of a purpose of its own; pictures are as wide and high as two members say.
    /// </summary>
    public static Provider Together { get; } = new("together", "https://api.together.xyz/v1", Auth.Bearer("TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY"))
    {
        DisplayName = "Together AI",
        Aliases = ["togetherai", "together_ai"],
        BaseUrlVariables = ["TOGETHER_API_BASE"],
        DefaultModel = "openai/gpt-oss-20b",
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "intfloat/multilingual-e5-large-instruct", [Operations.Images] = "black-forest-labs/FLUX.1-schnell", [Operations.Speech] = "canopylabs/orpheus-3b-0.1-ft",
            [Operations.Transcription] = "openai/whisper-large-v3", [Operations.Translation] = "openai/whisper-large-v3",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { Roles = BeforeDeveloper(), ThinkingField = "reasoning.enabled" }.For("openai/gpt-oss*", d => GptOss(d) with { ThinkingField = null }),
        Completions = new OpenAICompletions(),
        // Its reference knows lists of numbers alone, of the model's own size.
        Embeddings = new OpenAIEmbeddings { Base64 = false, Drops = ["dimensions", "encoding_format", "user"] },
        Rerank = new CohereRerank { RankFields = true, MaxTokensField = null },
        Images = new OpenAIImageGeneration { SizeFields = ["width", "height"], Base64Word = "base64", MaxN = 4, Drops = ["quality", "style", "background", "output_compression", "moderation", "partial_images", "user"] },
        Speech = new OpenAISpeech { DefaultVoice = "tara", Formats = new Dictionary<string, string> { ["pcm"] = "raw" }.ToImmutableDictionary() },
        Transcription = new OpenAITranscription { Formats = ["json", "verbose_json"], Streams = false, Drops = ["languages", "keywords", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"] },
        Translation = new OpenAITranslation { Formats = ["json", "verbose_json"] },
        Files = new OpenAIFiles { UploadPath = "files/upload", NameField = "file_name", DefaultPurpose = "fine-tune", JsonLines = ["batch-api"], Drops = ["expires_after", "limit", "order", "after"] },
        Batches = new OpenAIBatches { FilePurpose = "batch-api", MaxRequests = 50_000, MaxBytes = 100L << 20, Endpoints = ["/v1/chat/completions", "/v1/audio/transcriptions", "/v1/audio/translations"] },
        Evidence = Evidence.Recorded,
        Documentation = "https://docs.together.ai/reference/chat-completions-1",
    };

    /// <summary>Services that know the role from before <c>developer</c>.</summary>
    private static ImmutableDictionary<string, string> BeforeDeveloper() => new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary();
}
