using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// DeepSeek. It has no schemas, knows no <c>developer</c>, thinks unless it is told not to, forces no tool while it thinks, and wants its reasoning back within a tool loop. Strict tools,
    /// answers that go on from a text, and filling in text are served below <c>/beta</c>.
    /// </summary>
    public static Provider DeepSeek { get; } = new("deepseek", "https://api.deepseek.com", Auth.Bearer("DEEPSEEK_API_KEY"))
    {
        DisplayName = "DeepSeek",
        // deepseek-chat and deepseek-reasoner were taken away in July 2026; this name stands for the newest flash model.
        DefaultModel = "deepseek-flash",
        BaseUrlVariables = ["DEEPSEEK_API_BASE"],
        Chat = new OpenAIChat
        {
            BetaPath = "beta/chat/completions",
            PrefillField = "prefix",
            // Its pages call the penalties deprecated, without effect, and know no word on calls at once.
            Drops = ["seed", "n", "frequency_penalty", "presence_penalty", "parallel_tool_calls"],
            ResponseFormats = ["text", "json_object"],
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            ReasoningEcho = "reasoning_content",
            ReasoningEchoRequired = true,
            ThinkingField = "thinking.type",
            ThinkingWords = ["enabled", "disabled"],
            Efforts = new Dictionary<string, string> { ["minimal"] = "low", ["medium"] = "high", ["xhigh"] = "max" }.ToImmutableDictionary(),
            ForcesToolsWhileReasoning = false,
            MaxStops = 16,
            FinishReasons = new Dictionary<string, string> { ["insufficient_system_resource"] = "length" }.ToImmutableDictionary(),
        },
        Completions = new OpenAICompletions { Path = "beta/completions", ManyPrompts = false, Drops = ["n", "best_of", "logit_bias", "seed", "user"] },
        DefaultModels = new Dictionary<string, string> { [Operations.Completions] = "deepseek-v4-pro" }.ToImmutableDictionary(),
        Files = new OpenAIFileStore { MaxBytes = 100L << 20, MaxLimit = 1000, DefaultPurpose = "user_data" },
        Documentation = "https://api-docs.deepseek.com/api/create-chat-completion",
        Evidence = Evidence.Recorded,
    };
}
