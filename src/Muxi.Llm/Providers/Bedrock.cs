using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Amazon Bedrock. A model is an id (<c>anthropic.claude-...-v1:0</c>), an inference profile (<c>us.</c>, <c>eu.</c>, <c>global.</c> before it) or an ARN. With <c>invoke/</c> in
    /// front, Claude is spoken to in Anthropic's own format. Its list of models is at another address, the control plane's, and not asked for.
    /// </summary>
    public static Provider Bedrock { get; } = new("bedrock", "https://bedrock-runtime.{region}.amazonaws.com",
        Auth.Bearer("AWS_BEARER_TOKEN_BEDROCK") with
        {
            Source = new("aws", "Muxi.Llm.Aws") { Variables = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] },
        })
    {
        DisplayName = "Amazon Bedrock",
        UrlParts = [new("region", "AWS_REGION", "AWS_DEFAULT_REGION")],
        BaseUrlVariables = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
        Chat = new BedrockConverse { Addresses = ["s3://*"] }
            .For("invoke/*claude-3-7*", InvokedClaude)
            .For("invoke/*claude-3*", InvokedClaude with { Thinking = AnthropicThinking.None })
            .For("invoke/*claude-*-4-5*", InvokedClaude with { TemperatureWithTopP = false, OutputFormat = true, StrictTools = true })
            .For("invoke/*claude-*-4-1*", InvokedClaude with { TemperatureWithTopP = false })
            .For("invoke/*claude-*-4-20*", InvokedClaude)
            .For("invoke/*claude-*-4-6*", InvokedClaude with { TemperatureWithTopP = false, OutputFormat = true, StrictTools = true, Thinking = AnthropicThinking.Adaptive, Efforts = ["low", "medium", "high", "max"] })
            .For("invoke/*-5-5*", InvokedClaude with { Sampling = false, ForcedTools = false, ThinkingOff = null, OutputFormat = true, StrictTools = true, Thinking = AnthropicThinking.Adaptive, ThinkingDisplay = "summarized", Efforts = ["low", "medium", "high", "xhigh", "max"] })
            .For("invoke/*", InvokedClaude with { Sampling = false, OutputFormat = true, StrictTools = true, Thinking = AnthropicThinking.Adaptive, ThinkingDisplay = "summarized", Efforts = ["low", "medium", "high", "xhigh", "max"] })
            // Claude, as at its maker's; the first match wins.
            .For("*claude-3-7*", d => Claude(d) with { Thinking = BedrockThinking.Budget })
            .For("*claude-3*", Claude)
            .For("*claude-*-4-5*", d => Claude(d) with { Thinking = BedrockThinking.Budget, TemperatureWithTopP = false, OutputFormat = true, StrictTools = true })
            .For("*claude-*-4-1*", d => Claude(d) with { Thinking = BedrockThinking.Budget, TemperatureWithTopP = false })
            .For("*claude-*-4-20*", d => Claude(d) with { Thinking = BedrockThinking.Budget })
            .For("*claude-*-4-6*", d => Claude(d) with { Thinking = BedrockThinking.Adaptive, Efforts = ["low", "medium", "high", "max"], TemperatureWithTopP = false, OutputFormat = true, StrictTools = true })
            .For("*anthropic.claude-v*", d => d with { ForcedTools = false, CachePoints = false })
            .For("*claude-*-5-5*", d => Claude(d) with { Thinking = BedrockThinking.Adaptive, Efforts = ["low", "medium", "high", "xhigh", "max"], ThinkingOff = false, Sampling = false, ForcedTools = false, OutputFormat = true, StrictTools = true })
            .For("*anthropic.*", d => Claude(d) with { Thinking = BedrockThinking.Adaptive, Efforts = ["low", "medium", "high", "xhigh", "max"], Sampling = false, OutputFormat = true, StrictTools = true })
            .For("*amazon.nova-2*", d => d with { Thinking = BedrockThinking.Config, Efforts = ["low", "medium", "high"], TopKField = "inferenceConfig.topK" })
            .For("*amazon.nova*", d => d with { TopKField = "inferenceConfig.topK" })
            .For("*amazon.titan*", d => d with { SystemPrompt = false, CachePoints = false, ResultStatus = false, ForcedTools = false })
            .For("*openai.*", d => d with { NamedTools = false, Thinking = BedrockThinking.Effort, Efforts = ["low", "medium", "high"], ThinkingOff = false, CachePoints = false, ResultStatus = false, OutputFormat = true })
            .For("*qwen.*", d => d with { NamedTools = false, CachePoints = false, ResultStatus = false, OutputFormat = true })
            .For("*deepseek.r1*", d => d with { CachePoints = false, ResultStatus = false, ForcedTools = false })
            .For("*deepseek.*", d => d with { NamedTools = false, CachePoints = false, ResultStatus = false, OutputFormat = true })
            .For("*mistral.*", d => d with { NamedTools = false, CachePoints = false, ResultStatus = false })
            .For("*cohere.*", d => d with { CachePoints = false, ResultStatus = false, ForcedTools = false, TopKField = "k" })
            .For("*meta.*", d => d with { CachePoints = false, ResultStatus = false, ForcedTools = false })
            .For("*ai21.*", d => d with { CachePoints = false, ResultStatus = false, ForcedTools = false }),
        TokenCount = new BedrockTokenCount(),
        Embeddings = new BedrockEmbeddings { MaxInputs = 96 }
            .For("*titan-embed-text-v1*", d => d with { DimensionsField = null })
            .For("*titan-embed-g1*", d => d with { DimensionsField = null })
            .For("*titan-embed-image*", d => d with { DimensionsField = "embeddingConfig.outputEmbeddingLength" })
            .For("*cohere.embed-v4*", d => d with { Form = BedrockEmbeddingForm.Cohere, DimensionsField = "output_dimension", Purpose = "search_document" })
            .For("*cohere.embed*", d => d with { Form = BedrockEmbeddingForm.Cohere, DimensionsField = null, Purpose = "search_document" })
            .For("*nova-2-multimodal-embeddings*", d => d with { Form = BedrockEmbeddingForm.Nova, DimensionsField = "embeddingDimension", Purpose = "GENERIC_INDEX" }),
        Rerank = new CohereRerank { Path = "model/{segment}/invoke", ModelInBody = false, DocumentForm = RerankDocumentForm.Text, ReturnField = null, MaxTokensField = null }.For("*cohere.*", d => d with { ApiVersion = 2, MaxTokensField = "max_tokens_per_doc" }),
        Images = new BedrockImages().For("*stability.*", d => d with { Form = BedrockImageForm.Stability }),
        Models = null,
        DefaultModels = new Dictionary<string, string> { ["embeddings"] = "amazon.titan-embed-text-v2:0", ["images"] = "amazon.nova-canvas-v1:0", ["rerank"] = "cohere.rerank-v3-5:0" }.ToImmutableDictionary(),
        Documentation = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
        Evidence = Evidence.Recorded,
    };

    private static BedrockConverse Claude(BedrockConverse any) => any with { SingleCalls = true };

    private static AnthropicMessages InvokedClaude => new()
    {
        ModelPrefix = "invoke/", Path = "model/{model}/invoke", StreamPath = "model/{model}/invoke-with-response-stream", StreamFraming = Framing.AwsEventStreamChunks,
        BodyVersion = "bedrock-2023-05-31", ModelInBody = false, StreamInBody = false, BetasInBody = true, Addresses = [], SearchResults = true, LacksTools = ["web_search_", "web_fetch_", "code_execution_", "mcp_toolset", "advisor_"],
        // Members and tools that are refused without them; the service refuses any value that it does not know. Tools "not available on Amazon Bedrock": their pages in Anthropic's documentation (2026).
        Betas = new Dictionary<string, string>
        {
            ["context_management"] = "context-management-2025-06-27", ["compact_20260112"] = "compact-2026-01-12", ["computer_20241022"] = "computer-use-2024-10-22", ["computer_20250124"] = "computer-use-2025-01-24", ["computer_20251124"] = "computer-use-2025-11-24",
            ["tool_search_tool_regex_20251119"] = "tool-search-tool-2025-10-19", ["tool_search_tool_bm25_20251119"] = "tool-search-tool-2025-10-19", ["memory_20250818"] = "context-management-2025-06-27",
        }.ToImmutableDictionary(),
    };
}
