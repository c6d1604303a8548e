using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>A provider's file is read as a table: whoever knows the service can check it without reading code.</summary>
public class Law03_Providers_are_facts
{
    private const int Longest = 79;

    [Fact]
    public void Their_files_hold_no_decisions_and_are_short()
    {
        var files = Sources.Library.Where(IsFacts).ToArray();

        Assert.Equal(Catalog.BuiltIn.Length, files.Count(HoldsAProvider));
        Law.Holds(files.SelectMany(Check), "A decision belongs in a dialect, as a quirk that the provider sets; what differs by model is a variant: .For(glob, d => d with { ... }).");
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Providers/Planted.cs", """
            public static partial class Providers
            {
                public static Provider Planted { get; } = Make(DateTime.Now.Hour > 12);
                static Provider Make(bool late)
                {
                    if (late) return null;
                    var a = late ? 1 : 2;
                    var b = a switch { 1 => 2, _ => 3 };
                    switch (b) { default: break; }
                    foreach (var c in "abc") b++;
                    return null;
                }
                static async Task D() { }
            }
            """);
        var tooLong = new Source("src/Muxi.Llm/Providers/Long.cs", "public static partial class Providers\n{\n" + new string('\n', 77) + "}\n");

        Law.Catches(Check(planted), 6, 7, 8, 9, 10, 13);
        Law.Catches(Check(tooLong), Longest + 1);
    }

    private static bool IsFacts(Source source) =>
        source.IsUnder("src/Muxi.Llm/Providers")
        && source.All<ClassDeclarationSyntax>().Any(type => type.Identifier.ValueText == "Providers" && type.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Whether a file is a service's own; facts that several share have one without.</summary>
    private static bool HoldsAProvider(Source source) => source.All<PropertyDeclarationSyntax>().Any(property => property.Type.ToString() == nameof(Provider));

    private static IEnumerable<Breach> Check(Source source)
    {
        foreach (var node in source.All<SyntaxNode>())
            if (node is IfStatementSyntax or ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax)
                yield return source.Breach(node, $"a {node.Kind()} among the facts");
        foreach (var token in source.Root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.AsyncKeyword)))
            yield return source.Breach(token, "a fact waits for nothing");
        var lines = Lines.In(source);
        if (lines > Longest) yield return new(source.Path, lines, $"{lines} lines; {Longest} are the most");
    }
}
