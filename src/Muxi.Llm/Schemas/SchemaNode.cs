using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>Looking at, and changing, one JSON schema.</summary>
internal static class SchemaNode
{
    private static readonly JsonDocumentOptions _reading = new() { AllowDuplicateProperties = false };

    /// <summary>Reads JSON as nodes.</summary>
    /// <exception cref="JsonException">It is not one JSON value, or an object names a member twice.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, null, _reading);

    /// <summary>The same JSON in nodes of its own, as if it had been read.</summary>
    public static JsonObject Copy(JsonObject node) => (JsonObject)Parse(ToUtf8(node))!;

    /// <summary>The JSON of a node.</summary>
    public static byte[] ToUtf8(JsonNode? node) => JsonOut.ToUtf8(node, static (json, it) =>
    {
        if (it is null) json.WriteNullValue();
        else it.WriteTo(json);
    });

    /// <summary>A schema without white space, for telling it in words.</summary>
    public static string Compact(RawJson schema) => JsonOut.ToText(schema.ToElement(), static (json, it) => it.WriteTo(json), indented: false);

    /// <summary>The types that a schema names; empty where it names none.</summary>
    public static IReadOnlyList<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonValue one when one.GetValueKind() == JsonValueKind.String => [one.GetValue<string>()],
        JsonArray several => [.. several.OfType<JsonValue>().Where(one => one.GetValueKind() == JsonValueKind.String).Select(one => one.GetValue<string>())],
        _ => [],
    };

    /// <summary>Sets the types that a schema names.</summary>
    public static void SetTypes(JsonObject schema, IReadOnlyList<string> types) => schema["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(type => (JsonNode)type)]);

    /// <summary>Whether null is a value of a schema, as far as the schema itself says, without what it refers to.</summary>
    public static bool AllowsNull(JsonNode? schema)
    {
        if (schema is not JsonObject it) return schema?.GetValueKind() != JsonValueKind.False;
        if (it.ContainsKey("$ref")) return false;
        if (it["anyOf"] is JsonArray some) return some.Any(AllowsNull);
        if (it["enum"] is JsonArray words) return words.Any(word => word is null);
        if (it.ContainsKey("const")) return it["const"] is null;
        return !it.ContainsKey("type") || Types(it).Contains("null");
    }

    /// <summary>The names that <c>required</c> lists.</summary>
    public static IEnumerable<string> Required(JsonObject schema) =>
        (schema["required"] as JsonArray ?? []).OfType<JsonValue>().Where(name => name.GetValueKind() == JsonValueKind.String).Select(name => name.GetValue<string>());

    /// <summary>What a reference within a schema points to; null where there is no such place.</summary>
    public static JsonNode? Target(JsonNode root, string reference)
    {
        if (!reference.StartsWith('#')) return null;
        JsonNode? at = root;
        foreach (var step in reference.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonObject members => members[name],
                JsonArray items when int.TryParse(name, out var index) && index >= 0 && index < items.Count => items[index],
                _ => null,
            };
        }
        return at;
    }

    /// <summary>The schema itself, or what it refers to.</summary>
    public static JsonNode? Resolve(JsonNode root, JsonNode? schema)
    {
        for (var steps = 0; steps < 32 && schema is JsonObject it && it["$ref"] is JsonValue reference && reference.GetValueKind() == JsonValueKind.String; steps++)
            schema = Target(root, reference.GetValue<string>());
        return schema;
    }
}
