using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>What an answer took: tokens, time and attempts.</summary>
internal sealed record Spent(Reply Reply, Usage? Usage, TimeSpan Time)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"usage: {(Usage is { } usage ? Tokens(usage) : "the provider told no tokens")} in {Time.TotalSeconds:0.0} s{(Reply.Attempts.Count > 1 ? $", {Reply.Attempts.Count} attempts" : "")}");

    private static string Tokens(Usage usage)
    {
        var cached = usage.PromptTokensDetails?.CachedTokens is > 0 and var read ? $" ({read} cached)" : "";
        var thought = usage.CompletionTokensDetails?.ReasoningTokens is > 0 and var reasoning ? $" ({reasoning} reasoning)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{usage.PromptTokens} prompt{cached} + {usage.CompletionTokens} completion{thought} = {usage.TotalTokens} tokens");
    }
}
