using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>Turns a value after a <see cref="StrictSchema"/> into one after the plain schema that it was made of. A value that follows the plain one already stays as it is.</summary>
internal static class StrictValue
{
    private const int Deepest = 100;

    public static JsonNode? ToPlain(JsonNode? value, JsonNode? schema, JsonNode root) => ToPlain(value, schema, root, 0);

    private static JsonNode? ToPlain(JsonNode? value, JsonNode? schema, JsonNode root, int depth)
    {
        if (value is null || depth > Deepest || SchemaNode.Resolve(root, schema) is not JsonObject plain) return value;
        if ((plain["anyOf"] ?? plain["oneOf"]) is JsonArray choices)
        {
            foreach (var choice in choices)
                if (ToPlain(value.DeepClone(), choice, root, depth + 1) is var turned && SchemaCheck.Faults(turned, choice, root).Count == 0) return turned;
            return value;
        }
        if (value is JsonArray items)
        {
            if (IsDictionary(plain) && Entries(items) is { } dictionary) value = dictionary;
            else
            {
                for (var i = 0; i < items.Count; i++) Replace(items[i], plain["items"], root, depth, turned => items[i] = turned);
                return items;
            }
        }
        if (value is JsonObject members) Members(members, plain, root, depth);
        return value;
    }

    private static void Members(JsonObject members, JsonObject schema, JsonNode root, int depth)
    {
        var properties = schema["properties"] as JsonObject;
        var required = SchemaNode.Required(schema).ToHashSet();
        foreach (var name in members.Select(member => member.Key).ToList())
        {
            var own = properties?[name] ?? schema["additionalProperties"];
            // Null is how an optional member is left out.
            if (members[name] is null && properties?[name] is not null && !required.Contains(name) && !SchemaNode.AllowsNull(SchemaNode.Resolve(root, own))) members.Remove(name);
            else Replace(members[name], own, root, depth, turned => members[name] = turned);
        }
    }

    private static void Replace(JsonNode? value, JsonNode? schema, JsonNode root, int depth, Action<JsonNode?> put)
    {
        var turned = ToPlain(value, schema, root, depth + 1);
        if (!ReferenceEquals(turned, value)) put(turned);
    }

    private static bool IsDictionary(JsonObject schema) => schema["properties"] is null && schema["additionalProperties"] is JsonObject && SchemaNode.Types(schema).Contains("object");

    /// <summary>The dictionary of a list of entries; null where it is none.</summary>
    private static JsonObject? Entries(JsonArray items)
    {
        var dictionary = new JsonObject();
        foreach (var item in items)
        {
            if (item is not JsonObject { Count: 2 } entry || entry["key"] is not JsonValue key || key.GetValueKind() != System.Text.Json.JsonValueKind.String || !entry.ContainsKey("value")) return null;
            dictionary[key.GetValue<string>()] = entry["value"]?.DeepClone();
        }
        return dictionary;
    }
}
