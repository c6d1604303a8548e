using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Muxi.Llm.Tests;

/// <summary>The summary is what an editor shows: one that says the name again says nothing.</summary>
public class Law07_Everything_public_is_documented
{
    private const int FewestWords = 3;

    private static readonly HashSet<string> _empty =
        ["a", "an", "the", "of", "for", "to", "in", "on", "is", "are", "this", "that", "its", "it", "or", "and", "get", "gets", "set", "sets", "represents", "class", "property", "value", "method", "new", "instance", "whether"];

    [Fact]
    public void Every_public_type_and_member_has_a_summary_that_says_something()
    {
        var all = PublicApi.Packages.Values.Select(type => (Api: PublicApi.OfAssembly(type), Type: type)).Prepend((Api: PublicApi.OfLibrary, Type: typeof(LlmClient)));

        Law.Holds(all.SelectMany(one => Check(one.Api, XDocument.Load(Path.ChangeExtension(one.Type.Assembly.Location, ".xml")))), "Say in a sentence what the name does not: what it is for, its unit, when it is null, where the fact is from.");
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var api = PublicApi.OfCode("""
            namespace N;
            public class Planted
            {
                public int MaxTokens => 1;
                public int Fine => 1;
                public string ToText() => "";
                public override string ToString() => "";
                public void Bare(int a) { }
                public class Unsaid { }
            }
            """);
        var documented = XDocument.Parse("""
            <doc><members>
              <member name="T:N.Planted"><summary>What is planted here.</summary></member>
              <member name="P:N.Planted.MaxTokens"><summary>Gets the <c>max</c> tokens of the <see cref="T:N.Planted"/>.</summary></member>
              <member name="P:N.Planted.Fine"><summary>At most 100, by <see cref="P:N.Planted.MaxTokens"/>.</summary></member>
              <member name="M:N.Planted.ToText"><summary>Its text.</summary></member>
              <member name="M:N.Planted.ToString"><inheritdoc /></member>
              <member name="M:N.Planted.Bare(System.Int32)"><remarks>Much to be said of it.</remarks></member>
            </members></doc>
            """);

        Law.Catches(Check(api, documented), "Planted.MaxTokens", "Planted.ToText", "Planted.Bare", "Planted.Unsaid");
    }

    private static IEnumerable<Breach> Check(PublicApi api, XDocument documented)
    {
        var docs = documented.Descendants("member").ToLookup(member => member.Attribute("name")!.Value);
        return
            from type in api.Types
            from symbol in PublicApi.Members(type).Where(IsToBeSaid).Prepend(type)
            let fault = Fault(symbol, docs[symbol.GetDocumentationCommentId()!].FirstOrDefault())
            where fault is not null
            select new Breach(PublicApi.NameOf(symbol), 0, fault);
    }

    // A record's constructor is documented by its type's parameters, an exception's by its type.
    private static bool IsToBeSaid(ISymbol member) =>
        member is not IMethodSymbol { MethodKind: MethodKind.Constructor } and not IMethodSymbol { Name: "ToString" or "Dispose" or "DisposeAsync" };

    private static string? Fault(ISymbol symbol, XElement? member)
    {
        if (member?.Element("inheritdoc") is not null) return null;
        if (member?.Element("summary") is not { } summary) return "no summary";
        var words = Words(Said(summary));
        if (words.Count < FewestWords) return $"'{Said(summary)}' is too short to say anything";
        var names = Words(Split($"{symbol.Name} {symbol.ContainingType?.Name}")).Select(Stem).ToHashSet();
        return words.All(word => _empty.Contains(word) || names.Contains(Stem(word))) ? $"'{Said(summary)}' says the name again" : null;
    }

    private static string Said(XElement summary) =>
        string.Concat(summary.DescendantNodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement element => (element.Attribute("cref") ?? element.Attribute("name") ?? element.Attribute("langword"))?.Value is { } name ? Split(name.Split('(')[0].Split('.', ':')[^1]) : "",
            _ => "",
        })).ReplaceLineEndings(" ").Trim();

    private static string Split(string name) => Regex.Replace(name, "(?<=[a-z0-9])(?=[A-Z])", " ");

    private static List<string> Words(string text) => [.. Regex.Matches(text.ToLowerInvariant(), "[a-z0-9]+").Select(match => match.Value)];

    private static string Stem(string word) => word.TrimEnd('s');
}
