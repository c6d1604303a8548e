using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// NVIDIA's catalogue of models, and a NIM of one's own by a base URL (<c>http://localhost:8000/v1</c>). Embeddings are of queries or of passages, which has to be said: what the
    /// caller does not call a query is a passage. In the catalogue, models that rank are at another host, each at an address of its own.
    /// </summary>
    public static Provider Nvidia { get; } = new("nvidia", "https://integrate.api.nvidia.com/v1", Auth.Bearer("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"))
    {
        DisplayName = "NVIDIA",
        Aliases = ["nvidia_nim", "nim"],
        BaseUrlVariables = ["NVIDIA_NIM_API_BASE"],
        DefaultModel = "openai/gpt-oss-20b",
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "nvidia/nv-embed-v1", [Operations.Rerank] = "nvidia/llama-nemotron-rerank-vl-1b-v2" }.ToImmutableDictionary(),
        Chat = new OpenAIChat { Roles = BeforeDeveloper() }
            .For("openai/gpt-oss*", GptOss)
            .For("*nemotron*", d => d with { EffortField = null, ThinkingField = "chat_template_kwargs.enable_thinking" })
            .For("qwen/*", d => d with { EffortField = null, ThinkingField = "chat_template_kwargs.enable_thinking" })
            .For("deepseek-ai/*", d => d with { EffortField = null, ThinkingField = "chat_template_kwargs.thinking" }),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Defaults = new Dictionary<string, string> { ["input_type"] = "passage" }.ToImmutableDictionary() },
        Rerank = new CohereRerank
        {
            Path = "ranking", VendorUrl = "https://ai.api.nvidia.com/v1/retrieval/{model}/reranking", DotsAsLowLines = true, QueryForm = RerankQueryForm.Object, DocumentsField = "passages",
            DocumentForm = RerankDocumentForm.Object, TopField = null, ReturnField = null, MaxTokensField = null,
        },
        Evidence = Evidence.VendorsPage,
        Documentation = "https://docs.api.nvidia.com/nim/reference/llm-apis",
    };
}
