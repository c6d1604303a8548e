using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>OpenAI. Its reasoning models reject <c>max_tokens</c>, and all of its models take the newer word.</summary>
    public static Provider OpenAI { get; } = new("openai", "https://api.openai.com/v1", Auth.Bearer("OPENAI_API_KEY"))
    {
        DisplayName = "OpenAI",
        DefaultModel = "gpt-4o-mini",
        HeaderVariables = new Dictionary<string, string> { ["OpenAI-Organization"] = "OPENAI_ORG_ID", ["OpenAI-Project"] = "OPENAI_PROJECT_ID" }.ToImmutableDictionary(),
        Chat = new OpenAIChat { MaxTokensField = "max_completion_tokens", MaxRequestBytes = 50 << 20 },
        Images = new OpenAIImages(),
        DefaultModels = new Dictionary<string, string> { [Operations.Images] = "gpt-image-1" }.ToImmutableDictionary(),
        Documentation = "https://platform.openai.com/docs/api-reference/chat",
    };
}
