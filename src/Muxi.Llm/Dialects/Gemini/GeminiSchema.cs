using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Writes a JSON schema as the service takes it: beside a <c>$ref</c> nothing may stand but what begins with <c>$</c>, and <c>const</c> is a choice of one. Words that
/// the service does not know are sent: it steps over them.
/// </summary>
/// <remarks>Source: <c>responseJsonSchema</c> and <c>parametersJsonSchema</c> of the Gemini API's reference, as of 2026-11.</remarks>
internal static class GeminiSchema
{
    public static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }
        var refers = schema.TryGetProperty("$ref"u8, out _);
        json.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            if (refers && !member.Name.StartsWith('$')) continue;
            WriteMember(json, member, schema);
        }
        json.WriteEndObject();
    }

    /// <summary>Whether a function with this schema takes no arguments at all.</summary>
    public static bool IsEmpty(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) return true;
        foreach (var member in schema.EnumerateObject())
        {
            var says = member.Name switch
            {
                "type" or "title" or "description" or "$schema" or "additionalProperties" when member.Value.ValueKind is JsonValueKind.String or JsonValueKind.False => false,
                "properties" when member.Value.ValueKind == JsonValueKind.Object => member.Value.EnumerateObject().Any(),
                "required" when member.Value.ValueKind == JsonValueKind.Array => member.Value.GetArrayLength() > 0,
                _ => true,
            };
            if (says) return false;
        }
        return true;
    }

    private static void WriteMember(Utf8JsonWriter json, JsonProperty member, JsonElement schema)
    {
        switch (member.Name, member.Value.ValueKind)
        {
            case ("const", JsonValueKind.String or JsonValueKind.Number) when !schema.TryGetProperty("enum"u8, out _):
                json.WriteStartArray("enum"u8);
                member.Value.WriteTo(json);
                json.WriteEndArray();
                return;
            case ("properties" or "$defs" or "definitions" or "patternProperties", JsonValueKind.Object):
                json.WriteStartObject(member.Name);
                foreach (var named in member.Value.EnumerateObject())
                {
                    json.WritePropertyName(named.Name);
                    Write(json, named.Value);
                }
                json.WriteEndObject();
                return;
            case ("anyOf" or "allOf" or "oneOf" or "prefixItems", JsonValueKind.Array):
                json.WriteStartArray(member.Name);
                foreach (var one in member.Value.EnumerateArray()) Write(json, one);
                json.WriteEndArray();
                return;
            case ("items" or "not" or "additionalProperties", JsonValueKind.Object):
                json.WritePropertyName(member.Name);
                Write(json, member.Value);
                return;
            default:
                json.WritePropertyName(member.Name);
                member.Value.WriteTo(json);
                return;
        }
    }
}
