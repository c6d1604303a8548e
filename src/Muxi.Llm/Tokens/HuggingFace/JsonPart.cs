using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A part of a <c>tokenizer.json</c>, which knows what to say when it is not supported.</summary>
/// <param name="Path">Where the file is.</param>
/// <param name="Name">What kind of part it is: <c>normalizer</c>, <c>pre_tokenizer</c>, <c>decoder</c>.</param>
/// <param name="Json">What the file says.</param>
internal readonly record struct JsonPart(string? Path, string Name, JsonElement Json)
{
    /// <summary>Whether the file has none.</summary>
    public bool IsAbsent => Json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Its type.</summary>
    public string Type => Text("type");

    /// <summary>The parts that it is made of.</summary>
    public IEnumerable<JsonPart> Parts(string member)
    {
        foreach (var json in Member(member, JsonValueKind.Array, "a list").EnumerateArray()) yield return this with { Json = json };
    }

    /// <summary>The added tokens of a list of them.</summary>
    public IEnumerable<AddedToken> List()
    {
        if (IsAbsent) yield break;
        if (Json.ValueKind != JsonValueKind.Array) throw new JsonException("its added_tokens are not a list");
        foreach (var json in Json.EnumerateArray())
        {
            var token = this with { Json = json };
            yield return new(token.Text("content"))
            {
                IsSpecial = token.Flag("special", false),
                IsSingleWord = token.Flag("single_word", false),
                TakesLeft = token.Flag("lstrip", false),
                TakesRight = token.Flag("rstrip", false),
                IsNormalized = token.Flag("normalized", true),
            };
        }
    }

    /// <summary>Whether it has a member that is not null.</summary>
    public bool Has(string member) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(member, out var json) && json.ValueKind != JsonValueKind.Null;

    /// <summary>A member that is a text.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public string Text(string member) => Member(member, JsonValueKind.String, "a text").GetString()!;

    /// <summary>A member that is true or false.</summary>
    public bool Flag(string member, bool otherwise) =>
        !Has(member) ? otherwise : Member(member).ValueKind is JsonValueKind.True or JsonValueKind.False ? Member(member).GetBoolean() : throw Wrong(member, "true or false");

    /// <summary>A member that is a number.</summary>
    public int Number(string member) => Member(member, JsonValueKind.Number, "a number").TryGetInt32(out var number) ? number : throw Wrong(member, "a whole number");

    /// <summary>A member that is one character.</summary>
    public string Character(string member) =>
        Text(member) is { Length: 1 or 2 } text && (text.Length == 1 || char.IsSurrogatePair(text, 0)) ? text : throw Refuse($"{member} '{Text(member)}'", "one character");

    /// <summary>What is looked for: a text as it is, or a regular expression.</summary>
    public (string Text, bool IsExpression) Pattern()
    {
        var pattern = Member("pattern");
        if (pattern.ValueKind == JsonValueKind.Object && pattern.TryGetProperty("String", out var text) && text.ValueKind == JsonValueKind.String) return (text.GetString()!, false);
        if (pattern.ValueKind == JsonValueKind.Object && pattern.TryGetProperty("Regex", out text) && text.ValueKind == JsonValueKind.String) return (text.GetString()!, true);
        throw Refuse($"pattern {pattern.GetRawText()}", "String and Regex");
    }

    /// <summary>What to throw where the type is not one that is supported.</summary>
    public ConfigurationException RefuseType(string supported) => TokenizerFile.Fault(Path, $"has the {Name} '{Shown(Type)}', which is not supported; supported: {supported}");

    /// <summary>What to throw where something about this part is not supported.</summary>
    public ConfigurationException Refuse(string what, string supported) => TokenizerFile.Fault(Path, $"has a {Name} {Shown(Type)} with {Shown(what)}, which is not supported; supported: {supported}");

    private static string Shown(string text) => ErrorText.Cut(text, 500);

    private JsonException Wrong(string member, string wanted) => new($"the {member} of its {Name} is not {wanted}");

    private JsonElement Member(string name, JsonValueKind kind, string wanted) => Member(name) is var json && json.ValueKind == kind ? json : throw Wrong(name, wanted);

    private JsonElement Member(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var json) ? json : throw new JsonException($"its {Name} has no {name}");
}
