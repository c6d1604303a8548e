using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Random JSON schemas that something satisfies, the same for the same seed.</summary>
internal sealed class SchemaMaker(int seed)
{
    private static readonly string[] Patterns =
    [
        "^[a-z]{3,8}$", "^\\d{4}-\\d{2}$", "^(red|green|blue)$", "^[A-Z]{2}\\d+$", "^\\+?[1-9]\\d{1,14}$", "^#[0-9a-fA-F]{6}$", "^v\\d+\\.\\d+(\\.\\d+)?$",
        "^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$", "[aeiou]", "^(?:ab|cd)+x?$", "^\\w+(-\\w+)*$", "^.{5,10}$", "^([a-c])\\1$", "^\\p{Lu}\\p{Ll}+$", "^[\\w.-]+$", "^$", "",
    ];
    private static readonly string[] Formats = ["date-time", "date", "time", "email", "uuid", "ipv4", "ipv6", "hostname", "uri", "duration"];
    private static readonly string[] Names = ["city", "query", "count", "a/b", "sentence with spaces", "ключ", "name", "x", "~tilde", "items"];

    private readonly Random _random = new(seed);

    /// <summary>An object schema with two definitions, one of which refers to itself.</summary>
    public string Next()
    {
        var schema = Object(0);
        schema["$defs"] = new JsonObject
        {
            ["leaf"] = Scalar(),
            ["tree"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["value"] = Scalar(),
                    ["children"] = new JsonObject { ["type"] = "array", ["items"] = Ref("tree") },
                    ["parent"] = new JsonObject { ["anyOf"] = new JsonArray(Ref("tree"), new JsonObject { ["type"] = "null" }) },
                },
                ["required"] = new JsonArray("value", "children", "parent"),
                ["additionalProperties"] = false,
            },
        };
        return schema.ToJsonString();
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private static JsonObject Ref(string name) => new() { ["$ref"] = "#/$defs/" + name };

    private JsonNode Any(int depth) => _random.Next(depth > 3 ? 6 : 13) switch
    {
        < 5 => Scalar(),
        5 => Ref(Chance(70) ? "leaf" : "tree"),
        6 or 7 => Object(depth + 1),
        8 or 9 => Array(depth + 1),
        10 => Union(depth + 1),
        11 => Both(depth + 1),
        _ => Chance(80) ? new JsonObject() : JsonValue.Create(true),
    };

    private JsonObject Scalar() => _random.Next(8) switch
    {
        0 => new JsonObject { ["type"] = "boolean" },
        1 or 2 => Number(),
        3 => new JsonObject { ["enum"] = new JsonArray("one", 2, null, true) },
        4 => new JsonObject { ["const"] = _random.Next(2) == 0 ? "fixed" : 4.5 },
        5 => new JsonObject { ["type"] = new JsonArray("null", "string", "integer"), ["default"] = Chance(50) ? "given" : 1.5 },
        _ => String(),
    };

    private JsonObject Number()
    {
        var schema = new JsonObject { ["type"] = Chance(50) ? "integer" : "number" };
        var least = _random.Next(-50, 50);
        if (Chance(50))
            schema[Chance(50) ? "minimum" : "exclusiveMinimum"] = least;
        if (Chance(50))
            schema[Chance(50) ? "maximum" : "exclusiveMaximum"] = least + 30;
        if (Chance(40))
            schema["multipleOf"] = new[] { 1, 3, 0.5, 0.01, 7 }[_random.Next(5)];
        return schema;
    }

    private JsonObject String()
    {
        var schema = new JsonObject { ["type"] = "string" };
        switch (_random.Next(4))
        {
            case 0:
                schema["pattern"] = Patterns[_random.Next(Patterns.Length)];
                break;
            case 1:
                schema["format"] = Formats[_random.Next(Formats.Length)];
                break;
            case 2:
                schema["minLength"] = _random.Next(0, 40);
                schema["maxLength"] = (int)schema["minLength"]! + _random.Next(0, 10);
                break;
            default:
                if (Chance(30))
                    schema["examples"] = new JsonArray(3, "an example");
                break;
        }
        return schema;
    }

    private JsonObject Array(int depth)
    {
        var least = _random.Next(0, 4);
        var schema = new JsonObject { ["type"] = "array", ["minItems"] = least };
        if (Chance(30))
            return With(schema, "uniqueItems", true, "items", Chance(50) ? new JsonObject { ["type"] = "string" } : new JsonObject { ["enum"] = new JsonArray(1, 2, 3, 4) });
        if (Chance(20))
            return With(schema, "prefixItems", new JsonArray(Any(depth), Any(depth)), "items", Chance(30) && least <= 2 ? false : Any(depth));
        if (Chance(30))
            schema["maxItems"] = least + _random.Next(0, 2);
        if (Chance(20) && !schema.ContainsKey("maxItems"))
            schema["contains"] = new JsonObject { ["const"] = "needle" };
        else
            schema["items"] = Any(depth);
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var schema = new JsonObject { ["type"] = "object" };
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var name in Names.Where(_ => Chance(40)))
        {
            properties[name] = Any(depth);
            if (Chance(60))
                required.Add(name);
        }
        schema["properties"] = properties;
        schema["required"] = required;
        if (Chance(50))
            schema["additionalProperties"] = Chance(60) ? false : String();
        else if (Chance(40))
            return With(schema, "minProperties", properties.Count + 1, "patternProperties", new JsonObject { ["^x-[a-z]+$"] = Scalar() });
        if (Chance(15))
            schema["maxProperties"] = Math.Max(1, required.Count);
        return schema;
    }

    /// <summary>Branches that exclude one another, so that oneOf has an answer.</summary>
    private JsonObject Union(int depth)
    {
        var branches = new JsonArray();
        for (var kind = 0; kind < 3; kind++)
            branches.Add(With(new JsonObject { ["type"] = "object" }, "properties", new JsonObject { ["kind"] = new JsonObject { ["const"] = kind }, ["data"] = Any(depth) }, "required", new JsonArray("kind")));
        if (Chance(50))
            branches.Insert(0, new JsonObject { ["type"] = "null" });
        return new JsonObject { [Chance(50) ? "anyOf" : "oneOf"] = branches };
    }

    private JsonObject Both(int depth) => _random.Next(3) switch
    {
        0 => new JsonObject { ["allOf"] = new JsonArray(With(Object(depth), "properties", new JsonObject { ["p"] = Any(depth) }, "required", new JsonArray("p"), false),
            new JsonObject { ["properties"] = new JsonObject { ["q"] = Any(depth) }, ["required"] = new JsonArray("q") }) },
        1 => new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["type"] = "number", ["minimum"] = 3 }, new JsonObject { ["type"] = "integer", ["maximum"] = 5 }), ["not"] = new JsonObject { ["const"] = 3 } },
        _ => new JsonObject { ["type"] = "integer", ["if"] = new JsonObject { ["minimum"] = 10 }, ["then"] = new JsonObject { ["multipleOf"] = 4 }, ["else"] = new JsonObject { ["maximum"] = -1 } },
    };

    private static JsonObject With(JsonObject schema, string one, JsonNode value, string other, JsonNode second, bool keepsRest = true)
    {
        if (!keepsRest)
            schema = new JsonObject { ["type"] = "object" };
        schema[one] = value;
        schema[other] = second;
        return schema;
    }
}
