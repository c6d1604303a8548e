namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>OpenAI with chat over its responses, for any of its models: what a model has thought, sealed, goes on with the conversation. Models that do not think refuse to be asked for it.</summary>
    public static Provider OpenAIResponses { get; } = new("openai-responses", "https://api.openai.com/v1", Auth.Bearer("OPENAI_API_KEY"))
    {
        DisplayName = "OpenAI (responses)",
        DefaultModel = "gpt-5-mini",
        // The same address and the same key: whoever sets one of them means both.
        BaseUrlVariables = ["OPENAI_BASE_URL"],
        HeaderVariables = OpenAIAccount(),
        Models = null,
        Chat = ThinkingInResponses()
            .For("gpt-4*", static d => d with { EncryptedReasoning = false }).For("chatgpt-4*", static d => d with { EncryptedReasoning = false })
            .For("gpt-3*", static d => d with { EncryptedReasoning = false }).For("gpt-5-chat*", static d => d with { EncryptedReasoning = false }),
        Responses = new OpenAIResponses { MaxRequestBytes = 50 << 20 },
        TokenCount = new OpenAIInputTokens(),
        Documentation = "https://platform.openai.com/docs/api-reference/responses",
        Evidence = Evidence.Recorded,
    };

    /// <summary>Its chat over responses; <c>max_output_tokens</c> is 16 at least (<c>CreateResponse</c> in its OpenAPI document).</summary>
    private static OpenAIResponsesChat ThinkingInResponses() => new() { BlockFormat = "openai-responses", EncryptedReasoning = true, MinOutputTokens = 16, MaxRequestBytes = 50 << 20 };
}
