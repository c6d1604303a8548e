using System.Reflection;
using System.Runtime.CompilerServices;

namespace Muxi.Llm.Tests;

/// <summary>A quirk is a fact that can be printed and written in YAML, not a piece of code.</summary>
public class Law02_Quirks_are_data
{
    private const string Mend = "Say it as data: a public init property of bool, number, string, enum, ImmutableArray or ImmutableDictionary, with a default.";

    public static TheoryData<string> ProviderNames => [.. Catalog.BuiltIn.Where(provider => Quirks.Of(provider).Any()).Select(provider => provider.Name)];

    public static TheoryData<string> DialectNames => [.. Quirks.Dialects.Select(dialect => dialect.FullName!)];

    [Fact]
    public void Every_quirk_is_an_init_property_of_plain_data()
    {
        Assert.Contains(typeof(OpenAIChat), Quirks.Dialects);
        Law.Holds(Quirks.Dialects.SelectMany(Check), Mend);
    }

    [Theory]
    [MemberData(nameof(ProviderNames))]
    public void What_a_provider_speaks_survives_JSON(string name)
    {
        var provider = Catalog.BuiltIn.Single(one => one.Name == name);

        Assert.All(Quirks.Of(provider), speaks =>
        {
            var json = Quirks.ToJson(speaks.Dialect, speaks.Root);
            Assert.Equal(json, Quirks.ToJson(Quirks.FromJson(json, speaks.Root), speaks.Root));
        });
    }

    [Theory]
    [MemberData(nameof(DialectNames))]
    public void Every_quirk_survives_JSON(string name)
    {
        var dialect = typeof(OpenAIChat).Assembly.GetType(name)!;
        var root = Quirks.Roots.Single(one => one.IsAssignableFrom(dialect));
        var filled = Quirks.Filled(dialect);

        var json = Quirks.ToJson(filled, root);
        var back = Quirks.FromJson(json, root);

        Assert.Equal(json, Quirks.ToJson(back, root));
        Assert.NotEqual(json, Quirks.ToJson(Activator.CreateInstance(dialect)!, root));
        Assert.All(Quirks.In(dialect), quirk => Assert.Contains($"\"{quirk.Name}\":", json, StringComparison.Ordinal));
    }

    [Fact]
    public void The_law_catches_a_planted_breach() =>
        Law.Catches(Check(typeof(Planted)), "Planted.Rename", "Planted.Count", "Planted.Words", "Planted._calls");

    private static IEnumerable<Breach> Check(Type dialect)
    {
        foreach (var quirk in Quirks.In(dialect))
        {
            if (!Quirks.IsPlain(quirk.PropertyType)) yield return new($"{dialect.Name}.{quirk.Name}", 0, $"{quirk.PropertyType.Name} is no plain data");
            if (!quirk.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))) yield return new($"{dialect.Name}.{quirk.Name}", 0, "it can be changed after construction");
        }
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        foreach (var field in dialect.GetFields(Own))
        {
            if (field.Name.StartsWith('<')) continue;
            yield return new($"{dialect.Name}.{field.Name}", 0, "a dialect has no state besides its quirks");
        }
    }

    private abstract record PlantedRoot
    {
        public int Fine { get; init; }
    }

    private sealed record Planted : PlantedRoot
    {
        private readonly int _calls = 1;

        public Func<string, string>? Rename { get; init; }
        public int Count { get; set; }
        public List<string> Words { get; init; } = [];
        public int Computed => _calls;
    }
}
