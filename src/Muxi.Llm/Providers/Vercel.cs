using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Vercel's AI Gateway. Reasoning is asked for by an object of its own; who may answer goes as an extra member, <c>providerOptions.gateway</c>.</summary>
    public static Provider Vercel { get; } = new("vercel", "https://ai-gateway.vercel.sh/v1", Auth.Bearer("AI_GATEWAY_API_KEY", "VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"))
    {
        DisplayName = "Vercel AI Gateway",
        Aliases = ["vercel_ai_gateway"],
        DefaultModel = "openai/gpt-4o-mini",
        BaseUrlVariables = ["AI_GATEWAY_BASE_URL"],
        Chat = new OpenAIChat { CacheControl = true, EffortField = "reasoning.effort", ReasoningDetails = "reasoning_details", ReasoningEcho = "reasoning", AnswerImages = true },
        Responses = new OpenAIResponseCreation(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { Path = "../v2/rerank", DocumentForm = RerankDocumentForm.Text, ReturnField = null },
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "openai/text-embedding-3-small", [Operations.Rerank] = "cohere/rerank-v3.5" }.ToImmutableDictionary(),
        Documentation = "https://vercel.com/docs/ai-gateway/sdks-and-apis/openai-chat-completions",
        Evidence = Evidence.VendorsPage,
    };
}
