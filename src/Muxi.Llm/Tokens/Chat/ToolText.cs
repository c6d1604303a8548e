using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The text in which a model is told of its tools.</summary>
internal static class ToolText
{
    /// <summary>As declarations, which is how OpenAI's models have them.</summary>
    public static string Declarations(IReadOnlyList<Tool> tools, IReadOnlyList<JsonElement> functions)
    {
        var text = new ToolDeclarations();
        foreach (var tool in tools)
        {
            if (tool.Function is { } function) text.Add(function.Name, function.Description, CountedJson.Read(function.Parameters));
            else if (Custom(tool) is { } custom) text.AddCustom(custom.Name, custom.Description, custom.Grammar);
            else text.AddCustom(tool.Type, tool.Extra.IsEmpty ? null : JsonOut.ToText(tool, WriteVendor, indented: false), null);
        }
        foreach (var function in functions) text.Add(Member(function, "name") ?? "", Member(function, "description"), function.TryGetProperty("parameters", out var parameters) ? parameters : default);
        return text.ToString();
    }

    /// <summary>As JSON, a line each, for the models of which only the length is known.</summary>
    public static string Json(IReadOnlyList<Tool> tools, IReadOnlyList<JsonElement> functions) => string.Join('\n',
        [.. tools.Select(static tool => JsonOut.ToText(tool, Write, indented: false)), .. functions.Select(static function => JsonOut.ToText(function, static (json, one) => one.WriteTo(json), indented: false))]);

    private static void Write(Utf8JsonWriter json, Tool tool)
    {
        if (tool.Function is not { } function)
        {
            WriteVendor(json, tool);
            return;
        }
        json.WriteStartObject();
        json.WriteString("name"u8, function.Name);
        if (function.Description is { } description) json.WriteString("description"u8, description);
        if (!function.Parameters.IsEmpty)
        {
            json.WritePropertyName("parameters"u8);
            CountedJson.Read(function.Parameters).WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteVendor(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, tool.Type);
        if (!tool.Custom.IsEmpty)
        {
            json.WritePropertyName("custom"u8);
            CountedJson.Read(tool.Custom).WriteTo(json);
        }
        foreach (var name in tool.Extra.Names)
        {
            json.WritePropertyName(name);
            CountedJson.Read(tool.Extra[name]).WriteTo(json);
        }
        json.WriteEndObject();
    }

    /// <summary>Whether a tool takes free text after a grammar.</summary>
    public static bool HasGrammar(Tool tool) => Custom(tool)?.Grammar is not null;

    private static (string Name, string? Description, string? Grammar)? Custom(Tool tool)
    {
        if (tool.Custom.IsEmpty || CountedJson.Read(tool.Custom) is not { ValueKind: JsonValueKind.Object } custom) return null;
        var grammar = custom.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Object
            ? format.TryGetProperty("grammar", out var nested) && nested.ValueKind == JsonValueKind.Object ? Member(nested, "definition") : Member(format, "definition")
            : null;
        return (Member(custom, "name") ?? "", Member(custom, "description"), grammar);
    }

    private static string? Member(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
