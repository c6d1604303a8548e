using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes functions in OpenAI's form for formats that have taken it over, where a schema must be one of an object with properties.</summary>
internal static class FunctionJson
{
    /// <summary>Writes the tool with its function; whether it is strict is not said.</summary>
    public static void Write(Utf8JsonWriter json, Tool tool, FunctionDefinition function)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, function.Name);
        if (function.Description is { } description) json.WriteString("description"u8, description);
        WriteParameters(json, function.Parameters);
        function.Extra.WriteMembers(json);
        json.WriteEndObject();
        tool.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The schema of the arguments: services look for its type and its properties, so none is an object without members.</summary>
    private static void WriteParameters(Utf8JsonWriter json, RawJson schema)
    {
        if (!schema.IsEmpty && schema.ToElement() is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty("type"u8, out _))
        {
            json.WritePropertyName("parameters"u8);
            schema.WriteTo(json);
            return;
        }
        var members = schema.IsEmpty || schema.ToElement().ValueKind != JsonValueKind.Object ? default : Extra.Trusted(schema.Utf8.ToArray());
        json.WriteStartObject("parameters"u8);
        json.WriteString("type"u8, "object"u8);
        if (!members.Holds("properties"u8))
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }
        members.WriteMembers(json);
        json.WriteEndObject();
    }
}
