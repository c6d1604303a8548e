namespace Muxi.Llm;

/// <summary>Options of a chat request that have no place in Anthropic's messages.</summary>
internal static class MessagesLosses
{
    private const string Unknown = "left out: the service has nothing like it";

    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the service gives one answer");
        if (request.Seed is not null) warnings.Add("seed", Unknown);
        if (request.FrequencyPenalty is not (null or 0)) warnings.Add("frequency_penalty", Unknown);
        if (request.PresencePenalty is not (null or 0)) warnings.Add("presence_penalty", Unknown);
        if (request.LogitBias is { Count: > 0 }) warnings.Add("logit_bias", Unknown);
        if (request.Logprobs == true) warnings.Add("logprobs", Unknown);
        if (request.TopLogprobs is > 0) warnings.Add("top_logprobs", Unknown);
        if (request.Verbosity is not null) warnings.Add("verbosity", Unknown);
        if (request.Modalities?.Any(modality => modality != "text") == true) warnings.Add("modalities", "left out: the service answers in text");
        WarnOfHousekeeping(request, warnings);
    }

    private static void WarnOfHousekeeping(ChatCompletionRequest request, Warnings warnings)
    {
        if (!request.Audio.IsEmpty) warnings.Add("audio", "left out: the service answers in text");
        if (!request.Prediction.IsEmpty) warnings.Add("prediction", Unknown);
        if (request.Store == true) warnings.Add("store", Unknown);
        if (request.Metadata?.Keys.Any(key => key != "user_id") == true) warnings.Add("metadata", "left out but for user_id: the service takes no other label");
        if (!request.Moderation.IsEmpty) warnings.Add("moderation", Unknown);
        if (request.PromptCacheKey is not null) warnings.Add("prompt_cache_key", "left out: the service caches up to cache_control marks");
        if (request.PromptCacheRetention is not null) warnings.Add("prompt_cache_retention", "left out: a cache_control mark says how long (ttl 5m or 1h)");
        if (!request.PromptCacheOptions.IsEmpty) warnings.Add("prompt_cache_options", "left out: the service caches up to cache_control marks");
    }

    /// <summary>The service's word for a tier; null where it has none.</summary>
    public static string? Tier(string tier, Warnings warnings)
    {
        switch (tier)
        {
            case "auto" or "priority":
                return "auto";
            case "default" or "standard":
                return "standard_only";
            case "flex" or "scale":
                warnings.Add("service_tier", $"left out: the service has no '{tier}'");
                return null;
            default:
                return tier;
        }
    }
}
