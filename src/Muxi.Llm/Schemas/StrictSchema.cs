using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>
/// Another way to say a schema, within what services that guarantee one take: every object is closed and all its members are required (an optional one may be null
/// instead), a dictionary is a list of entries, what recurs is named once, and keywords that are not known there become words in the description.
/// <see cref="StrictValue"/> turns a value back.
/// </summary>
/// <remarks>Source: OpenAI's guide to structured outputs, section on supported schemas, as of 2026-11.</remarks>
internal sealed class StrictSchema
{
    /// <summary>The member that holds a value which is no object.</summary>
    public const string Wrapped = "value";

    private static readonly HashSet<string> _kept =
    [
        "type", "enum", "const", "title", "description", "properties", "items", "anyOf", "$defs", "pattern", "format", "multipleOf",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
    ];

    private static readonly HashSet<string> _formats = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

    /// <summary>Keywords that are told in words, as a model can keep to them all the same.</summary>
    private static readonly string[] _told = ["minLength", "maxLength", "uniqueItems", "minProperties", "maxProperties", "default"];

    private StrictSchema() { }

    /// <summary>The schema as it is sent.</summary>
    public JsonObject Schema { get; private set; } = [];

    /// <summary>Whether all of it is within what is guaranteed. A place where anything may stand is not.</summary>
    public bool IsStrict { get; private set; } = true;

    /// <summary>Whether the value stands in an object made for it, as only an object can be answered with.</summary>
    public bool IsWrapped { get; private set; }

    public static StrictSchema Of(JsonObject plain)
    {
        var strict = new StrictSchema();
        var schema = SchemaNode.Copy(plain);
        var kept = schema["$defs"] as JsonObject ?? schema["definitions"] as JsonObject ?? [];
        schema.Remove("$defs");
        schema.Remove("definitions");
        strict.IsWrapped = !IsObject(schema);
        if (strict.IsWrapped) schema = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [Wrapped] = schema }, ["required"] = new JsonArray(Wrapped) };
        strict.Schema = schema;
        strict.Name(plain, kept);
        strict.Schema = strict.Rewrite(strict.Schema);
        if (kept.Count > 0) strict.Schema["$defs"] = new JsonObject(kept.ToList().Select(named => KeyValuePair.Create(named.Key, (JsonNode?)strict.Rewrite(named.Value!.DeepClone()))));
        return strict;
    }

    private static bool IsObject(JsonObject schema) => SchemaNode.Types(schema) is ["object"] && schema["properties"] is JsonObject;

    /// <summary>Gives what is referred to by its place a name, as places move.</summary>
    private void Name(JsonObject plain, JsonObject kept)
    {
        var names = new Dictionary<string, string>();
        var todo = new Queue<JsonNode?>([Schema, .. kept.Select(named => named.Value)]);
        while (todo.TryDequeue(out var node))
        {
            foreach (var reference in References(node))
            {
                var place = reference["$ref"]!.GetValue<string>();
                if (place == "#" && !IsWrapped) continue;
                var known = place.StartsWith("#/$defs/", StringComparison.Ordinal) ? place["#/$defs/".Length..] : place.StartsWith("#/definitions/", StringComparison.Ordinal) ? place["#/definitions/".Length..] : null;
                if (known is null || !kept.ContainsKey(known))
                {
                    if (!names.TryGetValue(place, out known))
                    {
                        names[place] = known = $"type{names.Count + 1}";
                        kept[known] = SchemaNode.Target(plain, place)?.DeepClone() ?? new JsonObject();
                        todo.Enqueue(kept[known]);
                    }
                }
                reference["$ref"] = $"#/$defs/{known}";
            }
        }
    }

    private static List<JsonObject> References(JsonNode? node)
    {
        var found = new List<JsonObject>();
        var todo = new Stack<JsonNode?>([node]);
        while (todo.TryPop(out var next))
        {
            if (next is JsonObject it)
            {
                if (it["$ref"] is JsonValue reference && reference.GetValueKind() == JsonValueKind.String) found.Add(it);
                foreach (var member in it) todo.Push(member.Value);
            }
            else if (next is JsonArray items)
                foreach (var item in items) todo.Push(item);
        }
        return found;
    }

    private JsonObject Rewrite(JsonNode? node)
    {
        if (node is not JsonObject schema || Shape(schema) is not { } shape)
        {
            IsStrict = false;
            return node as JsonObject is { } any ? (JsonObject)any.DeepClone() : [];
        }
        return shape;
    }

    /// <summary>The schema rewritten; null where it says nothing that could be kept to.</summary>
    private JsonObject? Shape(JsonObject schema)
    {
        if (schema["$ref"] is { } reference) return new() { ["$ref"] = reference.DeepClone() };
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray choices)
        {
            // The members that all choices share stand in each of them.
            var any = new JsonObject { ["anyOf"] = new JsonArray([.. choices.Select(choice => (JsonNode)Rewrite(Joined(schema, choice)))]) };
            if (schema["description"] is { } said) any["description"] = said.DeepClone();
            return any;
        }
        if (schema["allOf"] is JsonArray { Count: 1 } all && all[0] is JsonObject only) return Rewrite(Joined(schema, only));
        if (SchemaNode.Types(schema).Contains("object")) return schema["properties"] is JsonObject properties ? Closed(schema, properties) : Entries(schema);
        if (SchemaNode.Types(schema).Contains("array"))
        {
            if (schema["items"] is not JsonObject items) return null;
            var list = Plain(schema);
            list["items"] = Rewrite(items);
            return list;
        }
        return schema.ContainsKey("type") || schema.ContainsKey("enum") || schema.ContainsKey("const") ? Plain(schema) : null;
    }

    private static JsonNode? Joined(JsonObject around, JsonNode? choice)
    {
        if (choice is not JsonObject one || one.ContainsKey("$ref") || SchemaNode.Types(one) is ["null"]) return choice?.DeepClone();
        var joined = (JsonObject)one.DeepClone();
        foreach (var (name, value) in around)
            if (name is not ("anyOf" or "oneOf" or "allOf" or "description" or "$defs") && !joined.ContainsKey(name)) joined[name] = value?.DeepClone();
        if (around["required"] is JsonArray && one["required"] is JsonArray) joined["required"] = new JsonArray([.. SchemaNode.Required(around).Union(SchemaNode.Required(one)).Select(name => (JsonNode)name)]);
        return joined;
    }

    private JsonObject Closed(JsonObject schema, JsonObject properties)
    {
        var closed = Plain(schema);
        var required = SchemaNode.Required(schema).ToHashSet();
        closed["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Member(property.Value, required.Contains(property.Key)))));
        closed["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]);
        closed["additionalProperties"] = false;
        return closed;
    }

    private JsonObject Member(JsonNode? schema, bool isRequired)
    {
        var member = Rewrite(schema);
        if (isRequired || SchemaNode.AllowsNull(member)) return member;
        if (member.ContainsKey("$ref") || member.ContainsKey("const")) return new() { ["anyOf"] = new JsonArray(member, new JsonObject { ["type"] = "null" }) };
        if (member["anyOf"] is JsonArray some) some.Add((JsonNode)new JsonObject { ["type"] = "null" });
        else if (member.ContainsKey("type")) SchemaNode.SetTypes(member, [.. SchemaNode.Types(member), "null"]);
        if (member["enum"] is JsonArray words) words.Add((JsonNode?)null);
        return member;
    }

    /// <summary>A dictionary as the list of its entries.</summary>
    private JsonObject? Entries(JsonObject schema)
    {
        if (schema["additionalProperties"] is not JsonObject values) return null;
        var list = Plain(schema);
        SchemaNode.SetTypes(list, [.. SchemaNode.Types(schema).Select(type => type == "object" ? "array" : type)]);
        var entry = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "string" }, ["value"] = values.DeepClone() }, ["required"] = new JsonArray("key", "value") };
        list["items"] = Rewrite(entry);
        return list;
    }

    /// <summary>The members that hold no schemas.</summary>
    private static JsonObject Plain(JsonObject schema)
    {
        var plain = new JsonObject();
        foreach (var (name, value) in schema)
            if (_kept.Contains(name) && name is not ("properties" or "items" or "$defs" or "anyOf") && (name != "format" || (value?.GetValueKind() == JsonValueKind.String && _formats.Contains(value.GetValue<string>()))))
                plain[name] = value?.DeepClone();
        var told = string.Join(", ", _told.Where(name => schema[name] is not null).Select(name => $"{name} {schema[name]!.ToJsonString()}"));
        if (told.Length > 0) plain["description"] = plain["description"] is { } said ? $"{said} ({told})" : told;
        return plain;
    }
}
