using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Muxi.Llm.Tests;

/// <summary>Who is asked is a fact of Providers; shared code that asks for a name grows a branch for each.</summary>
public class Law01_Shared_code_names_no_provider
{
    private static readonly string[] _shared =
    [
        "src/Muxi.Llm/Chat", "src/Muxi.Llm/Configuration", "src/Muxi.Llm/Dialects", "src/Muxi.Llm/Errors", "src/Muxi.Llm/Images", "src/Muxi.Llm/Json", "src/Muxi.Llm/Local", "src/Muxi.Llm/Models", "src/Muxi.Llm/Routing",
        "src/Muxi.Llm/Tokens", "src/Muxi.Llm/Transport", "src/Muxi.Llm.Gateway", "src/Muxi.Llm.Cli",
    ];

    private static readonly HashSet<string> _names =
        [.. Catalog.BuiltIn.SelectMany(provider => provider.Aliases.Append(provider.Name)).Select(name => name.ToLowerInvariant())];

    [Fact]
    public void No_literal_is_the_name_or_alias_of_a_provider() =>
        Law.Holds(
            Sources.Shipped.Where(source => source.IsUnder(_shared)).SelectMany(Check),
            "Make the difference a quirk of the dialect (a documented property with a default) and set it in the provider's file.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Routing/Planted.cs", """"
            /// <summary>Like "openai", which is only documentation.</summary>
            class Planted
            {
                bool A(string name) => name == "Groq";
                bool B(string name) => name is """llamacpp""";
                bool C(byte[] name) => name.AsSpan().SequenceEqual("deepseek"u8);
                string D(int n) => $"{n}xai";
                string Good() => "openai-organization and groq too";
            }
            """");

        Law.Catches(Check(planted), 4, 5, 6, 7);
    }

    private static IEnumerable<Breach> Check(Source source) =>
        from token in source.Root.DescendantTokens()
        where token.RawKind is (int)SyntaxKind.InterpolatedStringTextToken or (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.Utf8StringLiteralToken
            or (int)SyntaxKind.SingleLineRawStringLiteralToken or (int)SyntaxKind.MultiLineRawStringLiteralToken
            or (int)SyntaxKind.Utf8SingleLineRawStringLiteralToken or (int)SyntaxKind.Utf8MultiLineRawStringLiteralToken
        where _names.Contains(token.ValueText.Trim().ToLowerInvariant())
        select source.Breach(token, $"the literal {token} names a provider");
}
