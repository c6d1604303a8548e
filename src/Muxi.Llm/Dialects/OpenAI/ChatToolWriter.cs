using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes tools and the choice among them.</summary>
internal static class ChatToolWriter
{
    public static void Write(Utf8JsonWriter json, Tool tool, OpenAIChat quirks, Warnings warnings)
    {
        json.WriteStartObject();
        if (!tool.Extra.Holds("type"u8)) json.WriteString("type"u8, tool.Type);
        if (tool.Function is { } function && !tool.Extra.Holds("function"u8)) WriteFunction(json, function, quirks, warnings);
        if (!tool.Custom.IsEmpty && !tool.Extra.Holds("custom"u8)) WriteRaw(json, "custom"u8, tool.Custom);
        if (!tool.CacheControl.IsEmpty && !tool.Extra.Holds("cache_control"u8))
        {
            if (quirks.CacheControl) WriteRaw(json, "cache_control"u8, tool.CacheControl);
            else warnings.Add("cache_control", "left out: the service does not take it");
        }
        // A service's own tools have lost it before: this is the canonical form.
        if (tool.Format is { } format && !tool.Extra.Holds("wire_format"u8)) json.WriteString("wire_format"u8, format);
        tool.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ToolChoice choice)
    {
        if (!choice.Raw.IsEmpty)
        {
            WriteRaw(json, "tool_choice"u8, choice.Raw);
            return;
        }
        if (choice.Name is not { } name)
        {
            json.WriteString("tool_choice"u8, choice.Mode);
            return;
        }
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, choice.Mode);
        json.WriteStartObject(choice.Mode);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter json, FunctionDefinition function, OpenAIChat quirks, Warnings warnings)
    {
        var extra = function.Extra;
        json.WriteStartObject("function"u8);
        if (!extra.Holds("name"u8)) json.WriteString("name"u8, function.Name);
        if (function.Description is { } description && !extra.Holds("description"u8)) json.WriteString("description"u8, description);
        if (!function.Parameters.IsEmpty && !extra.Holds("parameters"u8)) WriteRaw(json, "parameters"u8, function.Parameters);
        if (function.Strict is { } strict && !extra.Holds("strict"u8))
        {
            if (quirks.StrictTools) json.WriteBoolean("strict"u8, strict);
            else if (strict) warnings.Add("tools.function.strict", "left out: the service does not take it");
        }
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, RawJson value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
