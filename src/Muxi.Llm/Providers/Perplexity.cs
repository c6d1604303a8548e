using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Perplexity. Names with a slash are asked through its Agent API (<c>perplexity/perplexity/sonar</c>, <c>perplexity/openai/gpt-5.2</c>). The bare <c>sonar</c> names speak its older chat, which its
    /// pages say was supported until 27 September 2026: it takes no tools, wants the turns to alternate, and lists its sources beside the answer.
    /// </summary>
    public static Provider Perplexity { get; } = new("perplexity", "https://api.perplexity.ai", Auth.Bearer("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY"))
    {
        DisplayName = "Perplexity",
        DefaultModel = "perplexity/sonar",
        BaseUrlVariables = ["PERPLEXITY_API_BASE"],
        Chat = new OpenAIChat
        {
            Tools = false,
            Alternates = true,
            StreamOptions = false,
            SourcesFields = ["search_results", "citations"],
            ResponseFormats = ["text", "json_schema"],
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            NamedRoles = ["tool"],
            DocumentField = "file_url",
            PlainDocumentData = true,
            Efforts = new Dictionary<string, string> { ["none"] = "minimal", ["xhigh"] = "high" }.ToImmutableDictionary(),
            Drops = ["seed", "logit_bias", "user", "store", "metadata", "service_tier", "verbosity", "modalities", "audio", "prediction", "moderation", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"],
        }
            .For("sonar-reasoning*", d => d with { ThinkTags = true })
            .For("sonar-deep-research*", d => d with { ThinkTags = true })
            .For("*/*", new OpenAIResponsesChat { Path = AgentPath, BlockFormat = "perplexity-responses", TypedMessages = true, FormatField = "response_format", Drops = AgentDrops() }),
        Responses = new OpenAIResponseCreation { Path = AgentPath, PreviousResponses = true, Background = true, EncryptedReasoning = false, TypedMessages = true, FormatField = "response_format", Drops = AgentDrops() },
        Embeddings = new OpenAIEmbeddings { Path = "v1/embeddings", SmallNumbers = true, MaxInputs = 512, Drops = ["user"] },
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "pplx-embed-v1-0.6b", [Operations.Responses] = "perplexity/sonar" }.ToImmutableDictionary(),
        Models = null,
        Documentation = "https://docs.perplexity.ai/docs/agent-api",
        Evidence = Evidence.Recorded,
    };

    private const string AgentPath = "v1/responses";

    /// <summary>What its client's request for a response does not know (version 0.38, November 2026).</summary>
    private static ImmutableArray<string> AgentDrops() =>
        ["text", "tool_choice", "parallel_tool_calls", "include", "truncation", "metadata", "service_tier", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "top_logprobs", "moderation", "stream_options"];
}
