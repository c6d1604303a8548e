using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Muxi.Llm.Tests;

/// <summary>The provider that CONTRIBUTING adds can be added: its YAML is read, its C# compiles, and both are the same facts.</summary>
public sealed partial class ContributingTests
{
    private static readonly string _page = File.ReadAllText(Repo.PathTo("CONTRIBUTING.md"));

    [Fact]
    public void The_facts_in_YAML_and_in_CSharp_are_the_same()
    {
        var yaml = Assert.Single(LlmConfiguration.Parse(Block("yaml")).Providers);
        var code = Compiled(Block("cs"));

        Assert.Equal((code.Name, code.BaseUrl), (yaml.Name, yaml.BaseUrl));
        Assert.Equal(code.KeyVariables, yaml.KeyVariables);
        Assert.Equal(Operations.Of(code), Operations.Of(yaml));
        Assert.Equal(Quirks.ToJson(code.Chat!, typeof(ChatDialect)), Quirks.ToJson(yaml.Chat!, typeof(ChatDialect)));
        Assert.Equal("https://docs.acme.example", code.Documentation);
    }

    [Fact]
    public void Every_file_and_test_that_it_names_is_there()
    {
        Assert.All(Links().Matches(_page).Select(link => link.Groups[1].Value.Split('#')[0]).Where(link => link.Length > 0), link => Assert.True(Path.Exists(Repo.PathTo(link.Split('/'))), link));
        var tests = typeof(ContributingTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Assert.All(Tests().Matches(_page).Select(test => test.Groups[1].Value), test => Assert.Contains(test, tests));
    }

    private static Provider Compiled(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file));
        var tree = CSharpSyntaxTree.ParseText($"using Muxi.Llm;\nnamespace Contributed;\n{code}", CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview), cancellationToken: TestContext.Current.CancellationToken);
        using var built = new MemoryStream();
        var result = CSharpCompilation.Create("Contributed", [tree], references, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)).Emit(built, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return (Provider)Assembly.Load(built.ToArray()).GetType("Contributed.Providers")!.GetProperty("Acme")!.GetValue(null)!;
    }

    private static string Block(string language) => Regex.Match(_page, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    [GeneratedRegex(@"\]\(([^)h][^)]*)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^   \| `(\w+)` \| [a-z`]", RegexOptions.Multiline)]
    private static partial Regex Tests();
}
