using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>DeepSeek. It has no schemas, knows no <c>developer</c>, and wants reasoning back within a tool loop.</summary>
    public static Provider DeepSeek { get; } = new("deepseek", "https://api.deepseek.com", Auth.Bearer("DEEPSEEK_API_KEY"))
    {
        DisplayName = "DeepSeek",
        DefaultModel = "deepseek-chat",
        BaseUrlVariables = ["DEEPSEEK_API_BASE"],
        Chat = new OpenAIChat
        {
            Drops = ["seed", "n"],
            ResponseFormats = ["text", "json_object"],
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            ReasoningEcho = "reasoning_content",
            FinishReasons = new Dictionary<string, string> { ["insufficient_system_resource"] = "length" }.ToImmutableDictionary(),
        },
        Files = new OpenAIFileStore { MaxBytes = 100L << 20, MaxLimit = 1000, DefaultPurpose = "user_data" },
        Documentation = "https://api-docs.deepseek.com/api/create-chat-completion",
    };
}
