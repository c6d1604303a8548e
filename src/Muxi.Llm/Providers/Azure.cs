using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Azure OpenAI and Foundry. A model is a deployment's name, which need not say what is behind it. Its newer addresses end in <c>/openai/v1</c> and speak as OpenAI does; where a dated
    /// version is set, those of deployments are asked. A resource is named by its address (<c>AZURE_OPENAI_ENDPOINT</c>) or its name.
    /// </summary>
    public static Provider Azure { get; } = new("azure", "https://{resource}.openai.azure.com/openai/v1",
        Auth.Key("api-key", "AZURE_OPENAI_API_KEY") with
        {
            Alternative = Auth.Bearer("AZURE_OPENAI_AD_TOKEN", "AZURE_AD_TOKEN"),
            Source = new("azure", "Muxi.Llm.Azure") { Variables = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"] },
        })
    {
        DisplayName = "Azure OpenAI",
        Aliases = ["azure_openai"],
        BaseUrlVariables = ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_BASE_URL", "AZURE_API_BASE"],
        BaseUrlSuffix = "/openai/v1",
        UrlParts = [new("resource", "AZURE_RESOURCE_NAME", "AZURE_OPENAI_RESOURCE_NAME") { Otherwise = "AZURE_OPENAI_ENDPOINT to its address" }],
        Hosts = ["*.openai.azure.com", "*.cognitiveservices.azure.com", "*.services.ai.azure.com", "*.openai.azure.us", "*.cognitiveservices.azure.us", "*.openai.azure.cn", "*.cognitiveservices.azure.cn"],
        // The paths are those of OpenAI's own client for it (openai-node 6.49, azure.ts), /batches aside, which is the resource's and not a deployment's in Microsoft's reference.
        Dated = new("api-version", "https://{resource}.openai.azure.com/openai", "AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION")
        {
            ModelFolder = "deployments/{model}",
            ModelPaths = ["chat/completions", "completions", "embeddings", "audio/speech", "audio/transcriptions", "audio/translations", "images/generations", "images/edits"],
            UndatedEnds = ["/v1", "/models"],
            // stream_options and max_completion_tokens came with 2024-09-01-preview ("API version lifecycle"); older ones reject what they do not know.
            Chats = [new("", new OpenAIChat { StreamOptions = false }), new("2024-09-01", ChatInAzure(null))],
        },
        Chat = ChatInAzure("max_completion_tokens"),
        Responses = new OpenAIResponses(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Images = new OpenAIImages(),
        Speech = new OpenAISpeech { DefaultVoice = "alloy", MaxInput = 4096 },
        Transcription = new OpenAITranscription { MaxFileBytes = 25 << 20 },
        Translation = new OpenAITranslation { MaxFileBytes = 25 << 20 },
        // 'user_data' is not taken there ("Responses API: file input", 2026).
        Files = new OpenAIFiles { MaxBytes = 512L << 20, DefaultPurpose = "assistants", JsonLines = ["batch", "fine-tune"], MaxBytesOfPurpose = new Dictionary<string, long> { ["batch"] = 200L << 20 }.ToImmutableDictionary() },
        Uploads = new OpenAIUploads { MaxBytes = 8L << 30, MaxPartBytes = 64L << 20 },
        Batches = new OpenAIBatches
        {
            MaxRequests = 100_000, MaxBytes = 200L << 20, OneModel = true, Endpoints = ["/v1/chat/completions", "/v1/responses"],
            EndpointNames = new Dictionary<string, string> { ["/v1/chat/completions"] = "/chat/completions" }.ToImmutableDictionary(),
        },
        MissingModelHint = "a model of azure/ is the name of one of the resource's deployments: look whether '{model}' is one, and whether it is minutes old",
        Documentation = "https://learn.microsoft.com/azure/foundry/openai/latest",
        Evidence = Evidence.Recorded,
    };

    /// <summary>
    /// Reasoning models refuse <c>max_tokens</c>, models of other makers <c>max_completion_tokens</c>. A deployment is often called after its model; where its name says nothing, what all of
    /// OpenAI's models take is sent, or, in a dated version, what the caller said.
    /// </summary>
    /// <param name="maxTokens">The member for deployments whose names say nothing; null for the caller's own.</param>
    private static OpenAIChat ChatInAzure(string? maxTokens) => OtherMakers.Aggregate(new OpenAIChat { MaxTokensField = maxTokens }, static (chat, glob) => chat.For(glob, chat with { MaxTokensField = "max_tokens" }))
        .For("*gpt-5*", d => d with { MaxTokensField = "max_completion_tokens" }).For("o1*", d => d with { MaxTokensField = "max_completion_tokens" })
        .For("o3*", d => d with { MaxTokensField = "max_completion_tokens" }).For("o4*", d => d with { MaxTokensField = "max_completion_tokens" });

    private static ImmutableArray<string> OtherMakers => ["*mistral*", "*mixtral*", "*codestral*", "*llama*", "*phi-*", "*deepseek*", "*cohere*", "*grok*", "*jamba*", "*kimi*", "*qwen*"];
}
