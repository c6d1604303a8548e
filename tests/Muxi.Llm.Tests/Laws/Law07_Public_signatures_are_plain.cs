using Microsoft.CodeAnalysis;

namespace Muxi.Llm.Tests;

/// <summary>A call can be read without looking up its parameters.</summary>
public class Law07_Public_signatures_are_plain
{
    private const int MostParameters = 5;

    [Fact]
    public void No_member_takes_an_optional_bool_or_more_than_five_parameters() =>
        Law.Holds(PublicApi.Packages.Values.Select(PublicApi.OfAssembly).Append(PublicApi.OfLibrary).SelectMany(Check), "Pass a record, or make a second method whose name says what the bool said.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = PublicApi.OfCode("""
            public class Planted
            {
                public Planted(int a, int b, int c, int d, int e, int f) { }
                public string A(bool indented = false) => "";
                public string B(bool? strict = null) => "";
                public string Good(bool stream, int a, int b, int c, int d) => "";
                internal string Hidden(bool indented = false) => "";
            }
            public record Wide(int A, int B, int C, int D, int E, int F);
            """);

        Law.Catches(Check(planted), "Planted.new", "Planted.A", "Planted.B", "Wide.new");
    }

    private static IEnumerable<Breach> Check(PublicApi api) =>
        from type in api.Types
        from member in PublicApi.Members(type)
        let parameters = member switch { IMethodSymbol method => method.Parameters, IPropertySymbol property => property.Parameters, _ => [] }
        from what in Faults(parameters)
        select new Breach(PublicApi.NameOf(member), 0, what);

    private static IEnumerable<string> Faults(IReadOnlyCollection<IParameterSymbol> parameters)
    {
        foreach (var parameter in parameters)
            if (parameter.IsOptional && parameter.Type.ToDisplayString() is "bool" or "bool?") yield return $"{parameter.Name} is an optional bool";
        if (parameters.Count > MostParameters) yield return $"it takes {parameters.Count} parameters; {MostParameters} are the most";
    }
}
