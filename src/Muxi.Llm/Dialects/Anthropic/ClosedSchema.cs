using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A JSON schema in which every object is closed: where a schema for guaranteed output leaves <c>additionalProperties</c> open, the service refuses it, and what it
/// guarantees would have no meaning. What a schema says itself is kept.
/// </summary>
/// <remarks>Source: Anthropic's page on structured outputs, 2026: <c>additionalProperties</c> must be false on every object.</remarks>
internal static class ClosedSchema
{
    public static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            WriteMember(json, member);
        }
        if (IsOpenObject(schema)) json.WriteBoolean("additionalProperties"u8, false);
        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        switch (member.Name, member.Value.ValueKind)
        {
            case ("properties" or "$defs" or "definitions" or "patternProperties", JsonValueKind.Object):
                json.WriteStartObject();
                foreach (var named in member.Value.EnumerateObject())
                {
                    json.WritePropertyName(named.Name);
                    Write(json, named.Value);
                }
                json.WriteEndObject();
                break;
            case ("anyOf" or "allOf" or "oneOf" or "prefixItems", JsonValueKind.Array):
                json.WriteStartArray();
                foreach (var one in member.Value.EnumerateArray()) Write(json, one);
                json.WriteEndArray();
                break;
            case ("items" or "not", JsonValueKind.Object):
                Write(json, member.Value);
                break;
            default:
                member.Value.WriteTo(json);
                break;
        }
    }

    private static bool IsOpenObject(JsonElement schema)
    {
        if (schema.TryGetProperty("additionalProperties"u8, out _)) return false;
        if (!schema.TryGetProperty("type"u8, out var type)) return schema.TryGetProperty("properties"u8, out _);
        return type.ValueKind == JsonValueKind.String ? type.ValueEquals("object"u8)
            : type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("object"u8));
    }
}
