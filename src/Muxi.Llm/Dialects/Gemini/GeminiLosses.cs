namespace Muxi.Llm;

/// <summary>Options of a chat request that have no place in Google's format.</summary>
internal static class GeminiLosses
{
    private const string Unknown = "left out: the service has nothing like it";

    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(GeminiPlan plan)
    {
        var (request, warnings) = (plan.Request, plan.Warnings);
        if (request.LogitBias is { Count: > 0 }) warnings.Add("logit_bias", Unknown);
        if (request.Verbosity is not null) warnings.Add("verbosity", Unknown);
        if (request.ParallelToolCalls == false && plan.Functions.Count > 0) warnings.Add("parallel_tool_calls", "left out: the service cannot be told to make one call at a time");
        if (!request.Prediction.IsEmpty) warnings.Add("prediction", Unknown);
        if (!request.Moderation.IsEmpty) warnings.Add("moderation", "left out: the service has safetySettings instead");
        if (request.Metadata is { Count: > 0 } && !plan.Quirks.Labels) warnings.Add("metadata", Unknown);
        if (request.Store is not null && !plan.Quirks.Store) warnings.Add("store", Unknown);
        if (request.SafetyIdentifier is not null) warnings.Add("safety_identifier", Unknown);
        if (request.User is not null) warnings.Add("user", Unknown);
        WarnOfCaching(request, warnings);
        if (plan.Searches && request.WebSearchOptions.ToElement() is { ValueKind: System.Text.Json.JsonValueKind.Object } options && options.EnumerateObject().Any())
            warnings.Add("web_search_options", "sent as a plain search: the service takes none of its options");
    }

    private static void WarnOfCaching(ChatCompletionRequest request, Warnings warnings)
    {
        const string Caching = "left out: the service caches by itself, or what cachedContent names";
        if (request.PromptCacheKey is not null) warnings.Add("prompt_cache_key", Caching);
        if (request.PromptCacheRetention is not null) warnings.Add("prompt_cache_retention", Caching);
        if (!request.PromptCacheOptions.IsEmpty) warnings.Add("prompt_cache_options", Caching);
    }

    /// <summary>The header of a class of service, where the service takes one; none for the usual class.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(GeminiPlan plan) =>
        plan.Quirks.ServiceTierHeader is { } name && plan.Request.ServiceTier is { Value: var tier } && Tier(tier) is { } word and not "standard" ? [new(name, word)] : [];

    /// <summary>The service's word for a tier; null where it is the usual one.</summary>
    public static string? Tier(string tier) => tier switch
    {
        "auto" => null,
        "default" => "standard",
        _ => tier,
    };
}
