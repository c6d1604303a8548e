namespace Muxi.Llm;

/// <summary>Options of a chat request that have no place in Cohere's.</summary>
internal static class CohereLosses
{
    private const string Unknown = "left out: the service has nothing like it";

    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the service gives one answer");
        if (request.TopLogprobs is > 0) warnings.Add("top_logprobs", "left out: the service tells of the chosen tokens alone");
        if (request.Modalities?.Any(modality => modality != "text") == true) warnings.Add("modalities", "left out: the service answers in text");
        foreach (var (param, isSet) in Set(request))
            if (isSet) warnings.Add(param, Unknown);
    }

    private static IEnumerable<(string Param, bool IsSet)> Set(ChatCompletionRequest request) =>
    [
        ("logit_bias", request.LogitBias is { Count: > 0 }), ("verbosity", request.Verbosity is not null), ("audio", !request.Audio.IsEmpty),
        ("prediction", !request.Prediction.IsEmpty), ("web_search_options", !request.WebSearchOptions.IsEmpty), ("store", request.Store == true),
        ("metadata", request.Metadata is { Count: > 0 }), ("service_tier", request.ServiceTier is { Value: not ("auto" or "default") }), ("moderation", !request.Moderation.IsEmpty),
        ("user", request.User is not null), ("safety_identifier", request.SafetyIdentifier is not null), ("prompt_cache_key", request.PromptCacheKey is not null),
        ("prompt_cache_retention", request.PromptCacheRetention is not null), ("prompt_cache_options", !request.PromptCacheOptions.IsEmpty),
    ];
}
