using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// OpenAI. Its reasoning models reject <c>max_tokens</c>, and all of its models take the newer word. Some have no chat completions: <c>ResponsesOnlyModel</c> in its
    /// OpenAPI document 2.3.0, and the codex models ("only supported in v1/responses", its refusal, as reported from 2025 on).
    /// </summary>
    public static Provider OpenAI { get; } = new("openai", "https://api.openai.com/v1", Auth.Bearer("OPENAI_API_KEY"))
    {
        DisplayName = "OpenAI",
        DefaultModel = "gpt-4o-mini",
        HeaderVariables = OpenAIAccount(),
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Completions] = "gpt-3.5-turbo-instruct", [Operations.Embeddings] = "text-embedding-3-small", [Operations.Moderations] = "omni-moderation-latest",
            [Operations.Speech] = "gpt-4o-mini-tts", [Operations.Transcription] = "whisper-1", [Operations.Translation] = "whisper-1",
            [Operations.Images] = "gpt-image-1",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { MaxTokensField = "max_completion_tokens", MaxRequestBytes = 50 << 20 }
            .For("o1-pro*", ThinkingInResponses()).For("o3-pro*", ThinkingInResponses()).For("gpt-5*-pro*", ThinkingInResponses())
            .For("*codex*", ThinkingInResponses()).For("*-deep-research*", ThinkingInResponses()).For("computer-use-preview*", ThinkingInResponses())
            .For("gpt-5*-cyber*", ThinkingInResponses()).For("gpt-daybreak-*", ThinkingInResponses()),
        Responses = new OpenAIResponses { MaxRequestBytes = 50 << 20 },
        TokenCount = new OpenAIInputTokens { BlockFormat = "openai-responses" },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Moderations = new OpenAIModerations(),
        Speech = new OpenAIStreamedSpeech { DefaultVoice = "alloy", MaxInput = 4096 },
        Transcription = new OpenAITranscription { MaxFileBytes = 25 << 20 },
        Translation = new OpenAITranslation { MaxFileBytes = 25 << 20 },
        Images = new OpenAIImages(),
        Files = new OpenAIFiles
        {
            MaxBytes = 512L << 20, MaxLimit = 10_000, DefaultPurpose = "user_data", JsonLines = ["batch", "fine-tune"],
            MaxBytesOfPurpose = new Dictionary<string, long> { ["batch"] = 200L << 20 }.ToImmutableDictionary(),
        },
        Uploads = new OpenAIUploads { MaxBytes = 8L << 30, MaxPartBytes = 64L << 20 },
        Batches = new OpenAIBatches
        {
            MaxRequests = 50_000, MaxBytes = 200L << 20, MaxInputs = 50_000, OneModel = true, MaxLimit = 100,
            Endpoints = ["/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/moderations", "/v1/images/generations", "/v1/images/edits", "/v1/videos"],
        },
        Documentation = "https://platform.openai.com/docs/api-reference/chat",
        Evidence = Evidence.Recorded,
    };

    private static ImmutableDictionary<string, string> OpenAIAccount() =>
        new Dictionary<string, string> { ["OpenAI-Organization"] = "OPENAI_ORG_ID", ["OpenAI-Project"] = "OPENAI_PROJECT_ID" }.ToImmutableDictionary();
}
