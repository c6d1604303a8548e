using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a chat request as Google's <c>generateContent</c>. What it cannot say there is a warning.</summary>
internal readonly ref struct GeminiRequestWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly ChatCompletionRequest _request;
    private readonly GeminiPlan _plan;

    private GeminiRequestWriter(Utf8JsonWriter json, GeminiPlan plan) => (_json, _request, _plan) = (json, plan.Request, plan);

    private GeminiChat Quirks => _plan.Quirks;

    private Warnings Warnings => _plan.Warnings;

    public static HttpCall Render(GeminiChat quirks, ChatCompletionRequest request, CallContext context, string path)
    {
        var plan = new GeminiPlan(quirks, request) { Context = context };
        var body = JsonOut.ToUtf8(plan, static (json, plan) =>
        {
            json.WriteStartObject();
            new GeminiRequestWriter(json, plan).Write();
            json.WriteEndObject();
        });
        Sizes.Check(body.Length, quirks.MaxRequestBytes, context);
        return new(HttpMethod.Post, PathOf(path, context.Model)) { Body = body, Headers = GeminiLosses.Headers(plan), Warnings = plan.Warnings.Given };
    }

    /// <summary>The request for a count of its tokens.</summary>
    public static HttpCall RenderCount(GeminiChat quirks, ChatCompletionRequest request, CallContext context, GeminiTokenCount count)
    {
        var plan = new GeminiPlan(quirks, request) { Context = context };
        var body = JsonOut.ToUtf8((plan, context.Model, count.IsWrapped), static (json, it) =>
        {
            json.WriteStartObject();
            if (it.IsWrapped)
            {
                json.WriteStartObject("generateContentRequest"u8);
                json.WriteString("model"u8, ResourceOf(it.Model));
                new GeminiRequestWriter(json, it.plan).Write();
                json.WriteEndObject();
            }
            else new GeminiRequestWriter(json, it.plan).WriteCounted();
            json.WriteEndObject();
        });
        return new(HttpMethod.Post, PathOf(count.Path, context.Model)) { Body = body, Warnings = plan.Warnings.Given };
    }

    /// <summary>A path with the model in it: one whose name has a slash is a resource's name already.</summary>
    public static string PathOf(string path, string model)
    {
        var resource = ModelPath.Segments(ResourceOf(model));
        var name = resource.StartsWith("models/", StringComparison.Ordinal) ? resource["models/".Length..] : resource;
        return name.Length < resource.Length ? path.Replace("{model}", name, StringComparison.Ordinal)
            : path.Replace("models/{model}", name, StringComparison.Ordinal).Replace("{model}", name, StringComparison.Ordinal);
    }

    private static string ResourceOf(string model) => model.Contains('/', StringComparison.Ordinal) ? model : $"models/{model}";

    private void Write()
    {
        WriteConversation();
        WriteTools();
        WriteToolConfig();
        WriteConfig();
        WriteHousekeeping();
        GeminiLosses.Warn(_plan);
        _request.Extra.Without("generationConfig").Without("toolConfig").Without("top_k").WriteMembers(_json);
    }

    /// <summary>What Vertex AI counts: it refuses other members.</summary>
    private void WriteCounted()
    {
        WriteConversation();
        WriteTools();
        foreach (var name in (ReadOnlySpan<string>)["contents", "systemInstruction", "tools"])
        {
            if (!_request.Extra.TryGet(name, out var own)) continue;
            _json.WritePropertyName(name);
            own.WriteTo(_json);
        }
    }

    private void WriteConversation()
    {
        var conversation = new GeminiConversation(_plan);
        if (!Overrides("contents"u8)) conversation.WriteTurns(_json);
        if (!Overrides("systemInstruction"u8)) conversation.WriteSystem(_json);
    }

    private void WriteTools()
    {
        if (Overrides("tools"u8) || !_plan.HasTools) return;
        _json.WriteStartArray("tools"u8);
        GeminiToolWriter.WriteFunctions(_json, _plan);
        foreach (var tool in _plan.OtherTools) GeminiToolWriter.WriteOther(_json, tool);
        if (_plan.Searches) GeminiToolWriter.WriteOther(_json, new() { Type = "google_search" });
        _json.WriteEndArray();
    }

    private void WriteToolConfig()
    {
        var own = _request.Extra["toolConfig"];
        var members = _plan.MembersOf("toolConfig");
        if (!own.IsEmpty && members.IsEmpty)
        {
            _json.WritePropertyName("toolConfig"u8);
            own.WriteTo(_json);
            return;
        }
        var writes = _plan.Choice.IsSaid && !members.Holds("functionCallingConfig"u8);
        var mixes = _plan.MixesTools && !members.Holds("includeServerSideToolInvocations"u8);
        if (!writes && !mixes && own.IsEmpty) return;
        _json.WriteStartObject("toolConfig"u8);
        if (mixes) _json.WriteBoolean("includeServerSideToolInvocations"u8, true);
        if (writes) _plan.Choice.Write(_json);
        members.WriteMembers(_json);
        _json.WriteEndObject();
    }

    private void WriteConfig()
    {
        var config = new Members(_json, _plan);
        WriteSampling(ref config);
        WriteLimits(ref config);
        WriteForm(ref config);
        WriteThinking(ref config);
        config.End();
    }

    private void WriteSampling(ref Members config)
    {
        var topK = _request.Extra["top_k"];
        if (Quirks.Sampling)
        {
            config.Number("temperature", _request.Temperature);
            config.Number("topP", _request.TopP);
            if (!topK.IsEmpty) config.Raw("topK", topK);
        }
        else
        {
            const string Ignored = "left out: the model takes only its default";
            if (_request.Temperature is not (null or 1)) Warnings.Add("temperature", Ignored);
            if (_request.TopP is not (null or 1)) Warnings.Add("top_p", Ignored);
            if (!topK.IsEmpty) Warnings.Add("top_k", Ignored);
        }
        if (Quirks.Penalties)
        {
            config.Number("presencePenalty", _request.PresencePenalty);
            config.Number("frequencyPenalty", _request.FrequencyPenalty);
            return;
        }
        const string Refused = "left out: the model does not take it";
        if (_request.PresencePenalty is not (null or 0)) Warnings.Add("presence_penalty", Refused);
        if (_request.FrequencyPenalty is not (null or 0)) Warnings.Add("frequency_penalty", Refused);
    }

    private void WriteLimits(ref Members config)
    {
        config.Number("candidateCount", _request.N);
        config.Number("maxOutputTokens", _request.MaxCompletionTokens ?? _request.MaxTokens);
        WriteStops(ref config);
        if (_request.Logprobs is { } logprobs && config.Opens("responseLogprobs")) _json.WriteBoolean("responseLogprobs"u8, logprobs);
        config.Number("logprobs", _request.TopLogprobs);
        if (_request.Seed is not { } seed) return;
        // The field has 32 bits; the same number gives the same seed.
        if (seed is < int.MinValue or > int.MaxValue) Warnings.Add("seed", "sent as its lower 32 bits: the service takes no more");
        config.Number("seed", unchecked((int)seed));
    }

    private void WriteStops(ref Members config)
    {
        if (_request.Stop is not { Count: > 0 } stop || !config.Opens("stopSequences")) return;
        var taken = Quirks.MaxStops > 0 && stop.Count > Quirks.MaxStops ? stop.Take(Quirks.MaxStops) : stop;
        if (Quirks.MaxStops > 0 && stop.Count > Quirks.MaxStops) Warnings.Add("stop", $"only the first {Quirks.MaxStops} were sent: the service takes no more");
        _json.WriteStartArray("stopSequences"u8);
        foreach (var text in taken) _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void WriteForm(ref Members config)
    {
        if (_plan.MediaType is { } type && config.Opens("responseMimeType")) _json.WriteString("responseMimeType"u8, type);
        if (!_plan.Schema.IsEmpty && !_plan.Config.Holds("responseSchema"u8) && config.Opens("responseJsonSchema"))
        {
            _json.WritePropertyName("responseJsonSchema"u8);
            GeminiSchema.Write(_json, _plan.Schema.ToElement());
        }
        if (_request.Modalities is { Count: > 0 } modalities && config.Opens("responseModalities")) WriteModalities(modalities);
        if (!_request.Audio.IsEmpty && config.Opens("speechConfig")) WriteVoice(_request.Audio.ToElement());
    }

    private void WriteModalities(IReadOnlyList<string> modalities)
    {
        var isSpoken = modalities.Contains("audio") && modalities.Contains("text");
        if (isSpoken) Warnings.Add("modalities", "text was left out: the service answers in sound alone");
        _json.WriteStartArray("responseModalities"u8);
        foreach (var modality in modalities)
            if (!isSpoken || modality != "text") _json.WriteStringValue(modality.ToUpperInvariant());
        _json.WriteEndArray();
    }

    private void WriteVoice(JsonElement audio)
    {
        var isObject = audio.ValueKind == JsonValueKind.Object;
        _json.WriteStartObject("speechConfig"u8);
        if (isObject && audio.TryGetProperty("voice"u8, out var voice) && voice.ValueKind == JsonValueKind.String)
        {
            _json.WriteStartObject("voiceConfig"u8);
            _json.WriteStartObject("prebuiltVoiceConfig"u8);
            _json.WriteString("voiceName"u8, voice.GetString());
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
        if (isObject && audio.TryGetProperty("format"u8, out var format) && format.ValueKind == JsonValueKind.String && !format.ValueEquals("pcm16"u8))
            Warnings.Add("audio.format", "left out: the service answers in plain samples (16 bits, 24 kHz, one channel)");
    }

    private void WriteThinking(ref Members config)
    {
        if ((_plan.Level is null && _plan.Budget is null) || !config.Opens("thinkingConfig")) return;
        _json.WriteStartObject("thinkingConfig"u8);
        if (_plan.ShowsThinking) _json.WriteBoolean("includeThoughts"u8, true);
        if (_plan.Level is { } level) _json.WriteString("thinkingLevel"u8, level.ToUpperInvariant());
        if (_plan.Budget is { } budget) _json.WriteNumber("thinkingBudget"u8, budget);
        _json.WriteEndObject();
    }

    private void WriteHousekeeping()
    {
        if (Quirks.ServiceTierHeader is null && _request.ServiceTier is { Value: var tier } && GeminiLosses.Tier(tier) is { } word && !Overrides("serviceTier"u8)) _json.WriteString("serviceTier"u8, word);
        if (_request.Store is { } store && Quirks.Store && !Overrides("store"u8)) _json.WriteBoolean("store"u8, store);
        if (_request.Metadata is not { Count: > 0 } metadata || !Quirks.Labels || Overrides("labels"u8)) return;
        _json.WriteStartObject("labels"u8);
        foreach (var (name, value) in metadata) _json.WriteString(name, value);
        _json.WriteEndObject();
    }

    /// <summary>Whether the caller's extra members hold it.</summary>
    private bool Overrides(ReadOnlySpan<byte> name) => _request.Extra.Holds(name);

    /// <summary>The members of <c>generationConfig</c>: the object is begun with the first of them, and the caller's own go before ours.</summary>
    private ref struct Members(Utf8JsonWriter json, GeminiPlan plan)
    {
        private bool _isOpen;

        /// <summary>Whether the member is to be written here; then the object is open.</summary>
        public bool Opens(string name)
        {
            if (plan.Config.Holds(Encoding.UTF8.GetBytes(name))) return false;
            if (plan.Quirks.Drops.Contains(name))
            {
                plan.Warnings.Add(name, "left out: the model does not take it");
                return false;
            }
            if (!_isOpen) json.WriteStartObject("generationConfig"u8);
            _isOpen = true;
            return true;
        }

        public void Number(string name, double? value)
        {
            if (value is { } number && Opens(name)) json.WriteNumber(name, number);
        }

        public void Raw(string name, RawJson value)
        {
            if (!Opens(name)) return;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        public void End()
        {
            var own = plan.Request.Extra["generationConfig"];
            if (own.IsEmpty || !plan.Config.IsEmpty)
            {
                if (!_isOpen && own.IsEmpty) return;
                if (!_isOpen) json.WriteStartObject("generationConfig"u8);
                plan.Config.WriteMembers(json);
                json.WriteEndObject();
            }
            else if (_isOpen) json.WriteEndObject();
            else
            {
                json.WritePropertyName("generationConfig"u8);
                own.WriteTo(json);
            }
        }
    }
}
