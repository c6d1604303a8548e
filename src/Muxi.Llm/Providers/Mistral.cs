using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Mistral. It refuses members that it does not know (422), wants ids of calls of nine letters and digits, and sends the usage with a stream's last chunk unasked. Its reasoning models
    /// write and take thinking as a part of the content; <c>prompt_mode</c>, <c>safe_prompt</c> and <c>guardrails</c> go as extra members.
    /// </summary>
    public static Provider Mistral { get; } = new("mistral", "https://api.mistral.ai/v1", Auth.Bearer("MISTRAL_API_KEY"))
    {
        DisplayName = "Mistral AI",
        DefaultModel = "mistral-small-latest",
        BaseUrlVariables = ["MISTRAL_API_BASE"],
        Chat = MistralChat
            // Its reference gives this one more efforts than the others; it is a preview, November 2026.
            .For("mistral-large-4*", d => d with { ThinkingParts = true })
            .For("magistral*", MistralThinks).For("mistral-small-latest", MistralThinks).For("mistral-small-26*", MistralThinks)
            .For("mistral-medium-latest", MistralThinks).For("mistral-medium-26*", MistralThinks).For("mistral-medium-3?5", MistralThinks)
            .For("codestral*", MistralThinksNot).For("devstral*", MistralThinksNot).For("ministral*", MistralThinksNot).For("mistral-large-2*", MistralThinksNot).For("mistral-small-25*", MistralThinksNot),
        Completions = MistralFim,
        Embeddings = new OpenAIEmbeddings
        {
            // More than 256 texts were refused (recorded 2026); its client reads lists of numbers alone.
            MaxInputs = 256, Base64 = false, Drops = ["user"],
            Renames = new Dictionary<string, string> { ["dimensions"] = "output_dimension" }.ToImmutableDictionary(),
        },
        Moderations = new OpenAIModerations { ChatPath = "chat/moderations", Parts = false },
        Ocr = new MistralOcr(),
        Speech = new MistralSpeech(),
        Transcription = new OpenAITranscription
        {
            Formats = ["json"], SegmentsByGranularity = true, ListBrackets = false, MaxTemperature = 0,
            Renames = new Dictionary<string, string> { ["keywords"] = "context_bias" }.ToImmutableDictionary(),
            Drops = ["languages", "prompt", "response_format", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"],
        },
        Files = new OpenAIFiles
        {
            MaxBytes = 512L << 20, DefaultPurpose = "ocr", JsonLines = ["batch", "fine-tune"], AfterField = "page", LimitField = "page_size", NumberedPages = true, Drops = ["order", "expires_after"],
        },
        // Its pages: up to a million requests in a file.
        Batches = new MistralBatches
        {
            MaxRequests = 1_000_000, OneModel = true, MaxBytes = 512L << 20,
            Endpoints = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/moderations", "/v1/ocr"],
        },
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Completions] = "codestral-latest", [Operations.Embeddings] = "mistral-embed", [Operations.Moderations] = "mistral-moderation-latest", [Operations.Ocr] = "mistral-ocr-latest",
            [Operations.Speech] = "voxtral-mini-tts-latest", [Operations.Transcription] = "voxtral-mini-latest",
        }.ToImmutableDictionary(),
        Documentation = "https://docs.mistral.ai/api",
        Evidence = Evidence.Recorded,
    };

    private static OpenAIChat MistralChat => new()
    {
        Drops = ["logit_bias", "logprobs", "top_logprobs", "user", "store", "verbosity", "modalities", "audio", "web_search_options", "moderation", "safety_identifier", "prompt_cache_retention", "prompt_cache_options", "functions", "function_call"],
        Renames = new Dictionary<string, string> { ["seed"] = "random_seed" }.ToImmutableDictionary(),
        Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
        NamedRoles = ["tool"],
        ToolCallIdLength = 9,
        NullContent = false,
        StreamOptions = false,
        PrefillField = "prefix",
        DocumentField = "document_url",
        PlainSound = true,
    };

    private static OpenAICompletions MistralFim => new()
    {
        Path = "fim/completions", ManyPrompts = false, StreamOptions = false, Drops = ["n", "best_of", "echo", "logprobs", "logit_bias", "frequency_penalty", "presence_penalty", "user"],
        Renames = new Dictionary<string, string> { ["seed"] = "random_seed" }.ToImmutableDictionary(),
    };
}
