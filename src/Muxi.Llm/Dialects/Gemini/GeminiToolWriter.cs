using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes tools: the caller's functions together as one, the service's own by their names.</summary>
internal static class GeminiToolWriter
{
    public static void WriteFunctions(Utf8JsonWriter json, GeminiPlan plan)
    {
        if (plan.Functions.Count == 0) return;
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in plan.Functions) Write(json, tool);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A tool of the service: <c>{"type":"google_search","excludeDomains":[]}</c>, or the service's own form <c>{"googleSearch":{}}</c> under any type.</summary>
    public static void WriteOther(Utf8JsonWriter json, Tool tool)
    {
        var name = tool.Type is "web_search" or "web_search_preview" ? "googleSearch" : Camel(tool.Type);
        json.WriteStartObject();
        if (tool.Type == "function" || tool.Extra.Holds(Encoding.UTF8.GetBytes(name)) || tool.Extra.Holds(Encoding.UTF8.GetBytes(tool.Type))) tool.Extra.WriteMembers(json);
        else
        {
            json.WriteStartObject(name);
            tool.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Tool tool)
    {
        var function = tool.Function!;
        // What OpenAI's format has on two levels is one here.
        var extra = function.Extra.With(tool.Extra);
        json.WriteStartObject();
        if (!extra.Holds("name"u8)) json.WriteString("name"u8, function.Name);
        if (function.Description is { } description && !extra.Holds("description"u8)) json.WriteString("description"u8, description);
        var schema = function.Parameters.IsEmpty ? default : function.Parameters.ToElement();
        if (!GeminiSchema.IsEmpty(schema) && !extra.Holds("parametersJsonSchema"u8) && !extra.Holds("parameters"u8)) WriteSchema(json, schema);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        json.WritePropertyName("parametersJsonSchema"u8);
        if (schema.TryGetProperty("type"u8, out _) || schema.TryGetProperty("$ref"u8, out _))
        {
            GeminiSchema.Write(json, schema);
            return;
        }
        var typed = JsonOut.ToUtf8(schema, static (json, schema) =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            foreach (var member in schema.EnumerateObject()) member.WriteTo(json);
            json.WriteEndObject();
        });
        GeminiSchema.Write(json, RawJson.Trusted(typed).ToElement());
    }

    /// <summary><c>google_search</c> as <c>googleSearch</c>.</summary>
    private static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal)) return name;
        var camel = new StringBuilder(name.Length);
        foreach (var word in name.Split('_', StringSplitOptions.RemoveEmptyEntries)) camel.Append(camel.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]);
        return camel.ToString();
    }
}

/// <summary>Whether and which functions may or must be called, as it is written.</summary>
internal sealed record GeminiToolChoice(string? Mode)
{
    private static readonly GeminiToolChoice _none = new((string?)null);

    public IReadOnlyList<string> Names { get; private init; } = [];

    /// <summary>The caller's own <c>functionCallingConfig</c>.</summary>
    public RawJson Raw { get; private init; }

    public bool IsSaid => Mode is not null || !Raw.IsEmpty;

    public static GeminiToolChoice For(GeminiPlan plan)
    {
        var choice = ToolForms.Choice(plan.Request);
        if (plan.Functions.Count == 0 && !plan.Request.Extra.Holds("tools"u8))
        {
            if (choice is { Mode: not ("none" or "auto") }) plan.Warnings.Add("tool_choice", "left out: there are no functions");
            return _none;
        }
        var chosen = Chosen(choice, plan);
        if (chosen.Mode == "AUTO" && plan.MixesTools) chosen = chosen with { Mode = "VALIDATED" };
        if (!plan.Functions.Any(tool => tool.Function!.Strict == true) || chosen is { Mode: not (null or "AUTO") } or { Raw.IsEmpty: false }) return chosen;
        if (plan.Quirks.StrictTools) return chosen with { Mode = "VALIDATED" };
        plan.Warnings.Add("tools.function.strict", "left out: the model does not take it");
        return chosen;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName("functionCallingConfig"u8);
        if (!Raw.IsEmpty)
        {
            Raw.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("mode"u8, Mode);
        if (Names.Count > 0)
        {
            json.WriteStartArray("allowedFunctionNames"u8);
            foreach (var name in Names) json.WriteStringValue(name);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static GeminiToolChoice Chosen(ToolChoice? choice, GeminiPlan plan)
    {
        switch (choice?.Mode)
        {
            case null:
                return _none;
            case "none" or "auto" when choice.Raw.IsEmpty:
                return new(choice.Mode.ToUpperInvariant());
            case "required" or "any":
                return new("ANY");
            case "function" when choice.Name is { } name:
                return new("ANY") { Names = [name] };
            case "allowed_tools":
                return Among(choice, plan);
            case "custom":
                plan.Warnings.Add("tool_choice", "left out: the service knows no custom tools");
                return _none;
            default:
                return Own(choice);
        }
    }

    /// <summary>Some of the functions alone: by their names where the service takes these, else the others are not declared.</summary>
    private static GeminiToolChoice Among(ToolChoice choice, GeminiPlan plan)
    {
        var names = (ToolForms.AllowedNames(choice) ?? []).OfType<string>().ToList();
        var isRequired = ToolForms.Allowed(choice) is { } allowed && ToolForms.Text(allowed, "mode") == "required";
        if (isRequired || plan.Quirks.StrictTools) return new(isRequired ? "ANY" : "VALIDATED") { Names = names };
        plan.Allow(names.ToHashSet(StringComparer.Ordinal));
        return new("AUTO");
    }

    /// <summary>The service's own form: a mode's word, <c>{"mode":"ANY"}</c>, or that within <c>functionCallingConfig</c>.</summary>
    private static GeminiToolChoice Own(ToolChoice choice)
    {
        if (choice.Raw.IsEmpty) return new(choice.Mode.ToUpperInvariant());
        var members = choice.Raw.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(choice.Raw.Utf8.ToArray()) : default;
        if (members.TryGet("functionCallingConfig", out var config)) return _none with { Raw = config };
        return members.Holds("mode"u8) ? _none with { Raw = choice.Raw } : new(choice.Mode.ToUpperInvariant());
    }
}
