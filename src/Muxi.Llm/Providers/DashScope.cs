using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Alibaba Cloud's Model Studio with its Qwen models, in Singapore; China, Hong Kong and Virginia have addresses and keys of their own. Sound goes as a data URI, and a tool
    /// may be forced by its name only. Some open models think unless they are told not to, and then answer streams alone.
    /// </summary>
    public static Provider DashScope { get; } = new("dashscope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", Auth.Bearer("DASHSCOPE_API_KEY", "ALIBABA_API_KEY"))
    {
        DisplayName = "Alibaba DashScope (Qwen)",
        Aliases = ["qwen", "alibaba"],
        DefaultModel = "qwen-plus",
        BaseUrlVariables = ["DASHSCOPE_API_BASE"],
        Chat = new OpenAIChat
        {
            Drops = ["frequency_penalty", "logit_bias"],
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            ToolChoices = new Dictionary<string, string> { ["required"] = "auto" }.ToImmutableDictionary(),
            AudioUris = true,
            CacheControl = true,
            EffortField = null,
            ThinkingField = "enable_thinking",
            PrefillField = "partial",
        },
        Responses = new OpenAIStoredResponses { PreviousResponses = true, EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "text-embedding-v4" }.ToImmutableDictionary(),
        Files = new OpenAIFiles
        {
            MaxBytes = 500L << 20, DefaultPurpose = "file-extract", JsonLines = ["batch"],
            MaxBytesOfPurpose = new Dictionary<string, long> { ["file-extract"] = 150L << 20 }.ToImmutableDictionary(),
        },
        Batches = new OpenAIBatches { MaxRequests = 50_000, MaxBytes = 500L << 20, OneModel = true, Endpoints = ["/v1/chat/completions", "/v1/embeddings"] },
        Documentation = "https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions",
        Evidence = Evidence.Recorded,
    };
}
