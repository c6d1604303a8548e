using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    private static readonly ImmutableArray<string> _fixedAtMoonshot = ["seed", "temperature", "top_p", "n", "presence_penalty", "frequency_penalty"];

    /// <summary>
    /// Moonshot AI, outside China. Its Kimi models choose temperature and the like themselves and refuse others ("only 1 is allowed for this model"); those that think want
    /// their reasoning back with each tool call, and refuse a call that is forced ("tool_choice 'required' is incompatible with thinking enabled"): so its replies of 2026 say.
    /// </summary>
    public static Provider Moonshot { get; } = new("moonshot", "https://api.moonshot.ai/v1", Auth.Bearer("MOONSHOT_API_KEY", "MOONSHOTAI_API_KEY"))
    {
        DisplayName = "Moonshot AI (Kimi)",
        Aliases = ["moonshotai", "kimi"],
        DefaultModel = "kimi-k2.6",
        BaseUrlVariables = ["MOONSHOT_API_BASE"],
        Chat = Kimi()
            .For("kimi-k3*", static d => d with
            {
                Drops = _fixedAtMoonshot,
                EffortField = "reasoning_effort",
                Efforts = KimiEfforts(),
                ToolChoices = new Dictionary<string, string> { ["function"] = "required" }.ToImmutableDictionary(),
            })
            .For("kimi-k2.7*", static d => d with { Drops = _fixedAtMoonshot })
            .For("kimi-k2.6*", static d => d with { Drops = _fixedAtMoonshot, ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"] })
            .For("kimi-k2.5*", static d => d with { Drops = _fixedAtMoonshot, ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"] })
            .For("moonshot-v1*", static d => d with { PlainContent = true, ReasoningEcho = null, ReasoningEchoRequired = false }),
        // What a file says is its content: it is extracted, not given back as it came.
        Files = new OpenAIFiles { MaxBytes = 100L << 20, DefaultPurpose = "file-extract", JsonLines = ["batch"] },
        Batches = new OpenAIBatches { Endpoints = ["/v1/chat/completions"], OneModel = true },
        Documentation = "https://platform.kimi.ai/docs/api/chat",
        Evidence = Evidence.Recorded,
    };

    private static OpenAIChat Kimi() => new()
    {
        MaxTokensField = "max_completion_tokens",
        Drops = ["seed"],
        Most = new Dictionary<string, double> { ["temperature"] = 1 }.ToImmutableDictionary(),
        MaxStops = 5,
        Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
        ToolChoices = new Dictionary<string, string> { ["required"] = "auto", ["function"] = "auto" }.ToImmutableDictionary(),
        EffortField = null,
        ReasoningEcho = "reasoning_content",
        ReasoningEchoRequired = true,
        PrefillField = "partial",
    };

    /// <summary>K3 always thinks, and knows three efforts.</summary>
    private static ImmutableDictionary<string, string> KimiEfforts() => new Dictionary<string, string>
    {
        ["none"] = "low", ["minimal"] = "low", ["medium"] = "high", ["xhigh"] = "max",
    }.ToImmutableDictionary();
}
