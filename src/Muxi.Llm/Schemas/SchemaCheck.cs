using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm;

/// <summary>
/// What of a value breaks its JSON schema, in words that a model can mend it by: types, members, words, ranges, lengths, patterns, choices. A member that may be
/// null may be absent, too; keywords beyond these are not looked at.
/// </summary>
internal sealed class SchemaCheck
{
    private const int Most = 5;
    private const int Deepest = 100;

    // A pattern may be one that takes for ever.
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    private readonly JsonNode _root;
    private readonly List<string> _faults = [];

    private SchemaCheck(JsonNode root) => _root = root;

    /// <summary>The first faults; empty where there are none.</summary>
    public static IReadOnlyList<string> Faults(JsonNode? value, JsonNode? schema, JsonNode root)
    {
        var check = new SchemaCheck(root);
        check.Look(value, schema, "", 0);
        return check._faults;
    }

    private void Fault(string at, string what)
    {
        if (_faults.Count < Most) _faults.Add($"{(at.Length == 0 ? "the value" : at)} {what}");
    }

    private void Look(JsonNode? value, JsonNode? schema, string at, int depth)
    {
        if (depth > Deepest || _faults.Count >= Most || SchemaNode.Resolve(_root, schema) is not JsonObject rules) return;
        var types = SchemaNode.Types(rules);
        if (types.Count > 0 && !types.Any(type => IsA(type, value)))
        {
            Fault(at, $"must be {string.Join(" or ", types)}, not {Word(value)}");
            return;
        }
        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) Fault(at, $"must be one of {words.ToJsonString()}");
        if (rules.TryGetPropertyValue("const", out var constant) && !JsonNode.DeepEquals(constant, value)) Fault(at, $"must be {constant?.ToJsonString() ?? "null"}");
        Combine(value, rules, at, depth);
        switch (value)
        {
            case JsonObject members:
                LookInto(members, rules, at, depth);
                break;
            case JsonArray items:
                LookInto(items, rules, at, depth);
                break;
            case JsonValue one when one.GetValueKind() == JsonValueKind.String:
                LookAt(one.GetValue<string>(), rules, at);
                break;
            case JsonValue one when one.GetValueKind() == JsonValueKind.Number:
                LookAt(Number(one), rules, at);
                break;
        }
    }

    private void Combine(JsonNode? value, JsonObject rules, string at, int depth)
    {
        if (rules["allOf"] is JsonArray all)
            foreach (var one in all) Look(value, one, at, depth + 1);
        if ((rules["anyOf"] ?? rules["oneOf"]) is not JsonArray some || some.Count == 0) return;
        var tried = some.Select(one => Faults(value, one, _root)).ToList();
        if (tried.All(faults => faults.Count > 0)) Fault(at, $"fits none of its {some.Count} forms; of the nearest: {tried.MinBy(faults => faults.Count)![0]}");
    }

    private void LookInto(JsonObject members, JsonObject rules, string at, int depth)
    {
        var properties = rules["properties"] as JsonObject ?? [];
        foreach (var name in SchemaNode.Required(rules))
            if (!members.ContainsKey(name) && !SchemaNode.AllowsNull(SchemaNode.Resolve(_root, properties[name]) ?? false)) Fault(Join(at, name), "is missing");
        foreach (var (name, value) in members)
        {
            if (properties[name] is { } own) Look(value, own, Join(at, name), depth + 1);
            else if (rules["additionalProperties"] is JsonObject others) Look(value, others, Join(at, name), depth + 1);
            else if (rules["additionalProperties"]?.GetValueKind() == JsonValueKind.False && rules["patternProperties"] is null) Fault(Join(at, name), "is not a member");
        }
    }

    private void LookInto(JsonArray items, JsonObject rules, string at, int depth)
    {
        if (Limit(rules, "minItems") is { } least && items.Count < least) Fault(at, $"must have {Text(least)} items at least");
        if (Limit(rules, "maxItems") is { } most && items.Count > most) Fault(at, $"must have {Text(most)} items at most");
        if (rules["items"] is not JsonObject each) return;
        for (var i = 0; i < items.Count; i++) Look(items[i], each, $"{at}[{i}]", depth + 1);
    }

    private void LookAt(string text, JsonObject rules, string at)
    {
        var length = new StringInfo(text).LengthInTextElements;
        if (Limit(rules, "minLength") is { } least && text.EnumerateRunes().Count() < least) Fault(at, $"must have {Text(least)} characters at least");
        if (Limit(rules, "maxLength") is { } most && length > most) Fault(at, $"must have {Text(most)} characters at most");
        if (rules["pattern"] is JsonValue pattern && pattern.GetValueKind() == JsonValueKind.String && !Matches(text, pattern.GetValue<string>())) Fault(at, $"must match {pattern.GetValue<string>()}");
    }

    private void LookAt(double number, JsonObject rules, string at)
    {
        if (Limit(rules, "minimum") is { } least && number < least) Fault(at, $"must be {Text(least)} or more");
        if (Limit(rules, "maximum") is { } most && number > most) Fault(at, $"must be {Text(most)} or less");
        if (Limit(rules, "exclusiveMinimum") is { } above && number <= above) Fault(at, $"must be more than {Text(above)}");
        if (Limit(rules, "exclusiveMaximum") is { } below && number >= below) Fault(at, $"must be less than {Text(below)}");
    }

    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // A pattern of another dialect, or one that takes too long, says nothing against the value.
            return true;
        }
    }

    private static double? Limit(JsonObject rules, string name) => rules[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? Number(value) : null;

    private static double Number(JsonValue value) => double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Join(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";

    private static bool IsA(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value is JsonValue number && number.GetValueKind() == JsonValueKind.Number && Number(number) is var it && Math.Floor(it) == it,
        _ => true,
    };

    private static string Word(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "an object",
        JsonArray => "an array",
        _ => value.GetValueKind() switch { JsonValueKind.String => "a string", JsonValueKind.Number => "a number", _ => "a boolean" },
    };
}
