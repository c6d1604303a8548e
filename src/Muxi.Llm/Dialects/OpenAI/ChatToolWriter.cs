using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes tools and the choice among them.</summary>
internal static class ChatToolWriter
{
    public static void Write(Utf8JsonWriter json, Tool tool, OpenAIChat quirks, Warnings warnings)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, tool.Type);
        if (tool.Function is { } function) WriteFunction(json, function, quirks, warnings);
        if (!tool.Custom.IsEmpty) WriteRaw(json, "custom"u8, tool.Custom);
        if (!tool.CacheControl.IsEmpty)
        {
            if (quirks.CacheControl) WriteRaw(json, "cache_control"u8, tool.CacheControl);
            else warnings.Add("cache_control", "left out: the service does not take it");
        }
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
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, function.Name);
        if (function.Description is { } description) json.WriteString("description"u8, description);
        if (!function.Parameters.IsEmpty) WriteRaw(json, "parameters"u8, function.Parameters);
        if (function.Strict is { } strict)
        {
            if (quirks.StrictTools) json.WriteBoolean("strict"u8, strict);
            else if (strict) warnings.Add("tools.function.strict", "left out: the service does not take it");
        }
        function.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, RawJson value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
