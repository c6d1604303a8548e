using System.Reflection;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>A provider that is not in the catalogue, has no row in the docs or no variable for its key cannot be found by a user.</summary>
public class Law06_The_catalog_holds_every_provider
{
    private const string Table = "docs/providers.md";

    [Fact]
    public void Every_provider_is_in_it_once_and_can_be_found() =>
        Law.Holds(Check(Catalog.BuiltIn, Of(typeof(Providers))), "Add the provider to Catalog.BuiltIn, with a name, aliases and variables of its own.");

    [Fact]
    public void Every_name_and_alias_resolves_to_its_provider() =>
        Assert.All(Catalog.BuiltIn, provider => Assert.All(provider.Aliases.Prepend(provider.Name), name => Assert.Same(provider, Catalog.Resolve($"{name}/model").Provider)));

    [Fact]
    public void Every_provider_has_a_row_in_the_docs()
    {
        if (!File.Exists(Repo.PathTo(Table.Split('/')))) Assert.Skip($"{Table} is not written yet");
        Law.Holds(Check(Catalog.BuiltIn, Sources.Read(Table)), $"Renew {Table}: it is what ./muxi-llm providers --markdown prints.");
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Provider[] catalog = [Planted.Listed, new("listed", "http://x/v1", Auth.Bearer()), new("other", "http://x/v1", Auth.Bearer()) { Aliases = ["LISTED"] }];

        Law.Catches(Check(catalog, Of(typeof(Planted))), "Forgotten", "listed", "other");
        Law.Catches(Check([Planted.Listed], "| `listed-too` | Listed |\nlisted, but in no row"), "listed");
        Assert.Empty(Check([Planted.Listed], "| `listed` | Listed |"));
    }

    private static IEnumerable<(string Property, Provider Provider)> Of(Type facts) =>
        facts.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(Provider))
            .Select(property => (property.Name, (Provider)property.GetValue(null)!));

    private static IEnumerable<Breach> Check(IReadOnlyCollection<Provider> catalog, IEnumerable<(string Property, Provider Provider)> facts)
    {
        foreach (var (property, provider) in facts)
            if (!catalog.Contains(provider)) yield return new(property, 0, "it is not in the catalogue");
        foreach (var (name, provider) in catalog.SelectMany(provider => provider.Aliases.Prepend(provider.Name), (provider, name) => (name, provider)))
            if (catalog.Any(other => !ReferenceEquals(other, provider) && other.Aliases.Prepend(other.Name).Contains(name, StringComparer.OrdinalIgnoreCase)))
                yield return new(provider.Name, 0, $"the name {name} means another provider too");
        foreach (var provider in catalog)
            // No shell sets a variable that begins with a digit; containers do, so one besides is no breach.
            if (provider.Auth.Header.Length > 0 && !(provider.KeyVariables is [var first, .. var others] && Regex.IsMatch(first, "^[A-Z_][A-Z0-9_]*$") && others.All(variable => Regex.IsMatch(variable, "^[A-Z0-9_]+$"))))
                yield return new(provider.Name, 0, "its key has no proper environment variable");
    }

    private static IEnumerable<Breach> Check(IReadOnlyCollection<Provider> catalog, string docs) =>
        catalog.Where(provider => !Regex.IsMatch(docs, $@"^\|.*(?<![\w-]){Regex.Escape(provider.Name)}(?![\w-]).*\|", RegexOptions.Multiline))
            .Select(provider => new Breach(provider.Name, 0, $"no row in {Table}"));

    private static class Planted
    {
        public static Provider Listed { get; } = new("listed", "http://x/v1", Auth.None);
        public static Provider Forgotten { get; } = new("forgotten", "http://x/v1", Auth.None);
    }
}
