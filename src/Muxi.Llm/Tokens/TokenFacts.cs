using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Which model counts how. The table is embedded; its file tells where it is from. A name that nobody knows has the facts of the nearest family, or those of any other.</summary>
internal static class TokenFacts
{
    private static readonly Lazy<Table> _table = new(Read);

    /// <summary>The encoding of OpenAI's that a model has: <c>o200k_base</c> and so on. Null of a model of which no public encoding is known.</summary>
    public static string? EncodingOf(string model)
    {
        var name = Bare(model);
        return _table.Value.Encodings.FirstOrDefault(encoding => encoding.Models.Match(name)).Name;
    }

    /// <summary>How a model counts.</summary>
    public static ModelTokens Of(string model)
    {
        var name = Bare(model);
        var provider = Provider(model);
        // The last is that of any other.
        var family = _table.Value.Families.FirstOrDefault(one => one.Models.Match(name)) ?? _table.Value.Families[^1];
        var overResponses = _table.Value.ProvidersOverResponses.Match(provider) || _table.Value.OverResponses.Match(name);
        return new(family)
        {
            Encoding = EncodingOf(name) ?? "o200k_base",
            Form = overResponses ? family.Responses ?? family.Chat : family.Chat,
            Pictures = family.PicturesOf.FirstOrDefault(one => one.Models.Match(name)).Rule ?? family.Pictures,
            // Behind a router that is none of those the count is an estimate.
            IsExact = family.IsExact && (provider.Length == 0 || _table.Value.Direct.Match(provider)),
        };
    }

    /// <summary>The name without its provider and what clouds and routers put round it: <c>openrouter/openai/gpt-4o</c>, <c>ft:gpt-4o-mini:acme::id</c>.</summary>
    private static string Bare(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        return name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase) ? name[3..].Split(':')[0] : name;
    }

    /// <summary>What stands before the name: <c>openrouter/openai</c>.</summary>
    private static string Provider(string model) => model[..Math.Max(0, model.LastIndexOf('/'))].ToLowerInvariant();

    private static Table Read()
    {
        using var file = typeof(TokenFacts).Assembly.GetManifestResourceStream("Muxi.Llm.token-facts.json")!;
        using var document = JsonDocument.Parse(file);
        var root = document.RootElement;
        var pictures = root.GetProperty("pictures").EnumerateObject().ToDictionary(static rule => rule.Name, static rule => PictureRule.Read(rule.Value));
        return new(
            [.. root.GetProperty("families").EnumerateArray().Select(family => TokenFamily.Read(family, pictures))],
            [.. root.GetProperty("encodings").EnumerateObject().Select(static encoding => (encoding.Name, new Patterns(encoding.Value)))],
            new(root.GetProperty("over_responses")),
            new(root.GetProperty("providers_over_responses")),
            new(root.GetProperty("direct")));
    }

    private sealed record Table(TokenFamily[] Families, (string Name, Patterns Models)[] Encodings, Patterns OverResponses, Patterns ProvidersOverResponses, Patterns Direct);
}

/// <summary>How one model counts.</summary>
internal sealed record ModelTokens(TokenFamily Family)
{
    /// <summary>The encoding to count its text with.</summary>
    public required string Encoding { get; init; }

    /// <summary>What tools and formats cost on the way that its chats take.</summary>
    public required TokenForm Form { get; init; }

    public required PictureRule Pictures { get; init; }

    /// <summary>Whether counts of plain text are what the provider charges.</summary>
    public bool IsExact { get; init; }
}

/// <summary>Patterns for models' names.</summary>
internal sealed class Patterns(params string[] globs)
{
    public Patterns(JsonElement globs) : this([.. globs.EnumerateArray().Select(static glob => glob.GetString()!)]) { }

    public bool Match(string model) => globs.Any(glob => Globs.Matches(glob, model));
}
