using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>
/// A second opinion on JSON schemas, apart from the sandbox's own check: it works on texts of JSON, and gives the first reason why
/// an instance does not satisfy a schema. It knows the keywords that the tests use, formats included, and throws on any other.
/// </summary>
internal sealed class SchemaJudge(JsonElement root)
{
    private static readonly HashSet<string> Ignored =
        ["$defs", "definitions", "title", "description", "default", "examples", "then", "else", "$schema", "minContains", "prefixItems"];

    public static string? Fault(string schema, string instance)
    {
        var parsed = JsonElement.Parse(schema);
        return new SchemaJudge(parsed).Fault(parsed, JsonElement.Parse(instance), "$");
    }

    private string? Fault(JsonElement schema, JsonElement value, string at)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.GetBoolean() ? null : $"{at}: nothing is allowed here";
        foreach (var rule in schema.EnumerateObject())
            if (!Ignored.Contains(rule.Name) && Broken(rule.Name, rule.Value, schema, value, at) is { } reason)
                return reason;
        return null;
    }

    private bool Fits(JsonElement schema, JsonElement value) => Fault(schema, value, "") is null;

    private string? Broken(string rule, JsonElement limit, JsonElement schema, JsonElement value, string at)
    {
        var holds = value.ValueKind switch
        {
            JsonValueKind.Number => NumberRule(rule, limit, value.GetDecimal()),
            JsonValueKind.String => StringRule(rule, limit, value.GetString()!),
            JsonValueKind.Array => ArrayRule(rule, limit, schema, value),
            JsonValueKind.Object => ObjectRule(rule, limit, value),
            _ => null,
        };
        holds ??= AnyRule(rule, limit, schema, value);
        if (rule is "properties" && value.ValueKind == JsonValueKind.Object)
            foreach (var member in value.EnumerateObject())
                if (limit.TryGetProperty(member.Name, out var own) && Fault(own, member.Value, $"{at}.{member.Name}") is { } inner)
                    return inner;
        if (rule is "additionalProperties" && value.ValueKind == JsonValueKind.Object)
            foreach (var member in value.EnumerateObject().Where(member => !IsDescribed(schema, member.Name)))
                if (Fault(limit, member.Value, $"{at}.{member.Name}") is { } inner)
                    return inner;
        return holds ?? true ? null : $"{at}: {value.GetRawText()} breaks {rule} {limit.GetRawText()}";
    }

    private bool? AnyRule(string rule, JsonElement limit, JsonElement schema, JsonElement value) => rule switch
    {
        "$ref" => Fits(Target(limit.GetString()!), value),
        "type" => limit.ValueKind == JsonValueKind.Array ? limit.EnumerateArray().Any(type => IsA(type.GetString()!, value)) : IsA(limit.GetString()!, value),
        "enum" => limit.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)),
        "const" => JsonElement.DeepEquals(limit, value),
        "allOf" => limit.EnumerateArray().All(one => Fits(one, value)),
        "anyOf" => limit.EnumerateArray().Any(one => Fits(one, value)),
        "oneOf" => limit.EnumerateArray().Count(one => Fits(one, value)) == 1,
        "not" => !Fits(limit, value),
        "if" => !schema.TryGetProperty(Fits(limit, value) ? "then" : "else", out var branch) || Fits(branch, value),
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" or "minLength" or "maxLength" or "pattern" or "format"
            or "minItems" or "maxItems" or "uniqueItems" or "items" or "contains" or "properties" or "required" or "additionalProperties"
            or "patternProperties" or "propertyNames" or "minProperties" or "maxProperties" or "dependentRequired" => null,
        _ => throw new NotSupportedException(rule),
    };

    private static bool? NumberRule(string rule, JsonElement limit, decimal value) => rule switch
    {
        "minimum" => value >= limit.GetDecimal(),
        "maximum" => value <= limit.GetDecimal(),
        "exclusiveMinimum" => value > limit.GetDecimal(),
        "exclusiveMaximum" => value < limit.GetDecimal(),
        "multipleOf" => value / limit.GetDecimal() % 1 == 0,
        _ => null,
    };

    private static bool? StringRule(string rule, JsonElement limit, string value) => rule switch
    {
        "minLength" => new StringInfo(value).LengthInTextElements >= limit.GetInt32() || value.EnumerateRunes().Count() >= limit.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= limit.GetInt32(),
        "pattern" => Regex.IsMatch(value, limit.GetString()!),
        "format" => IsFormat(limit.GetString()!, value),
        _ => null,
    };

    private bool? ArrayRule(string rule, JsonElement limit, JsonElement schema, JsonElement value)
    {
        var prefix = schema.TryGetProperty("prefixItems", out var tuple) ? tuple.GetArrayLength() : 0;
        return rule switch
        {
            "minItems" => value.GetArrayLength() >= limit.GetInt32(),
            "maxItems" => value.GetArrayLength() <= limit.GetInt32(),
            "uniqueItems" => !limit.GetBoolean() || value.EnumerateArray().Distinct(new ByContent()).Count() == value.GetArrayLength(),
            "items" => value.EnumerateArray().Index().All(item => Fits(item.Index < prefix ? tuple[item.Index] : limit, item.Item)),
            "contains" => value.EnumerateArray().Count(item => Fits(limit, item)) >= (schema.TryGetProperty("minContains", out var least) ? least.GetInt32() : 1),
            _ => null,
        };
    }

    private bool? ObjectRule(string rule, JsonElement limit, JsonElement value) => rule switch
    {
        "required" => limit.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "minProperties" => value.EnumerateObject().Count() >= limit.GetInt32(),
        "maxProperties" => value.EnumerateObject().Count() <= limit.GetInt32(),
        "propertyNames" => value.EnumerateObject().All(member => Fits(limit, JsonElement.Parse(JsonSerializer.Serialize(member.Name)))),
        "patternProperties" => value.EnumerateObject().All(member => limit.EnumerateObject().All(one => !Regex.IsMatch(member.Name, one.Name) || Fits(one.Value, member.Value))),
        "dependentRequired" => limit.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out _) || one.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))),
        _ => null,
    };

    private static bool IsDescribed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties", out var named) && named.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out var patterns) && patterns.EnumerateObject().Any(pattern => Regex.IsMatch(name, pattern.Name)));

    private static bool IsA(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => string.Equals(type, value.ValueKind.ToString(), StringComparison.OrdinalIgnoreCase),
    };

    private static bool IsFormat(string format, string value) => format switch
    {
        "date-time" => value.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", out _),
        "time" => TimeOnly.TryParseExact(value.TrimEnd('Z'), "HH:mm:ss", out _),
        "email" => Regex.IsMatch(value, "^[^@ ]+@[^@ ]+[.][a-z]+$"),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "ipv4" or "ipv6" => IPAddress.TryParse(value, out _),
        "hostname" => Uri.CheckHostName(value) == UriHostNameType.Dns,
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        "duration" => Regex.IsMatch(value, "^P[0-9]+D$"),
        _ => throw new NotSupportedException(format),
    };

    private JsonElement Target(string reference) =>
        reference.Split('/').Skip(1).Aggregate(root, (at, step) => at.GetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));

    private sealed class ByContent : IEqualityComparer<JsonElement>
    {
        public bool Equals(JsonElement one, JsonElement other) => JsonElement.DeepEquals(one, other);

        public int GetHashCode(JsonElement value) => (int)value.ValueKind;
    }
}
