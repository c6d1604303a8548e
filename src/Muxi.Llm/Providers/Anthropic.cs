using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Anthropic. The newest models set the tone; what older ones do otherwise stands below, the first match wins.</summary>
    public static Provider Anthropic { get; } = new("anthropic", "https://api.anthropic.com/v1",
        Auth.Key("x-api-key", "ANTHROPIC_API_KEY") with { Alternative = Auth.Bearer("ANTHROPIC_AUTH_TOKEN") })
    {
        DisplayName = "Anthropic",
        DefaultModel = "claude-sonnet-4-5",
        BaseUrlSuffix = "/v1",
        Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-06-01" }.ToImmutableDictionary(),
        Chat = Claudes(NewestClaude),
        TokenCount = new AnthropicTokenCount(),
        Files = new AnthropicFiles { MaxBytes = 500L << 20, MaxLimit = 1000 },
        Batches = new AnthropicBatches { MaxRequests = 100_000, MaxBytes = 256L << 20, MaxCustomId = 64, PlainCustomIds = true, MaxLimit = 1000, Endpoints = ["/v1/chat/completions"] },
        Documentation = "https://platform.claude.com/docs/en/api/messages",
        Evidence = Evidence.Recorded,
    };

    /// <summary>Claude as its newest models are spoken to.</summary>
    private static AnthropicMessages NewestClaude => new()
    {
        Thinking = AnthropicThinking.Adaptive, ThinkingDisplay = "summarized", ThinkingOff = null, Efforts = ["low", "medium", "high", "xhigh", "max"],
        MaxRequestBytes = 32 << 20, MaxImageBytes = 10 << 20,
        Sampling = false, ForcedTools = false, SystemTurns = true, OutputFormat = true, StrictTools = true, SearchResults = true, WebSearchTool = "web_search_20250305",
        Betas = new Dictionary<string, string>
        {
            ["file"] = "files-api-2025-04-14", ["mcp_servers"] = "mcp-client-2025-11-20", ["mcp_toolset"] = "mcp-client-2025-11-20",
            ["context_management"] = "context-management-2025-06-27", ["compact_20260112"] = "compact-2026-01-12",
            ["output_format"] = "structured-outputs-2025-11-13", ["output_config.task_budget"] = "task-budgets-2026-03-13",
            ["thinking.block_binding"] = "thinking-binding-controls-2026-08-01", ["speed"] = "fast-mode-2026-02-01",
            ["code_execution_20250522"] = "code-execution-2025-05-22", ["code_execution_20250825"] = "code-execution-2025-08-25",
            ["computer_20241022"] = "computer-use-2024-10-22", ["computer_20250124"] = "computer-use-2025-01-24", ["computer_20251124"] = "computer-use-2025-11-24",
            ["container.skills"] = "skills-2025-10-02", ["advisor_20260301"] = "advisor-tool-2026-03-01", ["diagnostics"] = "cache-diagnosis-2026-04-07",
            ["fallbacks"] = "server-side-fallback-2026-07-01", ["fallback_credit_token"] = "fallback-credit-2026-07-01",
        }.ToImmutableDictionary(),
    };

    /// <summary>Claude at a service that has all of its models; the first match wins.</summary>
    private static AnthropicMessages Claudes(AnthropicMessages newest) => newest
        // Thinking that can be turned off, calls that can be forced: before the models of autumn 2026.
        .For("claude-sonnet-5-5*", d => d with { ThinkingOff = "between_tools" })
        .For("claude-haiku-5-5*", d => d with { ThinkingOff = "disabled" })
        .For("claude-opus-5-*", d => d)
        .For("claude-fable-5-*", d => d)
        .For("claude-mythos-5-*", d => d)
        .For("claude-opus-5", d => d with { ThinkingOff = "disabled", ForcedTools = true })
        .For("claude-sonnet-5", d => d with { ThinkingOff = "disabled", ForcedTools = true, SystemTurns = false })
        .For("claude-fable-5", d => d with { ForcedTools = true })
        .For("claude-mythos-5", d => d with { ForcedTools = true })
        .For("claude-mythos-preview*", d => d with { ForcedTools = true, SystemTurns = false })
        .For("claude-opus-4-8*", d => d with { ThinkingOff = "disabled", ForcedTools = true })
        .For("claude-opus-4-7*", d => d with { ThinkingOff = "disabled", ForcedTools = true, SystemTurns = false })
        .For("claude-*-4-6*", d => Sampled(d) with { TemperatureWithTopP = false, Efforts = ["low", "medium", "high", "max"] })
        .For("claude-opus-4-5*", d => Budgeted(d) with { TemperatureWithTopP = false, Efforts = ["low", "medium", "high"] })
        .For("claude-*-4-5*", d => Budgeted(d) with { TemperatureWithTopP = false })
        .For("claude-opus-4-1*", d => Budgeted(d) with { TemperatureWithTopP = false, OutputFormat = false, StrictTools = false })
        .For("claude-*-4-*", d => Budgeted(d) with { OutputFormat = false, StrictTools = false })
        .For("claude-3-7-*", d => Budgeted(d) with { OutputFormat = false, StrictTools = false })
        .For("claude-3-*", d => Budgeted(d) with { Thinking = AnthropicThinking.None, OutputFormat = false, StrictTools = false });

    private static AnthropicMessages Sampled(AnthropicMessages newest) => newest with { Sampling = true, ForcedTools = true, SystemTurns = false, ThinkingOff = "disabled", ThinkingDisplay = null };

    private static AnthropicMessages Budgeted(AnthropicMessages newest) => Sampled(newest) with { Thinking = AnthropicThinking.Budget, Efforts = [] };
}
