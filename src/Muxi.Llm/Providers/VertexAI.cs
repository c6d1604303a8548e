using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    private const string InVertex = "/v1/projects/{project}/locations/{location}/publishers/google";

    /// <summary>
    /// Google Vertex AI: Gemini, Claude in Anthropic's format, and by the publisher's name before a slash (<c>meta/llama-4-...-maas</c>, <c>deepseek-ai/...</c>) what its endpoint in
    /// OpenAI's form has. Who asks is told by an access token, or by Google's usual credentials.
    /// </summary>
    public static Provider VertexAI { get; } = new("vertexai", "https://{location}-aiplatform.googleapis.com" + InVertex,
        Auth.Bearer("VERTEXAI_ACCESS_TOKEN") with { Source = new("google", "Muxi.Llm.Google") { Variables = ["GOOGLE_APPLICATION_CREDENTIALS"] } })
    {
        DisplayName = "Google Vertex AI",
        Aliases = ["vertex"],
        DefaultModel = "gemini-3.8-flash",
        BaseUrlVariables = ["VERTEXAI_API_BASE", "GOOGLE_VERTEX_BASE_URL"],
        BaseUrlSuffix = InVertex,
        UrlParts =
        [
            new("project", "VERTEXAI_PROJECT", "GOOGLE_VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT", "ANTHROPIC_VERTEX_PROJECT_ID") { Otherwise = "GOOGLE_APPLICATION_CREDENTIALS to a file with credentials that names one (a VERTEXAI_ACCESS_TOKEN names none)" },
            new("location", "VERTEXAI_LOCATION", "GOOGLE_VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION")
            {
                Default = "global",
                BaseUrls = new Dictionary<string, string>
                {
                    ["global"] = "https://aiplatform.googleapis.com" + InVertex, ["us"] = "https://aiplatform.us.rep.googleapis.com" + InVertex, ["eu"] = "https://aiplatform.eu.rep.googleapis.com" + InVertex,
                }.ToImmutableDictionary(),
            },
        ],
        Chat = ClaudesInVertex.Variants.Aggregate(GeminiModels(GeminiInVertex), static (chat, claude) => chat.For(claude.Glob, claude.Dialect))
            .For("claude-*", ClaudesInVertex)
            .For("endpoints/*", GeminiInVertex with { Path = "../../{model}:generateContent", StreamPath = "../../{model}:streamGenerateContent?alt=sse" })
            .For("projects/*", GeminiInVertex with { Path = "../../../../../../{model}:generateContent", StreamPath = "../../../../../../{model}:streamGenerateContent?alt=sse" })
            .For("*/*", new OpenAIChat { Path = "../../endpoints/openapi/chat/completions" }),
        TokenCount = new GeminiTokenCount { IsWrapped = false },
        // The models before 2026 are asked by a prediction, the newer ones in the Gemini API's form; the first Gemini one takes a text at a time.
        Embeddings = new VertexEmbeddings { MaxInputs = 250 }
            .For("gemini-embedding-001", d => d with { MaxInputs = 1 }).For("gemini*", new VertexContentEmbeddings { MaxInputs = 1 }),
        // The list is of another version and of no project: seven steps up from the base URL is the host.
        Models = new GeminiModels { Path = "../../../../../../../v1beta1/publishers/google/models", ModelPath = "../../../../../../publishers/google/models/{model}" },
        Images = new GeminiImages { OutputOptions = true }
            .For("imagen-4.0-fast*", new ImagenImages { Sizes = [] }).For("imagen-3*", new ImagenImages { Sizes = [] }).For("imagen-*", new ImagenImages())
            .For("gemini-2.0-*", d => d with { Sizes = [], Modalities = ["TEXT", "IMAGE"] }).For("gemini-2.5-*", d => d with { Sizes = [] }),
        Speech = new GeminiSpeech().For("gemini-2.5-*", d => d with { InstructionsInText = true }).For("gemini-3.1-*", d => d with { InstructionsInText = true }),
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "gemini-embedding-001", [Operations.Images] = "gemini-3.1-flash-image", [Operations.Speech] = "gemini-3.8-flash-tts",
        }.ToImmutableDictionary(),
        Documentation = "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference",
        Evidence = Evidence.Recorded,
    };

    private static GeminiChat GeminiInVertex => new() { BlockFormat = "vertexai-gemini", Addresses = ["https://*", "gs://*"], Labels = true, Store = false, FilesUrl = null, ServerToolCalls = false, ServiceTierHeader = "X-Vertex-AI-LLM-Shared-Request-Type" };

    // Pictures in base64 alone there, 5 MB each as they are sent.
    private static AnthropicMessages ClaudesInVertex => Claudes(NewestClaude with
    {
        Path = "../anthropic/models/{model}:rawPredict", StreamPath = "../anthropic/models/{model}:streamRawPredict", BodyVersion = "vertex-2023-10-16", ModelInBody = false, Addresses = [], MaxImageBytes = 3_932_160,
        // "Web search" of Google's pages on Claude (2025-11) wants its value, "Tool search" of Anthropic's (2026-02) another one than at home; the tools below are "not available" there ("Web fetch tool", "Code execution tool", "MCP connector", 2026).
        Betas = NewestClaude.Betas.Add("web_search_20250305", "web-search-2025-03-05").Add("tool_search_tool_regex_20251119", "tool-search-tool-2025-10-19").Add("tool_search_tool_bm25_20251119", "tool-search-tool-2025-10-19"),
        LacksTools = ["web_fetch_", "code_execution_", "mcp_toolset", "advisor_"],
    });
}
