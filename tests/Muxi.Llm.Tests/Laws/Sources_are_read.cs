namespace Muxi.Llm.Tests;

/// <summary>A law that reads nothing, or half of a file, holds for nothing.</summary>
public class Sources_are_read
{
    [Fact]
    public void All_of_them_and_without_syntax_errors()
    {
        Law.Holds(
            Sources.All.SelectMany(source => source.Root.SyntaxTree.GetDiagnostics().Select(error => source.Breach(source.Root, error.ToString()))),
            "The laws' parser is older than the compiler: raise Microsoft.CodeAnalysis.CSharp in Directory.Packages.props.");
        Assert.Contains(Sources.Library, source => source.Path == "src/Muxi.Llm/LlmClient.cs");
        Assert.Contains(Sources.Server, source => source.Path == "src/Muxi.Llm.Gateway/Front.cs");
        Assert.Contains(Sources.All, source => source.Path.EndsWith("Laws/Sources_are_read.cs", StringComparison.Ordinal));
        Assert.DoesNotContain(Sources.All, source => source.Path.Contains("/obj/", StringComparison.Ordinal));
    }
}
