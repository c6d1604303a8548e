namespace Muxi.Llm;

/// <summary>Fills in what a chat request leaves out.</summary>
internal static class ChatDefaults
{
    /// <summary>The request with these defaults; what it has itself, by a typed member or by <see cref="ChatCompletionRequest.Extra"/>, stays.</summary>
    public static ChatCompletionRequest Apply(ChatCompletionRequest request, RequestDefaults defaults)
    {
        var d = defaults.Chat;
        return Tools(Sampling(Texts(request, d), d), d) with { Extra = d.Extra.With(request.Extra) };
    }

    private static ChatCompletionRequest Sampling(ChatCompletionRequest request, ChatCompletionRequest d)
    {
        // The two are words for one thing, and the newer one goes before the other.
        var isLimited = request.MaxTokens is not null || request.MaxCompletionTokens is not null || request.Extra.Holds("max_tokens"u8) || request.Extra.Holds("max_completion_tokens"u8);
        return request with
        {
            MaxTokens = isLimited ? request.MaxTokens : d.MaxTokens,
            MaxCompletionTokens = isLimited ? request.MaxCompletionTokens : d.MaxCompletionTokens,
            Temperature = request.Temperature ?? d.Temperature,
            TopP = request.TopP ?? d.TopP,
            N = request.N ?? d.N,
            Stop = request.Stop ?? d.Stop,
            FrequencyPenalty = request.FrequencyPenalty ?? d.FrequencyPenalty,
            PresencePenalty = request.PresencePenalty ?? d.PresencePenalty,
            LogitBias = request.LogitBias ?? d.LogitBias,
            Logprobs = request.Logprobs ?? d.Logprobs,
            TopLogprobs = request.TopLogprobs ?? d.TopLogprobs,
            Seed = request.Seed ?? d.Seed,
            ReasoningEffort = request.ReasoningEffort ?? d.ReasoningEffort,
            Verbosity = request.Verbosity ?? d.Verbosity,
        };
    }

    private static ChatCompletionRequest Texts(ChatCompletionRequest request, ChatCompletionRequest d) => request with
    {
        ResponseFormat = request.ResponseFormat ?? d.ResponseFormat,
        Modalities = request.Modalities ?? d.Modalities,
        Audio = Or(request.Audio, d.Audio),
        Prediction = Or(request.Prediction, d.Prediction),
        FormatOptions = request.FormatOptions ?? d.FormatOptions,
        WebSearchOptions = Or(request.WebSearchOptions, d.WebSearchOptions),
        StreamOptions = request.StreamOptions ?? d.StreamOptions,
        Store = request.Store ?? d.Store,
        Metadata = request.Metadata ?? d.Metadata,
        ServiceTier = request.ServiceTier ?? d.ServiceTier,
        Moderation = Or(request.Moderation, d.Moderation),
        SafetyIdentifier = request.SafetyIdentifier ?? d.SafetyIdentifier,
        PromptCacheKey = request.PromptCacheKey ?? d.PromptCacheKey,
        PromptCacheRetention = request.PromptCacheRetention ?? d.PromptCacheRetention,
        PromptCacheOptions = Or(request.PromptCacheOptions, d.PromptCacheOptions),
        User = request.User ?? d.User,
    };

    /// <summary>What says how tools are called is an error at services where there are none.</summary>
    private static ChatCompletionRequest Tools(ChatCompletionRequest request, ChatCompletionRequest d)
    {
        request = request with { Tools = request.Tools ?? d.Tools, Functions = Or(request.Functions, d.Functions) };
        if (request.Tools is { Count: > 0 } || request.Extra.Holds("tools"u8))
            request = request with { ToolChoice = request.ToolChoice ?? d.ToolChoice, ParallelToolCalls = request.ParallelToolCalls ?? d.ParallelToolCalls };
        return request.Functions.IsEmpty ? request : request with { FunctionCall = Or(request.FunctionCall, d.FunctionCall) };
    }

    private static RawJson Or(RawJson own, RawJson other) => own.IsEmpty ? other : own;
}
