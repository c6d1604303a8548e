using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// All the schemas that hold for one value at once: what was asked, what its references point to, its <c>allOf</c>, and one way through each
/// <c>anyOf</c>, <c>oneOf</c> and <c>if</c>. Which way, the attempt's number says, read as digits of mixed base.
/// </summary>
internal sealed class SandboxFacts
{
    private static readonly string[] Variable =
        ["not", "uniqueItems", "contains", "propertyNames", "patternProperties", "oneOf", "dependentRequired", "dependentSchemas"];

    private const int DeepestPlain = 12;

    private readonly List<JsonElement> _all = [];
    private readonly SandboxSchemaCheck _check;
    private readonly int _shift;
    private int _ways = 1;

    private SandboxFacts(SandboxSchemaCheck check, SandboxPlace place, int attempt)
    {
        _check = check;
        _shift = place.Spread ? place.Variant : 0;
        Trail = place.Trail;
        IsTight = place.IsTight || place.Depth > DeepestPlain;
        Rest = attempt;
    }

    public static SandboxFacts Of(IReadOnlyList<JsonElement> schemas, SandboxSchemaCheck check, SandboxPlace place, int attempt)
    {
        var facts = new SandboxFacts(check, place, attempt);
        foreach (var schema in schemas)
            facts.Add(schema, new("", null));
        return facts;
    }

    public IReadOnlyList<JsonElement> All => _all;

    /// <summary>What is left of the attempt's number when all ways are chosen; it varies the values.</summary>
    public int Rest { get; private set; }

    /// <summary>How many attempts make sense.</summary>
    public int Ways => _all.Exists(schema => Variable.Any(name => schema.TryGetProperty(name, out _))) ? _ways * 8 : _ways;

    public SandboxTrail Trail { get; private set; }

    /// <summary>Whether a reference was followed that had led here before, here or above, or it is too deep.</summary>
    public bool IsTight { get; private set; }

    public string Type => SandboxTypes.Of(this);

    public HashSet<string> Required =>
        [.. Values("required").SelectMany(list => ((JsonElement?)list).Items()).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];

    public IEnumerable<string> PropertyNames => Members("properties").Select(member => member.Name).Distinct();

    public IEnumerable<string> PatternNames => Members("patternProperties").Select(member => member.Name);

    /// <summary>Names of members with those that must come with them.</summary>
    public IEnumerable<JsonProperty> DependentNames => Members("dependentRequired").Where(rule =>
        rule.Value.ValueKind == JsonValueKind.Array && rule.Value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String));

    /// <summary>Whether the schema describes members without naming them.</summary>
    public bool HasMap => Values("additionalProperties").Any(value => value.ValueKind == JsonValueKind.Object) || PatternNames.Any();

    public bool IsUnique => Values("uniqueItems").Any(value => value.ValueKind == JsonValueKind.True);

    public int TupleLength => Values("prefixItems").Concat(Values("items")).Where(value => value.ValueKind == JsonValueKind.Array)
        .Select(value => value.GetArrayLength()).DefaultIfEmpty().Max();

    public IEnumerable<JsonElement> Values(string keyword)
    {
        foreach (var schema in _all)
            if (schema.TryGetProperty(keyword, out var value))
                yield return value;
    }

    /// <summary>The strictest lower bound, e.g. of <c>minItems</c>.</summary>
    public decimal? Least(string keyword) => Numbers(keyword).Select(number => (decimal?)number).Max();

    /// <summary>The strictest upper bound, e.g. of <c>maxItems</c>.</summary>
    public decimal? Most(string keyword) => Numbers(keyword).Select(number => (decimal?)number).Min();

    public IEnumerable<decimal> Numbers(string keyword) =>
        Values(keyword).Where(value => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _)).Select(value => value.GetDecimal());

    public List<JsonElement> MemberSchemas(string name, SandboxSchemaCheck check)
    {
        var found = new List<JsonElement>();
        foreach (var schema in _all)
        {
            var own = check.MemberSchemas(schema, name).ToList();
            found.AddRange(own);
            if (own.Count == 0 && schema.TryGetProperty("additionalProperties", out var rest))
                found.Add(rest);
        }
        return found;
    }

    public List<JsonElement> ItemSchemas(int index) =>
        [.. _all.Select(schema => SandboxSchemaCheck.ItemSchema(schema, index)).OfType<JsonElement>()];

    private IEnumerable<JsonProperty> Members(string keyword) => Values(keyword).SelectMany(value => ((JsonElement?)value).Members());

    private void Add(JsonElement schema, SandboxTrail local)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        if (schema.Text("$ref") is { } reference && !local.Holds(reference))
        {
            IsTight |= Trail.Holds(reference);
            Trail = new SandboxTrail(reference, Trail);
            if (_check.Resolve(reference) is { } target)
                Add(target, new SandboxTrail(reference, local));
        }
        _all.Add(schema);
        foreach (var part in schema.Get("allOf").Items())
            Add(part, local);
        Choose(schema.Get("anyOf"), local);
        Choose(schema.Get("oneOf"), local);
        if (schema.Get("if") is not { } condition)
            return;
        var holds = Pick(2) == 0;
        if (holds)
            Add(condition, local);
        if (schema.Get(holds ? "then" : "else") is { } consequence)
            Add(consequence, local);
    }

    private void Choose(JsonElement? options, SandboxTrail local)
    {
        var list = options.Items().ToList();
        if (list.Count == 0)
            return;
        var ordered = IsTight || LeadsBack(list) ? list.OrderBy(Weight) : list.OrderBy(option => option.Text("type") == "null" ? 1 : 0);
        Add(ordered.ElementAt(Pick(list.Count)), local);
    }

    private bool LeadsBack(List<JsonElement> options) => options.Exists(option => option.Text("$ref") is { } reference && Trail.Holds(reference));

    /// <summary>The fewer, the sooner a recursion ends here.</summary>
    private static int Weight(JsonElement option) => option.Get("$ref") is not null ? 3 : option.Text("type") switch
    {
        "object" => 2,
        "array" => 1,
        null when option.Get("properties") is not null || option.Get("allOf") is not null => 2,
        _ => 0,
    };

    private int Pick(int count)
    {
        var pick = (Rest + _shift) % count;
        Rest /= count;
        _ways = Math.Min(_ways * count, 1 << 20);
        return pick;
    }
}

/// <summary>Which type a value gets.</summary>
internal static class SandboxTypes
{
    private static readonly (string Type, string[] Keywords)[] Signs =
    [
        ("object", ["properties", "required", "additionalProperties", "patternProperties", "minProperties"]),
        ("array", ["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ];

    /// <summary>The first type that all schemas allow, null only where nothing else is; without any, the one its keywords speak of, else a string.</summary>
    public static string Of(SandboxFacts facts)
    {
        List<string>? common = null;
        foreach (var value in facts.Values("type"))
        {
            var own = value.ValueKind == JsonValueKind.String ? [value.GetString()!]
                : ((JsonElement?)value).Items().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToList();
            common = common is null ? own : Common(common, own);
        }
        if (common is { Count: > 0 })
            return common.Find(type => type != "null") ?? "null";
        foreach (var (type, keywords) in Signs)
            if (keywords.Any(keyword => facts.Values(keyword).Any()))
                return type;
        return "string";
    }

    private static List<string> Common(List<string> one, List<string> other) =>
        [.. one.Select(type => other.Contains(type) ? type : (type, other) switch
        {
            ("number", _) when other.Contains("integer") => "integer",
            ("integer", _) when other.Contains("number") => "integer",
            _ => "",
        }).Where(type => type.Length > 0)];
}
