using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A chat request as a request for a response. What it cannot say there is a warning.</summary>
internal static class ResponsesChatRequest
{
    private const string Sealed = "reasoning.encrypted_content", Likelihoods = "message.output_text.logprobs";

    /// <summary>Members in which the caller's own stand beside ours.</summary>
    private static readonly string[] _shared = ["reasoning", "text", "include"];

    /// <summary>Further members that a count is told; it refuses others (<c>TokenCountsBody</c>).</summary>
    private static readonly string[] _counted =
        ["model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "truncation", "personality", "previous_response_id", "conversation"];

    public static ResponseRequest From(OpenAIResponsesChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        request = OwnParts.Of(SearchResultText.Told(request), quirks.BlockFormat, warnings);
        ResponsesChatLosses.Warn(request, warnings);
        return new()
        {
            Model = request.Model,
            Input = new ResponsesChatInput(quirks, request, warnings).ToItems(),
            Tools = ResponsesChatTools.From(quirks, request, warnings), ToolChoice = ResponsesChatTools.Choice(request), ParallelToolCalls = request.ParallelToolCalls,
            Text = Text(request, warnings), Reasoning = Reasoning(quirks, request), MaxOutputTokens = MaxTokens(quirks, request, warnings),
            Temperature = request.Temperature, TopP = request.TopP, TopLogprobs = request.TopLogprobs, Include = Include(quirks, request),
            // Chat keeps nothing at the service; a response is kept unless it is told not to.
            Store = request.Store ?? false,
            ServiceTier = request.ServiceTier, Metadata = request.Metadata, Moderation = request.Moderation, SafetyIdentifier = request.SafetyIdentifier,
            PromptCacheKey = request.PromptCacheKey, PromptCacheRetention = request.PromptCacheRetention, PromptCacheOptions = request.PromptCacheOptions, User = request.User,
            StreamOptions = request.StreamOptions is { } options && (options.IncludeObfuscation is not null || !options.Extra.IsEmpty) ? options with { IncludeUsage = null } : null,
            Extra = Others(request.Extra),
        };
    }

    /// <summary>What of it counts as input. No answer is made, so nothing is said about what would shape one alone.</summary>
    public static ResponseRequest Counted(OpenAIResponsesChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        request = OwnParts.Of(SearchResultText.Told(request), quirks.BlockFormat, warnings);
        var others = Others(request.Extra);
        foreach (var name in others.Names)
            if (!_counted.Contains(name)) others = others.Without(name);
        return new()
        {
            Model = request.Model,
            Input = new ResponsesChatInput(quirks, request, warnings).ToItems(),
            Tools = ResponsesChatTools.From(quirks, request, warnings), ToolChoice = ResponsesChatTools.Choice(request), ParallelToolCalls = request.ParallelToolCalls,
            Text = Text(request, warnings), Reasoning = Reasoning(quirks, request), Extra = others,
        };
    }

    private static ResponseText? Text(ChatCompletionRequest request, Warnings warnings)
    {
        var own = Object(request.Extra["text"]);
        var format = own.Holds("format"u8) ? null : Format(request.ResponseFormat, warnings);
        var verbosity = own.Holds("verbosity"u8) ? null : request.Verbosity;
        return format is null && verbosity is null && own.IsEmpty ? null : new() { Format = format, Verbosity = verbosity, Extra = own };
    }

    /// <summary>The form of the answer. A schema must be there and have a name.</summary>
    private static ResponseFormat? Format(ResponseFormat? format, Warnings warnings)
    {
        if (format is not { Type: "json_schema" }) return format;
        if (format.Schema.IsEmpty)
        {
            warnings.Add("response_format", "sent as json_object: there is no schema");
            return ResponseFormat.JsonObject;
        }
        return format with { Name = format.Name ?? "response" };
    }

    private static ResponseReasoning? Reasoning(OpenAIResponsesChat quirks, ChatCompletionRequest request)
    {
        var own = Object(request.Extra["reasoning"]);
        var effort = own.Holds("effort"u8) ? null : request.ReasoningEffort;
        var summary = own.Holds("summary"u8) ? null : quirks.ReasoningSummary;
        return effort is null && summary is null && own.IsEmpty ? null : new() { Effort = effort, Summary = summary, Extra = own };
    }

    private static List<string>? Include(OpenAIResponsesChat quirks, ChatCompletionRequest request)
    {
        var include = new List<string>();
        if (quirks.EncryptedReasoning) include.Add(Sealed);
        if (request.Logprobs == true || request.TopLogprobs is not null) include.Add(Likelihoods);
        foreach (var one in Items(request.Extra["include"]))
            if (one.ValueKind == JsonValueKind.String && one.GetString() is { } word && !include.Contains(word)) include.Add(word);
        return include.Count > 0 ? include : null;
    }

    private static int? MaxTokens(OpenAIResponsesChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is not { } asked || asked >= quirks.MinOutputTokens) return request.MaxCompletionTokens ?? request.MaxTokens;
        warnings.Add("max_tokens", $"sent as {quirks.MinOutputTokens}, the fewest that the service takes");
        return quirks.MinOutputTokens;
    }

    /// <summary>The caller's further members, but for those that were put beside ours.</summary>
    private static Extra Others(Extra extra)
    {
        foreach (var name in _shared)
            if (extra[name] is { IsEmpty: false } own && own.ToElement().ValueKind == (name == "include" ? JsonValueKind.Array : JsonValueKind.Object)) extra = extra.Without(name);
        return extra;
    }

    private static Extra Object(RawJson raw) => !raw.IsEmpty && raw.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(raw.Utf8.ToArray()) : default;

    /// <summary>The items of an array; none where it is none.</summary>
    public static IEnumerable<JsonElement> Items(RawJson raw) => !raw.IsEmpty && raw.ToElement() is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
}

/// <summary>Options of a chat request that have no place in a response's.</summary>
internal static class ResponsesChatLosses
{
    private const string Unknown = "left out: the service's responses have nothing like it";

    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the service gives one answer");
        if (request.Stop is { Count: > 0 }) warnings.Add("stop", Unknown);
        if (request.Seed is not null) warnings.Add("seed", Unknown);
        if (request.FrequencyPenalty is not (null or 0)) warnings.Add("frequency_penalty", Unknown);
        if (request.PresencePenalty is not (null or 0)) warnings.Add("presence_penalty", Unknown);
        if (request.LogitBias is { Count: > 0 }) warnings.Add("logit_bias", Unknown);
        if (!request.Prediction.IsEmpty) warnings.Add("prediction", Unknown);
        if (request.Modalities?.Any(modality => modality != "text") == true) warnings.Add("modalities", "left out: the service answers in text");
        if (!request.Audio.IsEmpty) warnings.Add("audio", "left out: the service answers in text");
        if (request.Messages.Any(message => !message.CacheControl.IsEmpty || message.Blocks.Any(part => !part.CacheControl.IsEmpty)) || request.Tools?.Any(tool => !tool.CacheControl.IsEmpty) == true)
            warnings.Add("cache_control", "left out: the service does not take it");
    }
}
