using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>One source file and its syntax tree; the path is relative to the repository, with slashes.</summary>
internal sealed class Source(string path, string text)
{
    private static readonly CSharpParseOptions _newest =
        new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.Parse).WithFeatures([new("FileBasedProgram", "")]);

    private readonly Lazy<CompilationUnitSyntax> _root = new(() => CSharpSyntaxTree.ParseText(text, _newest, path).GetCompilationUnitRoot());

    public string Path { get; } = path;

    public string Text { get; } = text;

    public CompilationUnitSyntax Root => _root.Value;

    /// <summary>All nodes of a kind; documentation is not looked into.</summary>
    public IEnumerable<T> All<T>() where T : SyntaxNode => Root.DescendantNodes().OfType<T>();

    /// <summary>Every name that the code mentions, of a type as of a member, generic or not.</summary>
    public IEnumerable<SyntaxToken> Names() => All<SimpleNameSyntax>().Select(name => name.Identifier);

    public bool IsUnder(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
            if (Path.StartsWith(folder + "/", StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Something wrong at a place in the file.</summary>
    public Breach Breach(SyntaxNodeOrToken at, string what) => new(Path, at.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1, what);

    public override string ToString() => Path;
}

/// <summary>The repository's own C# sources, read once.</summary>
internal static class Sources
{
    private static readonly Lazy<IReadOnlyList<Source>> _all = new(() =>
        [.. new[] { "src", "tests", "benchmarks", "examples" }.SelectMany(In).OrderBy(source => source.Path, StringComparer.Ordinal)]);

    public static IReadOnlyList<Source> All => _all.Value;

    /// <summary>All that is shipped.</summary>
    public static IEnumerable<Source> Shipped => All.Where(source => source.IsUnder("src"));

    /// <summary>The library alone.</summary>
    public static IEnumerable<Source> Library => All.Where(source => source.IsUnder("src/Muxi.Llm"));

    /// <summary>The server alone.</summary>
    public static IEnumerable<Source> Server => All.Where(source => source.IsUnder("src/Muxi.Llm.Gateway"));

    /// <summary>A file that is no C#, by its path in the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Repo.PathTo(path.Split('/')));

    private static IEnumerable<Source> In(string top)
    {
        var folder = Repo.PathTo(top);
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Path: Path.GetRelativePath(Repo.Root, file).Replace('\\', '/')))
            .Where(it => !it.Path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Select(it => new Source(it.Path, File.ReadAllText(it.File)));
    }
}

/// <summary>One place where a law is broken.</summary>
/// <param name="Place">The file, or the type or member where there is no file.</param>
/// <param name="Line">The line; 0 where there is no file.</param>
/// <param name="What">What is wrong there.</param>
internal sealed record Breach(string Place, int Line, string What)
{
    public override string ToString() => Line == 0 ? $"{Place}: {What}" : $"{Place}:{Line}: {What}";
}

/// <summary>How a law is held up.</summary>
internal static class Law
{
    /// <summary>Fails with every breach and how to mend them.</summary>
    public static void Holds(IEnumerable<Breach> breaches, string mend)
    {
        var found = breaches.Select(breach => breach.ToString()).Distinct().ToArray();
        if (found.Length > 0) Assert.Fail($"{string.Join('\n', found)}\n\n{mend}");
    }

    /// <summary>Fails unless the planted breaches are found, on these lines and no others.</summary>
    public static void Catches(IEnumerable<Breach> breaches, params int[] lines) => Assert.Equal(lines, breaches.Select(breach => breach.Line).Distinct().Order());

    /// <summary>As <see cref="Catches(IEnumerable{Breach}, int[])"/> for breaches in types: what was said of each.</summary>
    public static void Catches(IEnumerable<Breach> breaches, params string[] places) =>
        Assert.Equal(places.Order(StringComparer.Ordinal), breaches.Select(breach => breach.Place).Distinct().Order(StringComparer.Ordinal));
}
