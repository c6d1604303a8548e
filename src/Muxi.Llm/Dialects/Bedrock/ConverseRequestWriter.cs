using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a chat request as Converse. What it cannot say there is a warning.</summary>
internal readonly struct ConverseRequestWriter(Utf8JsonWriter json, ConversePlan plan)
{
    private ChatCompletionRequest Request => plan.Request;

    public void Write()
    {
        json.WriteStartObject();
        WriteConversation();
        WriteInference();
        WriteOutput();
        WriteFields();
        WriteLabels();
        ConverseLosses.Warn(Request, plan.Warnings);
        WriteOwn();
        json.WriteEndObject();
    }

    /// <summary>The request as its tokens are counted: what only an answer needs is left out.</summary>
    public void WriteCounted()
    {
        json.WriteStartObject();
        json.WriteStartObject("input"u8);
        json.WriteStartObject("converse"u8);
        WriteConversation();
        WriteFields();
        foreach (var name in (ReadOnlySpan<string>)["messages", "system", "toolConfig"])
            if (Request.Extra.TryGet(name, out var own)) Raw(name, own);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteConversation()
    {
        var conversation = new ConverseConversation(plan);
        if (!Overrides("system"u8)) conversation.WriteSystem(json);
        if (!Overrides("messages"u8)) conversation.WriteTurns(json);
        if (!Overrides("toolConfig"u8)) plan.Tools.Write(json);
    }

    /// <summary>The options that all models have; the caller's own members of the object go before ours.</summary>
    private void WriteInference()
    {
        if (IsInPlace("inferenceConfig")) return;
        var own = Object("inferenceConfig");
        var stop = own.Holds("stopSequences"u8) ? [] : Stops();
        var (tokens, temperature, topP) = (plan.MaxTokens, plan.Temperature, plan.TopP);
        if (tokens is null && temperature is null && topP is null && stop.Count == 0 && own.IsEmpty) return;
        json.WriteStartObject("inferenceConfig"u8);
        if (tokens is { } most && !own.Holds("maxTokens"u8)) json.WriteNumber("maxTokens"u8, most);
        if (temperature is { } heat && !own.Holds("temperature"u8)) json.WriteNumber("temperature"u8, heat);
        if (topP is { } share && !own.Holds("topP"u8)) json.WriteNumber("topP"u8, share);
        if (stop.Count > 0)
        {
            json.WriteStartArray("stopSequences"u8);
            foreach (var text in stop) json.WriteStringValue(text);
            json.WriteEndArray();
        }
        own.WriteMembers(json);
        json.WriteEndObject();
    }

    private List<string> Stops()
    {
        if (Request.Stop is not { Count: > 0 } stop || plan.IsDropped("stop")) return [];
        var taken = stop.Where(static text => !string.IsNullOrWhiteSpace(text)).ToList();
        if (taken.Count < stop.Count) plan.Warnings.Add("stop", "a stop text of nothing but blanks was left out: the service refuses it");
        return taken;
    }

    private void WriteOutput()
    {
        if (IsInPlace("outputConfig")) return;
        var own = Object("outputConfig");
        var format = own.Holds("textFormat"u8) ? null : plan.Format;
        var effort = own.Holds("effort"u8) ? null : plan.Fields.Effort;
        if (own.IsEmpty && format is null && effort is null) return;
        json.WriteStartObject("outputConfig"u8);
        if (format is not null) WriteFormat(format);
        if (effort is not null) json.WriteString("effort"u8, effort);
        own.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The schema goes as text here.</summary>
    private void WriteFormat(ResponseFormat format)
    {
        json.WriteStartObject("textFormat"u8);
        json.WriteString("type"u8, "json_schema"u8);
        json.WriteStartObject("structure"u8);
        json.WriteStartObject("jsonSchema"u8);
        json.WriteString("schema"u8, JsonOut.ToText(format.Schema.ToElement(), ClosedSchema.Write, indented: false));
        if (format.Name is { Length: > 0 } name) json.WriteString("name"u8, name);
        if (format.Description is { Length: > 0 } description) json.WriteString("description"u8, description);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteFields()
    {
        if (plan.Fields.Members.IsEmpty) return;
        json.WriteStartObject("additionalModelRequestFields"u8);
        plan.Fields.Members.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteLabels()
    {
        if (Request.Metadata is { Count: > 0 } labels && !Overrides("requestMetadata"u8))
        {
            json.WriteStartObject("requestMetadata"u8);
            foreach (var (name, value) in labels) json.WriteString(name, value);
            json.WriteEndObject();
        }
        // What OpenAI leaves to the project's settings is left to the account's here.
        if (Request.ServiceTier is not { Value: not "auto" and var tier } || Overrides("serviceTier"u8)) return;
        json.WriteStartObject("serviceTier"u8);
        json.WriteString("type"u8, tier == "scale" ? "reserved" : tier);
        json.WriteEndObject();
    }

    /// <summary>The caller's own members of the format; those that are objects of ours were written with them.</summary>
    private void WriteOwn()
    {
        foreach (var name in Request.Extra.IsEmpty ? [] : Request.Extra.Names)
        {
            if (!plan.Quirks.Members.Contains(name) || name == "additionalModelRequestFields" || (name is "inferenceConfig" or "outputConfig" && !IsInPlace(name))) continue;
            Raw(name, Request.Extra[name]);
        }
    }

    private Extra Object(string name) => Request.Extra[name] is { IsEmpty: false } own && own.ToElement() is { ValueKind: JsonValueKind.Object } element && element.EnumerateObject().Any() ? Extra.Trusted(own.Utf8.ToArray()) : default;

    /// <summary>Whether the caller gives something else than an object where one is due: it goes in place of ours, for the service to judge. Null is nothing.</summary>
    private bool IsInPlace(string name) => Request.Extra[name] is { IsEmpty: false } own && own.ToElement().ValueKind is not (JsonValueKind.Object or JsonValueKind.Null);

    private bool Overrides(ReadOnlySpan<byte> name) => Request.Extra.Holds(name);

    private void Raw(string name, RawJson value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}

/// <summary>Options of a chat request that have no place in Converse.</summary>
internal static class ConverseLosses
{
    private const string Unknown = "left out: the service knows nothing of the kind";

    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        (string Name, bool IsSet)[] lost =
        [
            ("n", request.N > 1), ("seed", request.Seed is not null), ("logit_bias", request.LogitBias is { Count: > 0 }), ("logprobs", request.Logprobs == true),
            ("top_logprobs", request.TopLogprobs is > 0), ("frequency_penalty", request.FrequencyPenalty is not (null or 0)), ("presence_penalty", request.PresencePenalty is not (null or 0)),
            ("verbosity", request.Verbosity is not null), ("modalities", request.Modalities?.Any(static one => one != "text") == true), ("audio", !request.Audio.IsEmpty),
            ("prediction", !request.Prediction.IsEmpty), ("web_search_options", !request.WebSearchOptions.IsEmpty), ("store", request.Store == true), ("moderation", !request.Moderation.IsEmpty),
            ("safety_identifier", request.SafetyIdentifier is not null), ("user", request.User is not null), ("prompt_cache_key", request.PromptCacheKey is not null),
            ("prompt_cache_retention", request.PromptCacheRetention is not null), ("prompt_cache_options", !request.PromptCacheOptions.IsEmpty),
        ];
        foreach (var (name, isSet) in lost)
            if (isSet) warnings.Add(name, name.StartsWith("prompt_cache", StringComparison.Ordinal) ? "left out: cache_control marks say here what is kept in the cache" : Unknown);
    }
}
