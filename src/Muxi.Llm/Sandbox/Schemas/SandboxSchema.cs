using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>
/// Makes an instance of a JSON schema: always the same one, with words and numbers of the user's text where they fit. It tries the ways
/// through <c>anyOf</c>, <c>oneOf</c> and <c>if</c> until <see cref="SandboxSchemaCheck"/> agrees; a schema that nothing satisfies gets a best effort.
/// </summary>
internal sealed class SandboxSchema
{
    private const int MostAttempts = 48, MostNodes = 20_000, Deepest = 30;

    private readonly SandboxSchemaCheck _check;
    private readonly SandboxHints _hints;
    private int _nodes = MostNodes;

    private SandboxSchema(JsonElement root, string userText)
    {
        _check = new SandboxSchemaCheck(root);
        _hints = new SandboxHints(userText);
    }

    /// <summary>The instance as compact JSON. A tool's arguments must be an object (<paramref name="isObject"/>) even where the schema does not say so.</summary>
    public static string Instance(JsonElement schema, string userText, bool isObject = false)
    {
        List<JsonElement> all = isObject ? [schema, JsonElement.Parse("""{"type":"object"}""")] : [schema];
        var node = new SandboxSchema(schema, userText).Make(all, new SandboxPlace("", 0, 0, new("#", null)));
        return System.Text.Encoding.UTF8.GetString(SandboxAnswer.Bytes(json =>
        {
            if (node is null)
                json.WriteNullValue();
            else
                node.WriteTo(json);
        }));
    }

    /// <summary>A value that satisfies all of these schemas; a null node is JSON's null.</summary>
    private JsonNode? Make(IReadOnlyList<JsonElement> schemas, SandboxPlace place)
    {
        if (--_nodes < 0 || place.Depth > Deepest)
            return null;
        var mark = _hints.Mark();
        JsonNode? first = null;
        for (var attempt = 0; ; attempt++)
        {
            _hints.Return(mark);
            var facts = SandboxFacts.Of(schemas, _check, place, attempt);
            // In a recursion null is the way out.
            if (facts is { IsTight: true, Type: "object" or "array" } && schemas.All(schema => _check.Accepts(schema, null)))
                return null;
            var node = Build(facts, place with { Variant = place.Variant + facts.Rest, Trail = facts.Trail, IsTight = facts.IsTight });
            if (schemas.All(schema => _check.Accepts(schema, node)))
                return node;
            if (attempt == 0)
                first = node;
            if (attempt + 1 >= Math.Min(MostAttempts, facts.Ways) || _nodes < 0)
                return first;
        }
    }

    private JsonNode? Build(SandboxFacts facts, SandboxPlace place)
    {
        if (Preferred(facts, place) is { } preferred)
            return Node(preferred);
        return facts.Type switch
        {
            "object" => Object(facts, place),
            "array" => Array(facts, place),
            "integer" or "number" => Number(facts, place),
            "boolean" => JsonValue.Create(place.Variant % 2 == 0),
            "null" => null,
            _ => JsonValue.Create(SandboxString.Of(facts, _hints, place, text => facts.All.All(schema => _check.Accepts(schema, JsonValue.Create(text))))),
        };
    }

    /// <summary>A value that the schema itself gives: const, enum, default or an example, as long as it is accepted.</summary>
    private JsonElement? Preferred(SandboxFacts facts, SandboxPlace place)
    {
        bool Accepted(JsonElement value) => facts.All.All(schema => _check.Accepts(schema, Node(value)));
        foreach (var value in facts.Values("const"))
            if (Accepted(value))
                return value;
        var choices = facts.Values("enum").SelectMany(values => ((JsonElement?)values).Items()).Where(Accepted).ToList();
        if (choices.Count > 0)
            return choices[place.Variant % choices.Count];
        // An element of an array gets no default: they would all be equal.
        var given = facts.Values("default").Where(value => place.Variant == 0 && value.ValueKind != JsonValueKind.Null)
            .Concat(facts.Values("examples").SelectMany(values => ((JsonElement?)values).Items()))
            .Concat(facts.Values("example")).Where(Accepted).ToList();
        return given.Count > 0 && place.Variant < given.Count ? given[place.Variant] : null;
    }

    private JsonObject Object(SandboxFacts facts, SandboxPlace place)
    {
        var made = new JsonObject();
        foreach (var name in MemberNames(facts, place))
        {
            var schemas = facts.MemberSchemas(name, _check);
            if (!made.ContainsKey(name) && (facts.Required.Contains(name) || !schemas.Any(schema => schema.ValueKind == JsonValueKind.False)))
                made.Add(name, Make(schemas, place.Inside(name)));
        }
        return made;
    }

    /// <summary>All that are described, as many as there may be; in a recursion only those that must be.</summary>
    private static List<string> MemberNames(SandboxFacts facts, SandboxPlace place)
    {
        var needed = facts.Required;
        var names = facts.PropertyNames.Where(name => needed.Contains(name) || !place.IsTight).Union(needed).ToList();
        foreach (var rule in facts.DependentNames.Where(rule => names.Contains(rule.Name)).ToList())
            names = [.. names.Union(rule.Value.EnumerateArray().Select(name => name.GetString()!))];
        var most = (int)Math.Min(facts.Most("maxProperties") ?? int.MaxValue, int.MaxValue);
        if (names.Count > most)
            names = [.. names.OrderBy(name => needed.Contains(name) ? 0 : 1).Take(Math.Max(most, needed.Count))];
        var least = facts.Least("minProperties") ?? (names.Count == 0 && most > 0 && facts.HasMap && !place.IsTight ? 1 : 0);
        foreach (var pattern in facts.PatternNames)
            if (names.Count < least && SandboxPattern.Matching(pattern, 0, 64) is { } match)
                names.Add(match);
        for (var number = 1; names.Count < Math.Min(least, 1000); number++)
            names.Add($"key{number}");
        return names;
    }

    private JsonArray Array(SandboxFacts facts, SandboxPlace place)
    {
        var made = new JsonArray();
        var contains = facts.Values("contains").ToList();
        var least = (int)Math.Min(Math.Max(facts.Least("minItems") ?? 0, contains.Count > 0 ? facts.Least("minContains") ?? 1 : 0), 1000);
        var most = (int)Math.Min(facts.Most("maxItems") ?? int.MaxValue, int.MaxValue);
        var wanted = place.IsTight ? least : Math.Max(least, Math.Max(1, facts.TupleLength));
        for (var index = 0; index < Math.Min(wanted, most); index++)
        {
            var schemas = facts.ItemSchemas(index);
            if (index >= least && schemas.Any(schema => schema.ValueKind == JsonValueKind.False))
                break;
            var inside = place.Element(index, facts.IsUnique);
            made.Add(Make(index < least ? [.. schemas, .. contains] : schemas, inside));
        }
        return made;
    }

    private JsonNode Number(SandboxFacts facts, SandboxPlace place)
    {
        var range = SandboxNumber.Of(facts);
        var value = _hints.Number(range.Allows) ?? range.Pick(place.Variant);
        return JsonNode.Parse(SandboxNumber.Text(value))!;
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());
}

/// <summary>Where in the instance a value stands.</summary>
/// <param name="Name">The nearest member's name.</param>
/// <param name="Variant">Which of several possible values to take, so that the elements of an array differ.</param>
/// <param name="Depth">How deep it is.</param>
/// <param name="Trail">The references that led here, for seeing a recursion.</param>
/// <param name="Spread">Whether to take another way through <c>anyOf</c> for each variant too.</param>
/// <param name="IsTight">Whether this is inside of a recursion, or so deep that only what must be is made.</param>
internal readonly record struct SandboxPlace(string Name, int Variant, int Depth, SandboxTrail Trail, bool Spread = false, bool IsTight = false)
{
    public SandboxPlace Inside(string name) => this with { Name = name, Depth = Depth + 1, Spread = false };

    public SandboxPlace Element(int index, bool spread) => this with { Variant = Variant + index, Depth = Depth + 1, Spread = spread };
}

/// <summary>A chain of followed references.</summary>
internal sealed record SandboxTrail(string Reference, SandboxTrail? Before)
{
    public bool Holds(string reference) => Reference == reference || (Before?.Holds(reference) ?? false);
}
