namespace Muxi.Llm;

/// <summary>Options of OpenAI's own housekeeping, which formats of plain chat have no place for.</summary>
internal static class UnknownOptions
{
    /// <summary>Warns of each of them that is set and says more than its default.</summary>
    /// <param name="request">The request.</param>
    /// <param name="warnings">Takes the warnings.</param>
    /// <param name="message">What becomes of them.</param>
    public static void Warn(ChatCompletionRequest request, Warnings warnings, string message)
    {
        foreach (var (param, isSet) in Set(request))
            if (isSet) warnings.Add(param, message);
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
