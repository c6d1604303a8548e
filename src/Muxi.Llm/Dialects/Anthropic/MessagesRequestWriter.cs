using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a request is rendered for.</summary>
internal enum MessagesUse
{
    /// <summary>An answer in one piece.</summary>
    Whole,

    /// <summary>An answer in pieces.</summary>
    Stream,

    /// <summary>The number of its tokens.</summary>
    Count,
}

/// <summary>Writes a chat request as Anthropic's messages. What it cannot say there is a warning.</summary>
internal readonly ref struct MessagesRequestWriter
{
    /// <summary>Members that only an answer needs.</summary>
    private static readonly string[] _forAnswers = ["max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier"];

    private const string ModelInPath = "{model}";

    private readonly Utf8JsonWriter _json;
    private readonly ChatCompletionRequest _request;
    private readonly AnthropicMessages _quirks;
    private readonly Warnings _warnings;
    private readonly MessagesPlan _plan;
    private readonly MessagesUse _use;

    private MessagesRequestWriter(Utf8JsonWriter json, MessagesPlan plan, MessagesUse use) =>
        (_json, _request, _quirks, _warnings, _plan, _use) = (json, plan.Request, plan.Quirks, plan.Warnings, plan, use);

    public static HttpCall Render(AnthropicMessages quirks, ChatCompletionRequest request, CallContext context, MessagesUse use, string path)
    {
        var plan = new MessagesPlan(quirks, request, context);
        var model = context.Model.StartsWith(quirks.ModelPrefix, StringComparison.OrdinalIgnoreCase) ? context.Model[quirks.ModelPrefix.Length..] : context.Model;
        var body = JsonOut.ToUtf8((plan, use, model), static (json, it) => new MessagesRequestWriter(json, it.plan, it.use).Write(it.model));
        Sizes.Check(body.Length, quirks.MaxRequestBytes, context);
        if (path.Contains(ModelInPath, StringComparison.Ordinal)) path = path.Replace(ModelInPath, ModelPath.Segment(model).Replace("%40", "@", StringComparison.Ordinal), StringComparison.Ordinal);
        return new(HttpMethod.Post, path) { Body = body, AddedHeaders = quirks.BetasInBody ? [] : plan.Betas.Headers(), Warnings = plan.Warnings.Given };
    }

    private void Write(string model)
    {
        _json.WriteStartObject();
        if (_quirks.BodyVersion is { } version && !Overrides("anthropic_version"u8)) _json.WriteString("anthropic_version"u8, version);
        if (_quirks.ModelInBody && !Overrides("model"u8)) _json.WriteString("model"u8, model);
        if (_use != MessagesUse.Count && !Overrides("max_tokens"u8)) _json.WriteNumber("max_tokens"u8, _plan.MaxTokens);
        // The method that is called decides how the reply is read, so no extra member goes before it.
        if (_use == MessagesUse.Stream && _quirks.StreamInBody) _json.WriteBoolean("stream"u8, true);
        WriteConversation();
        WriteTools();
        if (_plan.Thinking is { } thinking) thinking.Write(_json);
        WriteOutputConfig();
        if (_use != MessagesUse.Count)
        {
            WriteSampling();
            WriteHousekeeping();
            MessagesLosses.Warn(_request, _warnings);
        }
        WriteExtra();
        _json.WriteEndObject();
    }

    private void WriteConversation()
    {
        var conversation = new MessagesConversation(_plan);
        if (!Overrides("system"u8)) conversation.WriteSystem(_json);
        if (Overrides("messages"u8)) return;
        _json.WriteStartArray("messages"u8);
        conversation.WriteTurns(_json);
        _json.WriteEndArray();
    }

    private void WriteTools()
    {
        if ((_plan.Tools.Count > 0 || _plan.Answer is not null) && !Overrides("tools"u8))
        {
            _json.WriteStartArray("tools"u8);
            foreach (var tool in _plan.Tools) MessagesToolWriter.Write(_json, tool, _plan);
            if (_plan.Answer is { } answer) MessagesToolWriter.WriteAnswer(_json, _quirks.AnswerTool, answer);
            _json.WriteEndArray();
        }
        if (!Overrides("tool_choice"u8)) _plan.Choice.Write(_json);
    }

    private void WriteSampling()
    {
        if (_plan.Temperature is { } temperature && !Overrides("temperature"u8)) _json.WriteNumber("temperature"u8, temperature);
        if (_plan.TopP is { } topP && !Overrides("top_p"u8)) _json.WriteNumber("top_p"u8, topP);
        if (_request.Stop is not { Count: > 0 } stop || Skips("stop_sequences"u8)) return;
        var open = false;
        foreach (var text in stop)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                _warnings.Add("stop", "left out: the service takes no stop text that is only white space");
                continue;
            }
            if (!open) _json.WriteStartArray("stop_sequences"u8);
            open = true;
            _json.WriteStringValue(text);
        }
        if (open) _json.WriteEndArray();
    }

    /// <summary>Effort and schema; the caller's own members of the object go before ours.</summary>
    private void WriteOutputConfig()
    {
        var own = _request.Extra["output_config"];
        var isObject = !own.IsEmpty && own.ToElement().ValueKind == JsonValueKind.Object;
        if (!own.IsEmpty && !isObject)
        {
            Raw("output_config"u8, own);
            return;
        }
        var members = isObject ? Extra.Trusted(own.Utf8.ToArray()) : default;
        var effort = members.Holds("effort"u8) ? null : _plan.Effort;
        var schema = members.Holds("format"u8) ? default : _plan.Schema;
        if (own.IsEmpty && effort is null && schema.IsEmpty) return;
        _json.WriteStartObject("output_config"u8);
        if (effort is not null) _json.WriteString("effort"u8, effort);
        if (!schema.IsEmpty)
        {
            _json.WriteStartObject("format"u8);
            _json.WriteString("type"u8, "json_schema"u8);
            _json.WritePropertyName("schema"u8);
            ClosedSchema.Write(_json, schema.ToElement());
            _json.WriteEndObject();
        }
        members.WriteMembers(_json);
        _json.WriteEndObject();
    }

    private void WriteHousekeeping()
    {
        var user = _request.SafetyIdentifier ?? _request.User ?? _request.Metadata?.GetValueOrDefault("user_id");
        if (user is not null && !Skips("metadata"u8))
        {
            _json.WriteStartObject("metadata"u8);
            _json.WriteString("user_id"u8, user);
            _json.WriteEndObject();
        }
        if (_request.ServiceTier is { Value: var tier } && MessagesLosses.Tier(tier, _warnings) is { } word && !Skips("service_tier"u8)) _json.WriteString("service_tier"u8, word);
    }

    private void WriteExtra()
    {
        var extra = _request.Extra.Without("output_config");
        if (_quirks.BetasInBody) extra = _plan.Betas.Into(extra);
        if (_use == MessagesUse.Count)
            foreach (var name in _forAnswers) extra = extra.Without(name);
        extra.WriteMembers(_json, except: "stream"u8);
    }

    private void Raw(ReadOnlySpan<byte> name, RawJson value)
    {
        _json.WritePropertyName(name);
        value.WriteTo(_json);
    }

    /// <summary>Whether the member is not to be written here: the caller's extra members hold it, or the service rejects it.</summary>
    private bool Skips(ReadOnlySpan<byte> name) => Overrides(name) || (!_quirks.Drops.IsEmpty && _plan.IsDropped(Encoding.UTF8.GetString(name)));

    private bool Overrides(ReadOnlySpan<byte> name) => _request.Extra.Holds(name);
}
