using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>What an answer took: tokens, time and attempts; and what the service lets its caller still take.</summary>
internal sealed record Spent(Reply Reply, Usage? Usage, TimeSpan Time)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"usage: {(Usage is { } usage ? Tokens(usage) : "the provider told no tokens")} in {Time.TotalSeconds:0.0} s{(Reply.Attempts.Count > 1 ? $", {Reply.Attempts.Count} attempts" : "")}{Left(Reply.RateLimits)}");

    private static string Left(RateLimits? limits)
    {
        string?[] told = [Left(limits?.Requests, "requests"), Left(limits?.Tokens, "tokens"), Left(limits?.InputTokens, "input tokens"), Left(limits?.OutputTokens, "output tokens")];
        return told.OfType<string>().ToList() is { Count: > 0 } left ? $"; left: {string.Join(", ", left)}" : "";
    }

    private static string? Left(RateLimit? limit, string what) =>
        limit?.Remaining is { } left ? string.Create(CultureInfo.InvariantCulture, $"{left}{(limit.Limit is { } all ? $" of {all}" : "")} {what}") : null;

    private static string Tokens(Usage usage)
    {
        var cached = usage.PromptTokensDetails?.CachedTokens is > 0 and var read ? $" ({read} cached)" : "";
        var thought = usage.CompletionTokensDetails?.ReasoningTokens is > 0 and var reasoning ? $" ({reasoning} reasoning)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{usage.PromptTokens} prompt{cached} + {usage.CompletionTokens} completion{thought} = {usage.TotalTokens} tokens");
    }
}
