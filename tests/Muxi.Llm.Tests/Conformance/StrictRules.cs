using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What OpenAI refuses a strict schema for (its guide to structured outputs, "Supported schemas", 2026-11). Written without a look at how schemas are made.</summary>
internal static class StrictRules
{
    private static readonly string[] _known =
    [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs", "title", "description",
        "pattern", "format", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
    ];

    private static readonly string[] _types = ["string", "number", "boolean", "integer", "object", "array", "null"];

    private static readonly string[] _formats = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

    /// <summary>Fails where a rule is broken.</summary>
    public static void Hold(JsonNode schema)
    {
        Assert.Equal("object", (string?)schema["type"]);
        Assert.False(schema.AsObject().ContainsKey("anyOf"), "the root may not be an anyOf");
        Hold(schema, schema);
    }

    private static void Hold(JsonNode? node, JsonNode root)
    {
        var schema = Assert.IsType<JsonObject>(node);
        Assert.All(schema, member => Assert.Contains(member.Key, _known));
        if ((string?)schema["$ref"] is { } reference)
        {
            Assert.Single(schema);
            Assert.True(reference == "#" || (reference.StartsWith("#/$defs/", StringComparison.Ordinal) && root["$defs"]![reference["#/$defs/".Length..]] is not null), reference);
            return;
        }
        string[] types = schema["type"] switch { null => [], JsonArray some => [.. some.Select(type => (string)type!)], var one => [(string)one!] };
        Assert.All(types, type => Assert.Contains(type, _types));
        Assert.True(types.Length > 0 || schema.ContainsKey("anyOf") || schema.ContainsKey("enum") || schema.ContainsKey("const"), $"anything may stand in {schema.ToJsonString()}");
        if (schema["format"] is { } format) Assert.Contains((string?)format, _formats);
        if (types.Contains("object"))
        {
            Assert.Equal("false", schema["additionalProperties"]?.ToJsonString());
            Assert.Equal(schema["properties"]!.AsObject().Select(property => property.Key), schema["required"]!.AsArray().Select(name => (string)name!));
        }
        if (types.Contains("array")) Hold(schema["items"], root);
        foreach (var part in (schema["properties"] as JsonObject ?? []).Concat(schema["$defs"] as JsonObject ?? [])) Hold(part.Value, root);
        foreach (var part in schema["anyOf"] as JsonArray ?? []) Hold(part, root);
    }
}
