using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes tools.</summary>
internal static class MessagesToolWriter
{
    public static void Write(Utf8JsonWriter json, Tool tool, MessagesPlan plan)
    {
        json.WriteStartObject();
        // What OpenAI's format has on two levels is one here.
        var extra = tool.Function is null ? tool.Extra : tool.Function.Extra.With(tool.Extra);
        if (tool.Function is { } function) WriteFunction(json, function, extra, plan);
        else if (!extra.Holds("type"u8)) json.WriteString("type"u8, tool.Type);
        if (!tool.CacheControl.IsEmpty && !extra.Holds("cache_control"u8)) Raw(json, "cache_control"u8, tool.CacheControl);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The tool by whose input the model answers.</summary>
    public static void WriteAnswer(Utf8JsonWriter json, string name, ResponseFormat format)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("description"u8, format.Description is { } description ? $"Gives the answer. {description}" : "Gives the answer.");
        WriteSchema(json, format.Schema, isStrict: false);
        json.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter json, FunctionDefinition function, Extra extra, MessagesPlan plan)
    {
        if (!extra.Holds("name"u8)) json.WriteString("name"u8, function.Name);
        if (function.Description is { } description && !extra.Holds("description"u8)) json.WriteString("description"u8, description);
        var isStrict = function.Strict == true && plan.Quirks.StrictTools;
        if (!extra.Holds("input_schema"u8)) WriteSchema(json, function.Parameters, isStrict);
        if (isStrict && !extra.Holds("strict"u8)) json.WriteBoolean("strict"u8, true);
        else if (function.Strict == true && !isStrict) plan.Warnings.Add("tools.function.strict", "left out: the model does not take it");
    }

    /// <summary>The schema of a tool's input, which must be one of an object: none is an object without members.</summary>
    private static void WriteSchema(Utf8JsonWriter json, RawJson schema, bool isStrict)
    {
        var element = schema.IsEmpty ? default : schema.ToElement();
        if (element.ValueKind != JsonValueKind.Object || !element.EnumerateObject().Any())
        {
            json.WriteStartObject("input_schema"u8);
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
            if (isStrict) json.WriteBoolean("additionalProperties"u8, false);
            json.WriteEndObject();
            return;
        }
        json.WritePropertyName("input_schema"u8);
        if (isStrict) ClosedSchema.Write(json, element);
        else if (element.TryGetProperty("type"u8, out _)) schema.WriteTo(json);
        else
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            foreach (var member in element.EnumerateObject()) member.WriteTo(json);
            json.WriteEndObject();
        }
    }

    private static void Raw(Utf8JsonWriter json, ReadOnlySpan<byte> name, RawJson value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}

/// <summary>Whether and which tools may or must be called, as it is written.</summary>
internal sealed record MessagesToolChoice(string? Type)
{
    private static readonly MessagesToolChoice _none = new((string?)null);

    public string? Name { get; private init; }

    public bool DisablesParallel { get; private init; }

    public RawJson Raw { get; private init; }

    /// <summary>Whether a call is demanded.</summary>
    public bool IsForced => Type is "any" or "tool";

    public static MessagesToolChoice For(MessagesPlan plan)
    {
        var request = plan.Request;
        if (plan.Tools.Count == 0 && plan.Answer is null && !request.Extra.Holds("tools"u8))
        {
            if (request.ToolChoice is { Mode: not ("none" or "auto") }) plan.Warnings.Add("tool_choice", "left out: there are no tools");
            return _none;
        }
        var choice = Chosen(request, plan);
        if (plan.Answer is not null) choice = WithAnswer(choice, plan);
        if (choice.IsForced && !plan.Quirks.ForcedTools)
        {
            plan.Warnings.Add("tool_choice", "sent as auto: the model cannot be made to call a tool");
            choice = new("auto");
        }
        if (choice.IsForced && plan.Answer is not null && plan.ThinksByBudget())
        {
            plan.Warnings.Add("response_format", "not guaranteed: the model cannot be made to call the tool for the answer while it thinks");
            choice = new("auto");
        }
        if (request.ParallelToolCalls != false || choice.Type == "none") return choice;
        if (choice.Raw is { IsEmpty: false } own) return own.ToElement().ValueKind == JsonValueKind.Object ? choice with { Raw = InTurn(own) } : choice;
        return choice with { Type = choice.Type ?? "auto", DisablesParallel = true };
    }

    public void Write(Utf8JsonWriter json)
    {
        if (!Raw.IsEmpty)
        {
            json.WritePropertyName("tool_choice"u8);
            Raw.WriteTo(json);
            return;
        }
        if (Type is null) return;
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, Type);
        if (Name is not null) json.WriteString("name"u8, Name);
        if (DisablesParallel) json.WriteBoolean("disable_parallel_tool_use"u8, true);
        json.WriteEndObject();
    }

    private static MessagesToolChoice Chosen(ChatCompletionRequest request, MessagesPlan plan)
    {
        var choice = ToolForms.Choice(request);
        switch (choice?.Mode)
        {
            case null:
                return _none;
            case "auto" or "none" when choice.Raw.IsEmpty:
                return new(choice.Mode);
            case "required":
                return new("any");
            case "function" when choice.Name is { } name:
                return new("tool") { Name = name };
            case "allowed_tools":
                return new(ToolForms.Allowed(choice) is { } allowed && ToolForms.Text(allowed, "mode") == "required" ? "any" : "auto");
            case "custom":
                plan.Warnings.Add("tool_choice", "left out: the service knows no custom tools");
                return _none;
            default:
                // The service's own form, e.g. {"type":"any"}.
                var word = choice.Raw.IsEmpty ? null : Extra.Trusted(choice.Raw.Utf8.ToArray()).GetString("type");
                return new(word ?? choice.Mode) { Raw = choice.Raw };
        }
    }

    /// <summary>With a tool for the answer a call is demanded: of that tool, or of any where there are others.</summary>
    private static MessagesToolChoice WithAnswer(MessagesToolChoice choice, MessagesPlan plan)
    {
        if (plan.Tools.Count == 0 || choice.Type == "none") return new("tool") { Name = plan.Quirks.AnswerTool };
        return choice.IsForced ? choice : new("any");
    }

    /// <summary>The caller's own form with one call at a time, unless it says itself how many.</summary>
    private static RawJson InTurn(RawJson own)
    {
        var members = Extra.Trusted(own.Utf8.ToArray());
        return members.Holds("disable_parallel_tool_use"u8) ? own : members.With("disable_parallel_tool_use", "true").ToString();
    }
}
