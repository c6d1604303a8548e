using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Functions as OpenAI shows them to its models: declarations of TypeScript in a namespace. <c>docs/format.md</c> of github.com/openai/harmony prints the form for gpt-oss; that the closed
/// models have it too, and how it treats titles, line breaks and empty schemas, follows from recorded requests, whose usage it meets to the token.
/// </summary>
internal sealed class ToolDeclarations
{
    // A schema that holds another twice, and that one a third twice, grows faster than anyone would send it.
    private const int Longest = 1 << 20;

    private const int Deepest = 24;

    // Those whose inside is being written: one that holds itself would have no end.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    private readonly StringBuilder _text = new("# Tools\n\n## functions\n\nnamespace functions {\n\n");
    // What was referred to, found once and not for each reference.
    private readonly Dictionary<string, JsonElement> _targets = new(StringComparer.Ordinal);

    private int _depth;
    private JsonElement _root;

    private bool IsFull => _text.Length > Longest;

    /// <summary>Adds a function.</summary>
    public void Add(string name, string? description, JsonElement parameters)
    {
        Comment(description);
        _text.Append("type ").Append(name).Append(" = (");
        _root = parameters;
        _targets.Clear();
        if (HasProperties(parameters))
        {
            _text.Append("_: ");
            Object(parameters);
        }
        _text.Append(") => any;\n\n");
    }

    /// <summary>Adds a tool that takes free text.</summary>
    public void AddCustom(string name, string? description, string? grammar)
    {
        Comment(description);
        Comment(grammar);
        _text.Append("type ").Append(name).Append(" = (FREEFORM) => any;\n\n");
    }

    /// <summary>All that was added.</summary>
    public override string ToString() => _text + "} // namespace functions";

    private void Object(JsonElement schema)
    {
        var properties = schema.GetProperty("properties");
        var isPlain = properties.EnumerateObject().All(property => Said(property.Value).Length == 0 && !Has(property.Value, "default"));
        _text.Append(isPlain ? "{ " : "{\n");
        var isFirst = true;
        var required = Required(schema);
        foreach (var property in properties.EnumerateObject())
        {
            if (IsFull) break;
            if (isPlain && !isFirst) _text.Append(", ");
            isFirst = false;
            Property(property, required.Contains(property.Name), isPlain);
        }
        _text.Append(isPlain ? " }" : "}");
    }

    private void Property(JsonProperty property, bool isRequired, bool isPlain)
    {
        var value = property.Value;
        if (!isPlain) Comment(Said(value));
        _text.Append(property.Name).Append(isRequired ? ": " : "?: ");
        Type(value);
        if (isPlain) return;
        _text.Append(',');
        if (Has(value, "default")) _text.Append(" // default: ").Append(value.GetProperty("default"));
        _text.Append('\n');
    }

    /// <summary>A property's title and description: its own, else those of what it refers to.</summary>
    private string Said(JsonElement value)
    {
        var target = Resolved(value);
        return string.Join("\n\n", new[] { Text(value, "title") ?? Text(target, "title"), Text(value, "description") ?? Text(target, "description") }.OfType<string>());
    }

    private void Type(JsonElement schema)
    {
        var reference = Text(schema, "$ref");
        if (_depth == Deepest || IsFull || reference is not null && !_open.Add(reference))
        {
            _text.Append("any");
            return;
        }
        _depth++;
        Write(Resolved(schema));
        _depth--;
        if (reference is not null) _open.Remove(reference);
    }

    private void Write(JsonElement schema)
    {
        if (Has(schema, "const")) _text.Append(schema.GetProperty("const").GetRawText());
        else if (List(schema, "enum") is { } values) Join(values, value => _text.Append(value.GetRawText()));
        else if ((List(schema, "anyOf") ?? List(schema, "oneOf")) is { } choices) Join(choices, Type);
        else if (List(schema, "type") is { } types) Join(types, type => Simple(schema, type.ToString()));
        else Simple(schema, Text(schema, "type") ?? "object");
    }

    private void Simple(JsonElement schema, string type)
    {
        switch (type)
        {
            case "integer": _text.Append("number"); break;
            case "array":
                if (Has(schema, "items")) Type(schema.GetProperty("items"));
                else _text.Append("any");
                _text.Append("[]");
                break;
            case "object" when HasProperties(schema): Object(schema); break;
            default: _text.Append(type); break;
        }
    }

    private void Join(JsonElement items, Action<JsonElement> write)
    {
        var isFirst = true;
        foreach (var item in items.EnumerateArray())
        {
            if (IsFull) break;
            if (!isFirst) _text.Append(" | ");
            isFirst = false;
            write(item);
        }
    }

    private void Comment(string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var words = line.Trim();
            _text.Append(words.IsEmpty ? "//" : "// ").Append(words).Append('\n');
        }
    }

    /// <summary>What a reference within the function's own schema stands for, as far as it can be followed.</summary>
    private JsonElement Resolved(JsonElement schema)
    {
        for (var hops = 0; hops < Deepest && Text(schema, "$ref") is { } reference; hops++)
        {
            if (!_targets.TryGetValue(reference, out var target)) _targets[reference] = target = Target(reference);
            schema = target;
        }
        return schema;
    }

    private JsonElement Target(string reference)
    {
        var target = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(step, out target)) return default;
        return target;
    }

    private static HashSet<string> Required(JsonElement schema) =>
        List(schema, "required") is { } required ? [.. required.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!)] : [];

    private static bool HasProperties(JsonElement schema) =>
        Has(schema, "properties") && schema.GetProperty("properties") is { ValueKind: JsonValueKind.Object } properties && properties.EnumerateObject().Any();

    private static bool Has(JsonElement schema, string name) => schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out _);

    private static string? Text(JsonElement schema, string name) =>
        Has(schema, name) && schema.GetProperty(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    private static JsonElement? List(JsonElement schema, string name) => Has(schema, name) && schema.GetProperty(name) is { ValueKind: JsonValueKind.Array } list ? list : null;
}
