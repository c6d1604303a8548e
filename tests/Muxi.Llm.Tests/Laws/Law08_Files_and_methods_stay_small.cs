namespace Muxi.Llm.Tests;

/// <summary>What does not fit on a few screens is not read whole, and what is not read whole is not understood.</summary>
public class Law08_Files_and_methods_stay_small
{
    private const int LongestFile = 400;
    private const int MostBranches = 20;

    /// <summary>Files (by path) and methods (by path and name) that may be larger, each with its reason.</summary>
    private static readonly Dictionary<string, string> _excused = [];

    [Fact]
    public void No_file_is_over_400_lines_and_no_method_over_20_branches() =>
        Law.Holds(Sources.All.SelectMany(Check).Where(breach => !_excused.ContainsKey(breach.Place)), "Split it along its ideas; a long dispatch becomes a table whose arms are named methods.");

    [Fact]
    public void Every_excuse_is_still_needed()
    {
        var large = Sources.All.SelectMany(Check).Select(breach => breach.Place).ToHashSet();

        Assert.Subset(large, _excused.Keys.ToHashSet());
        Assert.DoesNotContain(_excused.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Law.Catches(Check(new Source("src/Long.cs", "class Long\n{" + new string('\n', LongestFile) + "}\n")), LongestFile + 2);
        Assert.Empty(Check(Method(string.Concat(Enumerable.Repeat("if (a) b++; ", MostBranches)))));
        Law.Catches(Check(Method(string.Concat(Enumerable.Repeat("if (a) b++; ", MostBranches + 1)))), 3);
    }

    [Theory]
    [InlineData("for (;;) { } foreach (var c in d) { } while (a) { } do { } while (a);", 4)]
    [InlineData("try { } catch (E) when (a) { } catch { }", 3)]
    [InlineData("b = a && c || d ?? e; f ??= a ? 1 : 2;", 5)]
    [InlineData("switch (b) { case 1: case 2: c(); break; case > 3: d(); return; default: break; }", 1)]
    [InlineData("switch (b) { case 1: case 2: c(); d(); break; case > 3: e(); break; default: break; }", 3)]
    [InlineData("b = c switch { 1 => 2, 2 when d => 3, 3 => e ? 4 : 5, _ => 6 };", 3)]
    [InlineData("var f = () => a ? 1 : 2; int g() => b ?? 3; if (a) f();", 1)]
    public void Branches_are_counted(string body, int count) => Assert.Equal(count, Branches.In(Method(body)).Single(it => it.Name == "M").Count);

    private static Source Method(string body) => new("src/Planted.cs", $$"""
        class Planted
        {
            void M() { {{body}} }
        }
        """);

    private static IEnumerable<Breach> Check(Source source)
    {
        var lines = Lines.In(source);
        if (lines > LongestFile) yield return new(source.Path, lines, $"{lines} lines; {LongestFile} are the most");
        foreach (var (method, name, count) in Branches.In(source))
            if (count > MostBranches) yield return source.Breach(method, $"{name} has {count} branches; {MostBranches} are the most") with { Place = $"{source.Path} {name}" };
    }
}
