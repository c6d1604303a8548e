using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm;

/// <summary>Whether a value satisfies a JSON schema (draft 2020-12 and the older spellings that tools still use). Formats are not looked at.</summary>
internal sealed class SandboxSchemaCheck(JsonElement root)
{
    // A caller's pattern may be one that takes for ever.
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    private const int Deepest = 200;
    private readonly Dictionary<string, Regex?> _patterns = [];
    private int _depth;

    /// <summary>What a reference into this document points to; null for any other.</summary>
    public JsonElement? Resolve(string reference)
    {
        if (!reference.StartsWith('#'))
            return null;
        JsonElement? at = root;
        foreach (var step in reference[1..].Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at is { ValueKind: JsonValueKind.Array } list && int.TryParse(name, out var index) && index >= 0 && index < list.GetArrayLength()
                ? list[index] : at?.ValueKind == JsonValueKind.Object && at.Value.TryGetProperty(name, out var member) ? member : null;
        }
        return reference.Length > 1 && reference[1] != '/' ? null : at;
    }

    public bool Accepts(JsonElement schema, JsonNode? value)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return schema.ValueKind != JsonValueKind.False;
        if (_depth > Deepest)
            return true;
        _depth++;
        try
        {
            return (schema.Text("$ref") is not { } reference || Resolve(reference) is not { } target || Accepts(target, value))
                && IsGiven(schema, value) && Combines(schema, value) && Shape(schema, value);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>The schemas that <c>properties</c> and <c>patternProperties</c> hold for a member.</summary>
    public IEnumerable<JsonElement> MemberSchemas(JsonElement schema, string name)
    {
        if (schema.TryGetProperty("properties", out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty(name, out var own))
            yield return own;
        foreach (var member in schema.Get("patternProperties").Members())
            if (Matches(member.Name, name))
                yield return member.Value;
    }

    /// <summary>The schema that <c>prefixItems</c> or <c>items</c> (in older drafts also a list) hold for an element.</summary>
    public static JsonElement? ItemSchema(JsonElement schema, int index)
    {
        if (schema.Get("prefixItems") is { ValueKind: JsonValueKind.Array } prefix && index < prefix.GetArrayLength())
            return prefix[index];
        if (!schema.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array)
            return schema.TryGetProperty("items", out items) ? items : null;
        return index < items.GetArrayLength() ? items[index] : schema.Get("additionalItems");
    }

    public bool Matches(string pattern, string text)
    {
        if (!_patterns.TryGetValue(pattern, out var regex))
            _patterns[pattern] = regex = Compile(pattern);
        try
        {
            return regex?.IsMatch(text) ?? true;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// A pattern that .NET cannot read forbids nothing. The engine that backtracks is for what the linear one cannot do, but never for large
    /// counts: <c>(((){9999}){9999})+</c> keeps it busy for minutes, whatever its time limit (seen on .NET 10.0, 2026-11).
    /// </summary>
    private static Regex? Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTime);
        }
        catch (NotSupportedException)
        {
            return SandboxPattern.HasLargeCounts(pattern) ? null : new Regex(pattern, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsGiven(JsonElement schema, JsonNode? value)
    {
        if (schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsOf(one, value)) : IsOf(type, value)))
            return false;
        if (schema.TryGetProperty("const", out var only) && !Same(only, value))
            return false;
        return !schema.TryGetProperty("enum", out var options) || options.ValueKind != JsonValueKind.Array || options.EnumerateArray().Any(option => Same(option, value));
    }

    private static bool IsOf(JsonElement type, JsonNode? value) => type.ValueKind != JsonValueKind.String || type.GetString() switch
    {
        "null" => value is null,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => Number(value) is { } number ? decimal.Truncate(number) == number : value?.GetValueKind() == JsonValueKind.Number,
        "array" => value is JsonArray,
        "object" => value is JsonObject,
        _ => true,
    };

    private bool Combines(JsonElement schema, JsonNode? value) =>
        schema.Get("allOf").Items().All(one => Accepts(one, value))
        && (schema.Get("anyOf") is not { } any || ((JsonElement?)any).Items().Any(one => Accepts(one, value)))
        && (schema.Get("oneOf") is not { } exactly || ((JsonElement?)exactly).Items().Count(one => Accepts(one, value)) == 1)
        && (!schema.TryGetProperty("not", out var not) || !Accepts(not, value))
        && (!schema.TryGetProperty("if", out var condition) || !schema.TryGetProperty(Accepts(condition, value) ? "then" : "else", out var then) || Accepts(then, value));

    private bool Shape(JsonElement schema, JsonNode? value) => value switch
    {
        JsonObject members => Object(schema, members),
        JsonArray list => Array(schema, list),
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => String(schema, scalar.GetValue<string>()),
        JsonValue scalar when Number(scalar) is { } number => SandboxNumber.Of(schema).Allows(number),
        _ => true,
    };

    private bool Object(JsonElement schema, JsonObject value)
    {
        if (!Within(schema, "minProperties", "maxProperties", value.Count))
            return false;
        if (!Present(schema.Get("required"), value))
            return false;
        foreach (var rule in schema.Get("dependentRequired").Members())
            if (value.ContainsKey(rule.Name) && !Present(rule.Value, value))
                return false;
        foreach (var rule in schema.Get("dependentSchemas").Members())
            if (value.ContainsKey(rule.Name) && !Accepts(rule.Value, value))
                return false;
        return value.All(member => Member(schema, member.Key, member.Value));
    }

    private static bool Present(JsonElement? names, JsonObject value) =>
        names.Items().All(name => name.ValueKind != JsonValueKind.String || value.ContainsKey(name.GetString()!));

    private bool Member(JsonElement schema, string name, JsonNode? value)
    {
        if (schema.TryGetProperty("propertyNames", out var names) && !Accepts(names, JsonValue.Create(name)))
            return false;
        var known = false;
        foreach (var own in MemberSchemas(schema, name))
        {
            known = true;
            if (!Accepts(own, value))
                return false;
        }
        return known || !schema.TryGetProperty("additionalProperties", out var rest) || Accepts(rest, value);
    }

    private bool Array(JsonElement schema, JsonArray value)
    {
        if (!Within(schema, "minItems", "maxItems", value.Count))
            return false;
        foreach (var (index, item) in value.Index())
            if (ItemSchema(schema, index) is { } own && !Accepts(own, item))
                return false;
        if (schema.Is("uniqueItems") && value.Index().Any(one => value.Skip(one.Index + 1).Any(other => JsonNode.DeepEquals(one.Item, other))))
            return false;
        return !schema.TryGetProperty("contains", out var wanted)
            || Within(schema, "minContains", "maxContains", value.Count(item => Accepts(wanted, item)), least: 1);
    }

    private bool String(JsonElement schema, string value) =>
        Within(schema, "minLength", "maxLength", value.EnumerateRunes().Count()) && (schema.Text("pattern") is not { } pattern || Matches(pattern, value));

    private static bool Within(JsonElement schema, string min, string max, int count, decimal least = 0) =>
        count >= (Bound(schema, min) ?? least) && count <= (Bound(schema, max) ?? decimal.MaxValue);

    private static decimal? Bound(JsonElement schema, string name) =>
        schema.Get(name) is { ValueKind: JsonValueKind.Number } bound && bound.TryGetDecimal(out var number) ? number : null;

    private static bool Same(JsonElement given, JsonNode? value) => JsonNode.DeepEquals(JsonNode.Parse(given.GetRawText()), value);

    private static decimal? Number(JsonNode? value) =>
        value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.Number && scalar.TryGetValue<decimal>(out var number) ? number : null;
}
