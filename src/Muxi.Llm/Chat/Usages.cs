namespace Muxi.Llm;

/// <summary>Adding up what several calls used.</summary>
internal static class Usages
{
    /// <summary>The sum; null where nobody tells.</summary>
    public static Usage? Sum(IEnumerable<Usage?> usages)
    {
        var told = usages.OfType<Usage>().ToList();
        if (told.Count < 2) return told.FirstOrDefault();
        return new()
        {
            PromptTokens = told.Sum(usage => usage.PromptTokens), CompletionTokens = told.Sum(usage => usage.CompletionTokens), TotalTokens = told.Sum(usage => usage.TotalTokens),
            PromptTokensDetails = Sum([.. told.Select(usage => usage.PromptTokensDetails).OfType<PromptTokensDetails>()]),
            CompletionTokensDetails = Sum([.. told.Select(usage => usage.CompletionTokensDetails).OfType<CompletionTokensDetails>()]),
            Extra = told[^1].Extra,
        };
    }

    private static PromptTokensDetails? Sum(List<PromptTokensDetails> all) => all.Count == 0 ? null : new()
    {
        CachedTokens = Sum(all, it => it.CachedTokens), CacheWriteTokens = Sum(all, it => it.CacheWriteTokens), AudioTokens = Sum(all, it => it.AudioTokens),
        ImageTokens = Sum(all, it => it.ImageTokens), TextTokens = Sum(all, it => it.TextTokens), Extra = all[^1].Extra,
    };

    private static CompletionTokensDetails? Sum(List<CompletionTokensDetails> all) => all.Count == 0 ? null : new()
    {
        ReasoningTokens = Sum(all, it => it.ReasoningTokens), AudioTokens = Sum(all, it => it.AudioTokens), TextTokens = Sum(all, it => it.TextTokens),
        AcceptedPredictionTokens = Sum(all, it => it.AcceptedPredictionTokens), RejectedPredictionTokens = Sum(all, it => it.RejectedPredictionTokens), Extra = all[^1].Extra,
    };

    private static long? Sum<T>(List<T> all, Func<T, long?> part) => all.Exists(it => part(it) is not null) ? all.Sum(it => part(it) ?? 0) : null;
}
