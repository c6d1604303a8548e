using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Cerebras. It refuses members that it does not know. <c>reasoning_format</c>, <c>clear_thinking</c>, <c>disable_reasoning</c> and <c>min_completion_tokens</c> go as extra members. Its files and
    /// batches are in private preview: who has no access is refused.
    /// </summary>
    public static Provider Cerebras { get; } = new("cerebras", "https://api.cerebras.ai/v1", Auth.Bearer("CEREBRAS_API_KEY"))
    {
        DisplayName = "Cerebras",
        DefaultModel = "gpt-oss-120b",
        BaseUrlVariables = ["CEREBRAS_API_BASE"],
        Chat = new OpenAIChat
        {
            MaxTokensField = "max_completion_tokens",
            MaxStops = 4,
            ReasoningEcho = "reasoning",
            Efforts = new Dictionary<string, string> { ["minimal"] = "low", ["xhigh"] = "high" }.ToImmutableDictionary(),
            Drops = ["metadata", "store", "verbosity", "modalities", "audio", "web_search_options", "moderation", "safety_identifier", "prompt_cache_retention", "prompt_cache_options", "functions", "function_call"],
        }
            .For("gpt-oss*", GptOss),
        Completions = new OpenAICompletions(),
        Files = new OpenAIFiles { DefaultPurpose = "batch", JsonLines = ["batch"] },
        Batches = new OpenAIBatches { Endpoints = ["/v1/chat/completions"] },
        DefaultModels = new Dictionary<string, string> { [Operations.Completions] = "gpt-oss-120b" }.ToImmutableDictionary(),
        Documentation = "https://inference-docs.cerebras.ai/api-reference/chat-completions",
        Evidence = Evidence.VendorsPage,
    };
}
