using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a chat request as Cohere's. What it cannot say there is a warning.</summary>
internal readonly ref struct CohereRequestWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly ChatCompletionRequest _request;
    private readonly CoherePlan _plan;
    private readonly MemberWriter _bounds;

    private CohereRequestWriter(Utf8JsonWriter json, CoherePlan plan)
    {
        (_json, _request, _plan) = (json, plan.Request, plan);
        _bounds = new(json, default, [], plan.Warnings) { Bounds = (plan.Quirks.Least, plan.Quirks.Most) };
    }

    public static HttpCall Render(CohereChat quirks, ChatCompletionRequest request, CallContext context, bool stream)
    {
        var plan = new CoherePlan(quirks, request, context);
        var body = JsonOut.ToUtf8((plan, stream), static (json, it) => new CohereRequestWriter(json, it.plan).Write(it.stream));
        return new(HttpMethod.Post, quirks.Path) { Body = body, Warnings = plan.Warnings.Given };
    }

    private void Write(bool stream)
    {
        _json.WriteStartObject();
        if (!_plan.Skips("model")) _json.WriteString("model"u8, _plan.Context.Model);
        WriteMessages();
        WriteTools();
        WriteFormat();
        WriteThinking();
        WriteOptions();
        CohereLosses.Warn(_request, _plan.Warnings);
        // The method that is called decides how the reply is read, so no extra member goes before it.
        _request.Extra.WriteMembers(_json, except: "stream"u8);
        _json.WriteBoolean("stream"u8, stream);
        _json.WriteEndObject();
    }

    private void WriteOptions()
    {
        if ((_request.MaxCompletionTokens ?? _request.MaxTokens) is { } most && !_plan.Skips("max_tokens")) _json.WriteNumber("max_tokens"u8, most);
        Number("temperature", "temperature", _request.Temperature);
        Number("p", "top_p", _request.TopP);
        Number("frequency_penalty", "frequency_penalty", _request.FrequencyPenalty);
        Number("presence_penalty", "presence_penalty", _request.PresencePenalty);
        if (_request.Seed is { } seed && !_plan.Skips("seed")) _json.WriteNumber("seed"u8, seed);
        if (_request.Logprobs is { } logprobs && !_plan.Skips("logprobs")) _json.WriteBoolean("logprobs"u8, logprobs);
        WriteStops();
    }

    /// <param name="name">The service's name.</param>
    /// <param name="ours">Ours, by which the bounds are known.</param>
    /// <param name="value">The number; null for none.</param>
    private void Number(string name, string ours, double? value)
    {
        if (value is { } number && !_plan.Skips(name)) _json.WriteNumber(name, _bounds.Bounded(System.Text.Encoding.UTF8.GetBytes(ours), number));
    }

    private void WriteStops()
    {
        if (_request.Stop is not { Count: > 0 } stop || _plan.Skips("stop_sequences")) return;
        var most = _plan.Quirks.MaxStops;
        if (most > 0 && stop.Count > most) _plan.Warnings.Add("stop", $"only the first {most} of {stop.Count} stop texts were sent: the service takes no more");
        _json.WriteStartArray("stop_sequences"u8);
        foreach (var text in most > 0 ? stop.Take(most) : stop) _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void WriteFormat()
    {
        if (_plan.Format is not { } format || _plan.Skips("response_format")) return;
        _json.WriteStartObject("response_format"u8);
        _json.WriteString("type"u8, format);
        if (!_plan.Schema.IsEmpty) Raw("json_schema"u8, _plan.Schema);
        _json.WriteEndObject();
    }

    private void WriteThinking()
    {
        if (_plan.Thinks is not { } thinks || _plan.Skips("thinking")) return;
        _json.WriteStartObject("thinking"u8);
        _json.WriteString("type"u8, thinks ? "enabled"u8 : "disabled"u8);
        if (_plan.ThinkingBudget is { } budget) _json.WriteNumber("token_budget"u8, budget);
        _json.WriteEndObject();
    }

    private void WriteMessages()
    {
        if (_plan.Skips("messages")) return;
        _json.WriteStartArray("messages"u8);
        foreach (var turn in new CohereConversation(_plan).Turns) Write(turn);
        _json.WriteEndArray();
        WriteDocuments();
    }

    /// <summary>What people gave to answer from. Citing is of all documents or of none there.</summary>
    private void WriteDocuments()
    {
        var documents = _plan.Documents;
        if (documents.Count == 0 || _plan.Skips("documents")) return;
        _json.WriteStartArray("documents"u8);
        foreach (var document in documents) Write(document);
        _json.WriteEndArray();
        if (documents.TrueForAll(static document => document.Cite)) return;
        if (documents.Exists(static document => document.Cite)) _plan.Warnings.Add("search_result.cite", "left out: the service cites all documents or none");
        else if (!_plan.Skips("citation_options"))
        {
            _json.WriteStartObject("citation_options"u8);
            _json.WriteString("mode"u8, "OFF"u8);
            _json.WriteEndObject();
        }
    }

    private void Write(SearchResult document)
    {
        _json.WriteStartObject();
        if (document.Id is { } id) _json.WriteString("id"u8, id);
        _json.WriteStartObject("data"u8);
        var extra = document.Extra;
        if (document.Title is { } title && !extra.Holds("title"u8)) _json.WriteString("title"u8, title);
        if (!extra.Holds("text"u8)) _json.WriteString("text"u8, string.Join("\n\n", document.Content));
        // An address in a citation is told apart by its name.
        var isAddress = document.Source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || document.Source.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        if (document.Source.Length > 0 && !extra.TryGet(isAddress ? "url" : "source", out _)) _json.WriteString(isAddress ? "url"u8 : "source"u8, document.Source);
        extra.WriteMembers(_json);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Write(CohereTurn turn)
    {
        _json.WriteStartObject();
        _json.WriteString("role"u8, turn.Role);
        if (turn.CallId is { } id) _json.WriteString("tool_call_id"u8, id);
        WriteContent(turn);
        if (turn.Plan.Length > 0 && !turn.Extra.Holds("tool_plan"u8)) _json.WriteString("tool_plan"u8, turn.Plan.ToString());
        if (turn.Calls.Count > 0)
        {
            _json.WriteStartArray("tool_calls"u8);
            foreach (var call in turn.Calls) Write(call);
            _json.WriteEndArray();
        }
        turn.Extra.WriteMembers(_json);
        _json.WriteEndObject();
    }

    private void WriteContent(CohereTurn turn)
    {
        if (turn.Extra.Holds("content"u8)) return;
        // An answer need say nothing beside its calls; anything else has a content.
        if (turn is { Role: "assistant", Parts.Count: 0 }) return;
        if (turn.Parts is [] or [{ Text: not null, Type.Value: "text" }] && !turn.IsList)
        {
            _json.WriteString("content"u8, turn.Parts is [var only] ? only.Text : "");
            return;
        }
        _json.WriteStartArray("content"u8);
        foreach (var part in turn.Parts) Write(part);
        _json.WriteEndArray();
    }

    private void Write(ContentPart part)
    {
        _json.WriteStartObject();
        if (part.ImageUrl is not null)
        {
            _json.WriteString("type"u8, "image_url"u8);
            ChatPartWriter.WriteMedia(_json, part);
        }
        else if (part.Type == ContentPartType.Reasoning)
        {
            _json.WriteString("type"u8, "thinking"u8);
            _json.WriteString("thinking"u8, part.Text);
        }
        else if (part.SearchResult is { } found)
        {
            _json.WriteString("type"u8, "document"u8);
            _json.WritePropertyName("document"u8);
            Write(found);
        }
        else if (part.Type == ContentPartType.Text)
        {
            _json.WriteString("type"u8, "text"u8);
            _json.WriteString("text"u8, part.Text);
        }
        else
        {
            // A document as the service itself has it.
            _json.WriteString("type"u8, part.Type.Value);
            part.Extra.WriteMembers(_json, except: "type"u8);
        }
        _json.WriteEndObject();
    }

    private void Write(ToolCall call)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, call.Id);
        _json.WriteString("type"u8, "function"u8);
        _json.WriteStartObject("function"u8);
        _json.WriteString("name"u8, call.Function.Name);
        _json.WriteString("arguments"u8, Arguments(call));
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>A call's arguments, the text of an object here: models do write other things, which go as text within one.</summary>
    private string Arguments(ToolCall call)
    {
        var arguments = call.Function.Arguments;
        if (string.IsNullOrWhiteSpace(arguments)) return "{}";
        if (RawJson.IsObject(arguments)) return arguments;
        if (call.Type != "custom") _plan.Warnings.Add("messages.tool_calls", "arguments that are no JSON object were sent as text within one: the service takes nothing else");
        return JsonOut.ToText((call.Type, arguments), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString(it.Type == "custom" ? "input"u8 : "arguments"u8, it.arguments);
            json.WriteEndObject();
        }, indented: false);
    }

    private void WriteTools()
    {
        if (_plan.Tools.Count == 0) return;
        if (!_plan.Skips("tools"))
        {
            _json.WriteStartArray("tools"u8);
            foreach (var tool in _plan.Tools) Write(tool, tool.Function!);
            _json.WriteEndArray();
        }
        if (_plan.StrictTools && !_plan.Skips("strict_tools")) _json.WriteBoolean("strict_tools"u8, true);
        if (_plan.ToolChoice is { } choice && !_plan.Skips("tool_choice")) _json.WriteString("tool_choice"u8, choice);
    }

    private void Write(Tool tool, FunctionDefinition function)
    {
        if (!tool.CacheControl.IsEmpty) _plan.Warnings.Add("cache_control", "left out: the service keeps what it has read by itself");
        FunctionJson.Write(_json, tool, function);
    }

    private void Raw(ReadOnlySpan<byte> name, RawJson value)
    {
        _json.WritePropertyName(name);
        value.WriteTo(_json);
    }
}
