using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A JSON schema in which every object is closed: where a schema for guaranteed output leaves <c>additionalProperties</c> open, the service refuses it, and what it
/// guarantees would have no meaning. What a schema says itself is kept; limits on numbers, lengths and counts, which the service refuses, are told in the description.
/// </summary>
/// <remarks>
/// Source: the pages of Anthropic and of Amazon Bedrock on structured outputs, 2026: <c>additionalProperties</c> must be false on every object; a schema may not recur, nor limit numbers, lengths, or
/// how many items there are (but for <c>minItems</c> of 0 and 1).
/// </remarks>
internal static class ClosedSchema
{
    private static readonly string[] _limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems"];

    public static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        var limits = Limits(schema);
        foreach (var member in schema.EnumerateObject())
        {
            if (IsLimit(member) || (limits.Length > 0 && member.NameEquals("description"u8))) continue;
            json.WritePropertyName(member.Name);
            WriteMember(json, member);
        }
        if (limits.Length > 0) json.WriteString("description"u8, limits);
        if (IsOpenObject(schema)) json.WriteBoolean("additionalProperties"u8, false);
        json.WriteEndObject();
    }

    /// <summary>Whether a schema refers to something that it is a part of.</summary>
    public static bool IsRecursive(JsonElement schema) => IsRecursive(schema, schema, []);

    private static bool IsRecursive(JsonElement node, JsonElement root, HashSet<string> open)
    {
        if (node.ValueKind == JsonValueKind.Array) return node.EnumerateArray().Any(item => IsRecursive(item, root, open));
        if (node.ValueKind != JsonValueKind.Object) return false;
        if (node.TryGetProperty("$ref"u8, out var reference) && reference.ValueKind == JsonValueKind.String)
        {
            var place = reference.GetString()!;
            // Another place than a definition may be anything; a definition that is being looked at holds itself.
            if (Definition(root, place) is not { } definition) return true;
            if (!open.Add(place)) return true;
            var recurs = IsRecursive(definition, root, open);
            open.Remove(place);
            if (recurs) return true;
        }
        return node.EnumerateObject().Any(member => member.Name is not ("$defs" or "definitions") && IsRecursive(member.Value, root, open));
    }

    private static JsonElement? Definition(JsonElement root, string place)
    {
        foreach (var home in (string[])["$defs", "definitions"])
            if (place.StartsWith($"#/{home}/", StringComparison.Ordinal) && root.TryGetProperty(home, out var all) && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(place[(home.Length + 3)..], out var found)) return found;
        return null;
    }

    /// <summary>The description with the limits in it; empty where the schema has none.</summary>
    private static string Limits(JsonElement schema)
    {
        string? told = null;
        foreach (var member in schema.EnumerateObject())
            if (IsLimit(member)) told = told is null ? $"{member.Name} {member.Value.GetRawText()}" : $"{told}, {member.Name} {member.Value.GetRawText()}";
        if (told is null) return "";
        return schema.TryGetProperty("description"u8, out var said) && said.ValueKind == JsonValueKind.String ? $"{said.GetString()} ({told})" : told;
    }

    private static bool IsLimit(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && Array.IndexOf(_limits, member.Name) >= 0 && (member.Name != "minItems" || member.Value.GetDouble() > 1);

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
