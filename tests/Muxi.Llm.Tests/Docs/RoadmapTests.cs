using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>The roadmap points at things that exist, and what it calls done is offered by the library.</summary>
public sealed partial class RoadmapTests
{
    private static readonly string[] _files = [.. Directory.EnumerateFiles(Repo.PathTo("src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal))];

    [Fact]
    public void Every_test_folder_and_example_that_it_names_exists()
    {
        var missing =
            from row in Rows()
            from named in Quoted(row.GetValueOrDefault("tests", "")).Select(name => Path.Combine("tests", "Muxi.Llm.Tests", name))
                .Concat(Quoted(row.GetValueOrDefault("example", "")).Select(name => Path.Combine("examples", name)))
            where !Directory.Exists(Repo.PathTo(named)) && !File.Exists(Repo.PathTo(named))
            select $"{row["phrase"]}: {named}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_type_of_a_row_that_is_done_is_in_the_sources()
    {
        var sources = string.Join('\n', _files.Select(File.ReadAllText));
        var missing =
            from row in Rows()
            where row["state"].StartsWith("done", StringComparison.Ordinal)
            from type in Quoted(row.GetValueOrDefault("types", ""))
            from word in type.Split('.', ' ', '(').Where(word => word.Length > 0 && char.IsUpper(word[0]))
            where !Regex.IsMatch(sources, $@"\b{word}\b")
            select $"{row["phrase"]}: {word}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_provider_that_is_done_is_in_the_catalog_and_the_other_way_round()
    {
        var done = Rows().Where(row => row.ContainsKey("name") && row["state"].Contains("done", StringComparison.Ordinal)).SelectMany(row => Quoted(row["name"]));

        Assert.Equal(Catalog.BuiltIn.Select(provider => provider.Name).Order(), done.Order());
    }

    private static IEnumerable<Dictionary<string, string>> Rows()
    {
        string[]? header = null;
        foreach (var line in File.ReadLines(Repo.PathTo("docs", "roadmap.md")))
        {
            if (!line.StartsWith('|'))
            {
                header = null;
                continue;
            }
            var cells = line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
            if (header is null) header = cells;
            else if (!cells[0].StartsWith("---", StringComparison.Ordinal)) yield return header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    private static IEnumerable<string> Quoted(string cell) => Backticks().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticks();
}
