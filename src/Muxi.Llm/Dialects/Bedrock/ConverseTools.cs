using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What the model may call, and whether it must.</summary>
internal sealed class ConverseTools(ConversePlan plan)
{
    private readonly List<Tool> _tools = TakenFrom(plan);
    private RawJson _ownChoice;

    /// <summary>The schema that the model is made to answer after by calling a tool.</summary>
    public ResponseFormat? Answer { get; set; }

    /// <summary><c>auto</c>, <c>any</c> or <c>tool</c>; null where nothing is said.</summary>
    public string? Mode { get; private set; }

    /// <summary>The tool that must be called.</summary>
    public string? Chosen { get; private set; }

    /// <summary>Whether the choice stands among the model's own parameters.</summary>
    public bool IsSaidByModel { get; set; }

    public bool IsForced => Mode is "any" or "tool";

    public bool IsEmpty => _tools.Count == 0 && Answer is null;

    /// <summary>Works out the choice; needs to know whether there is an answer by a tool.</summary>
    public void Choose()
    {
        if (plan.Request.Extra.Holds("toolConfig"u8)) return;
        var choice = ToolForms.Choice(plan.Request);
        if (choice is { Mode: "none" } && Answer is null) LeaveOut();
        else if (IsEmpty && choice is { Mode: not ("none" or "auto") }) plan.Warnings.Add("tool_choice", "left out: there is no tool to choose");
        else if (!IsEmpty) Take(choice);
        if (IsEmpty) NameCalled();
        if (Chosen is not null && !plan.Quirks.NamedTools) ForceAny();
        if (!IsForced || (plan.Quirks.ForcedTools && !(Answer is not null && plan.ThinksByBudget()))) return;
        if (!plan.Quirks.ForcedTools) plan.Warnings.Add("tool_choice", "left to the model: it cannot be made to call a tool");
        else plan.Warnings.Add("response_format", "not guaranteed: the model cannot be made to call the tool for the answer while it thinks");
        (Mode, Chosen, _ownChoice) = ("auto", null, default);
    }

    public void Write(Utf8JsonWriter json)
    {
        if (IsEmpty) return;
        json.WriteStartObject("toolConfig"u8);
        json.WriteStartArray("tools"u8);
        foreach (var tool in _tools) Write(json, tool);
        if (Answer is { } answer) WriteAnswer(json, answer);
        json.WriteEndArray();
        if (!IsSaidByModel) WriteChoice(json);
        json.WriteEndObject();
    }

    /// <summary>The tools of the request, in either of OpenAI's forms, as far as they may be called.</summary>
    private static List<Tool> TakenFrom(ConversePlan plan)
    {
        var request = plan.Request;
        List<Tool> all = [.. ToolForms.All(request)];
        if (all.RemoveAll(static tool => !tool.Custom.IsEmpty) > 0) plan.Warnings.Add("tools", "a custom tool was left out: the service knows only tools with a schema");
        if (request.ToolChoice is { Mode: "allowed_tools" } choice && ToolForms.AllowedNames(choice) is { } allowed) all.RemoveAll(tool => !allowed.Contains(tool.Function?.Name));
        return all;
    }

    private void Take(ToolChoice? choice)
    {
        switch (choice?.Mode)
        {
            case null or "auto" or "none":
                Mode = choice?.Mode == "auto" ? "auto" : null;
                break;
            case "required":
                Mode = "any";
                break;
            case "allowed_tools":
                Mode = ToolForms.Allowed(choice) is { } allowed && ToolForms.Text(allowed, "mode") == "required" ? "any" : "auto";
                break;
            case "function" when choice.Name is { } name:
                (Mode, Chosen) = ("tool", name);
                break;
            case "custom":
                plan.Warnings.Add("tool_choice", "left out: the service knows no custom tools");
                break;
            case "" when FirstIn(choice.Raw) is { } first:
                // The service's own form has no type: {"any":{}}, {"tool":{"name":"..."}}.
                _ownChoice = choice.Raw;
                Mode = first;
                break;
            default:
                plan.Warnings.Add("tool_choice", $"left out: the service does not know '{choice.Mode}'");
                break;
        }
        if (Answer is null || IsForced) return;
        // The answer is a call, too: of that tool, or of any where the model may call others first.
        (Mode, Chosen) = _tools.Count == 0 || choice?.Mode == "none" ? ("tool", plan.Quirks.AnswerTool) : ("any", null);
    }

    /// <summary>Of one tool, any is that one.</summary>
    private void ForceAny()
    {
        if (_tools.Count + (Answer is null ? 0 : 1) > 1) plan.Warnings.Add("tool_choice", "sent as 'any': the model cannot be made to call one of several tools");
        (Mode, Chosen) = ("any", null);
    }

    /// <summary>No tool may be called: none is offered, which is the only way to say so, unless the conversation already holds calls.</summary>
    private void LeaveOut()
    {
        if (_tools.Count == 0) return;
        if (Called().Any()) plan.Warnings.Add("tool_choice", "left to the model: the service has no 'none', and wants the tools that the conversation speaks of");
        else _tools.Clear();
    }

    /// <summary>The service refuses calls in a conversation without tools: those that were called are named.</summary>
    private void NameCalled()
    {
        foreach (var name in Called().Distinct()) _tools.Add(Tool.FromFunction(name));
        if (_tools.Count > 0) plan.Warnings.Add("tools", "the tools that the conversation speaks of were offered again: the service wants them named");
    }

    private IEnumerable<string> Called() => plan.Request.Messages.SelectMany(static message => message.ToolCalls).Select(static call => call.Function.Name);

    private void Write(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        if (tool.Function is { } function) WriteSpecification(json, function);
        tool.Extra.WriteMembers(json);
        json.WriteEndObject();
        ConverseBlockWriter.WriteCachePoint(json, tool.CacheControl, plan);
    }

    private void WriteSpecification(Utf8JsonWriter json, FunctionDefinition function)
    {
        var isStrict = function.Strict == true && plan.Quirks.StrictTools;
        if (function.Strict == true && !isStrict) plan.Warnings.Add("tools.function.strict", "left out: the model is not known to take it");
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, function.Name);
        // One that says nothing is refused.
        if (!string.IsNullOrWhiteSpace(function.Description)) json.WriteString("description"u8, function.Description);
        WriteSchema(json, function.Parameters, isStrict);
        if (isStrict) json.WriteBoolean("strict"u8, true);
        function.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteAnswer(Utf8JsonWriter json, ResponseFormat format)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, plan.Quirks.AnswerTool);
        json.WriteString("description"u8, format.Description is { Length: > 0 } said ? $"Takes the answer: {said}" : "Takes the answer.");
        WriteSchema(json, format.Schema, isClosed: false);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The schema of a tool's input, which is one of an object; a tool without one takes an object without members.</summary>
    private static void WriteSchema(Utf8JsonWriter json, RawJson schema, bool isClosed)
    {
        var element = schema.IsEmpty ? default : schema.ToElement();
        var isObject = element.ValueKind == JsonValueKind.Object;
        json.WriteStartObject("inputSchema"u8);
        json.WritePropertyName("json"u8);
        if (isObject && isClosed) ClosedSchema.Write(json, element);
        else if (isObject && element.TryGetProperty("type"u8, out _)) schema.WriteTo(json);
        else
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            if (isObject) foreach (var member in element.EnumerateObject()) member.WriteTo(json);
            if (!isObject || !element.TryGetProperty("properties"u8, out _))
            {
                json.WriteStartObject("properties"u8);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void WriteChoice(Utf8JsonWriter json)
    {
        if (Mode is null && _ownChoice.IsEmpty) return;
        json.WritePropertyName("toolChoice"u8);
        if (!_ownChoice.IsEmpty)
        {
            _ownChoice.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteStartObject(Mode!);
        if (Chosen is not null) json.WriteString("name"u8, Chosen);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? FirstIn(RawJson raw)
    {
        if (raw.IsEmpty || raw.ToElement() is not { ValueKind: JsonValueKind.Object } element) return null;
        foreach (var member in element.EnumerateObject()) return member.Name;
        return null;
    }
}
