using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a chat request as Ollama's. What it cannot say there is a warning.</summary>
internal readonly ref struct OllamaRequestWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly ChatCompletionRequest _request;
    private readonly OllamaPlan _plan;

    private OllamaRequestWriter(Utf8JsonWriter json, OllamaPlan plan) => (_json, _request, _plan) = (json, plan.Request, plan);

    public static HttpCall Render(OllamaChat quirks, ChatCompletionRequest request, CallContext context, bool stream)
    {
        var plan = new OllamaPlan(quirks, request, context);
        var body = JsonOut.ToUtf8((plan, stream), static (json, it) => new OllamaRequestWriter(json, it.plan).Write(it.stream));
        return new(HttpMethod.Post, quirks.Path) { Body = body, Warnings = plan.Warnings.Given };
    }

    private void Write(bool stream)
    {
        _json.WriteStartObject();
        if (!_plan.Skips("model")) _json.WriteString("model"u8, _plan.Context.Model);
        WriteMessages();
        WriteTools();
        if (!_plan.Format.IsEmpty && !_plan.Skips("format")) Raw("format"u8, _plan.Format);
        if (!_plan.Think.IsEmpty && !_plan.Skips("think")) Raw("think"u8, _plan.Think);
        if (_request.Logprobs is { } logprobs && !_plan.Skips("logprobs")) _json.WriteBoolean("logprobs"u8, logprobs);
        if (_request.TopLogprobs is { } top && !_plan.Skips("top_logprobs")) _json.WriteNumber("top_logprobs"u8, top);
        WriteOptions();
        OllamaLosses.Warn(_request, _plan.Warnings);
        WriteExtra(_json, _request.Extra, _plan.Quirks.Options);
        // The method that is called decides how the reply is read, so no extra member goes before it. Left out it would be true.
        _json.WriteBoolean("stream"u8, stream);
        _json.WriteEndObject();
    }

    /// <summary>The caller's further members, without those that have gone into <c>options</c>.</summary>
    public static void WriteExtra(Utf8JsonWriter json, Extra extra, IReadOnlyList<string> moved)
    {
        if (extra.IsEmpty) return;
        extra = extra.Without("options");
        foreach (var name in moved) extra = extra.Without(name);
        extra.WriteMembers(json, except: "stream"u8);
    }

    private void WriteOptions()
    {
        var options = new OllamaOptions(_json, _request.Extra, _plan.Quirks.Drops, _plan.Warnings);
        options.Whole("num_predict", _request.MaxCompletionTokens ?? _request.MaxTokens);
        options.Number("temperature", _request.Temperature);
        options.Number("top_p", _request.TopP);
        options.Whole("seed", _request.Seed);
        options.Texts("stop", _request.Stop);
        options.Number("presence_penalty", _request.PresencePenalty);
        options.Number("frequency_penalty", _request.FrequencyPenalty);
        options.End(_plan.Quirks.Options);
    }

    private void WriteMessages()
    {
        if (_plan.Skips("messages")) return;
        _json.WriteStartArray("messages"u8);
        foreach (var turn in new OllamaConversation(_plan).Turns) Write(turn);
        _json.WriteEndArray();
    }

    private void Write(OllamaTurn turn)
    {
        _json.WriteStartObject();
        _json.WriteString("role"u8, turn.Role);
        _json.WriteString("content"u8, turn.Text.ToString());
        if (turn.Thinking.Length > 0) _json.WriteString("thinking"u8, turn.Thinking.ToString());
        if (turn.Pictures.Count > 0) WritePictures(_json, turn.Pictures);
        if (turn.Calls.Count > 0)
        {
            _json.WriteStartArray("tool_calls"u8);
            foreach (var call in turn.Calls) Write(call);
            _json.WriteEndArray();
        }
        if (!string.IsNullOrEmpty(turn.Function)) _json.WriteString("tool_name"u8, turn.Function);
        if (!string.IsNullOrEmpty(turn.CallId)) _json.WriteString("tool_call_id"u8, turn.CallId);
        if (!turn.Extra.IsEmpty) turn.Extra.WriteMembers(_json);
        _json.WriteEndObject();
    }

    /// <summary>Writes pictures as a list of base64, without their media types: the server tells those from the bytes.</summary>
    public static void WritePictures(Utf8JsonWriter json, IReadOnlyList<InlineBytes> pictures)
    {
        json.WriteStartArray("images"u8);
        foreach (var picture in pictures)
        {
            if (picture.Base64 is { } base64) json.WriteStringValue(base64);
            else json.WriteBase64StringValue(picture.Bytes.Span);
        }
        json.WriteEndArray();
    }

    private void Write(ToolCall call)
    {
        _json.WriteStartObject();
        if (call.Id.Length > 0) _json.WriteString("id"u8, call.Id);
        _json.WriteStartObject("function"u8);
        _json.WriteString("name"u8, call.Function.Name);
        WriteArguments(call.Function.Arguments, call.Type);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>A call's arguments, which must be an object here: models do write other things, which go as text within one.</summary>
    private void WriteArguments(string arguments, string type)
    {
        if (!string.IsNullOrWhiteSpace(arguments) && RawJson.IsObject(arguments))
        {
            _json.WritePropertyName("arguments"u8);
            _json.WriteRawValue(arguments, skipInputValidation: true);
            return;
        }
        _json.WriteStartObject("arguments"u8);
        if (!string.IsNullOrWhiteSpace(arguments))
        {
            if (type != "custom") _plan.Warnings.Add("messages.tool_calls", "arguments that are no JSON object were sent as text within one: the server takes nothing else");
            _json.WriteString(type == "custom" ? "input"u8 : "arguments"u8, arguments);
        }
        _json.WriteEndObject();
    }

    private void WriteTools()
    {
        if (_plan.Tools.Count == 0 || _plan.Skips("tools")) return;
        _json.WriteStartArray("tools"u8);
        foreach (var tool in _plan.Tools) Write(tool, tool.Function!);
        _json.WriteEndArray();
    }

    private void Write(Tool tool, FunctionDefinition function)
    {
        if (function.Strict == true) _plan.Warnings.Add("tools.function.strict", "left out: the server does not hold a model to a tool's schema");
        FunctionJson.Write(_json, tool, function);
    }

    private void Raw(ReadOnlySpan<byte> name, RawJson value)
    {
        _json.WritePropertyName(name);
        value.WriteTo(_json);
    }
}
