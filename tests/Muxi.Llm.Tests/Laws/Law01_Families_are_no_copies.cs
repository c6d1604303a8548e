namespace Muxi.Llm.Tests;

/// <summary>What two families need stands in one place that both use; a family that was begun as a copy of another is mended twice, and once forgotten.</summary>
public class Law01_Families_are_no_copies
{
    private const string Folder = "src/Muxi.Llm/Dialects/";
    private const int Run = 4;
    private const double Most = 0.05;
    private const int Few = 20;

    [Fact]
    public void Less_than_a_twentieth_of_a_familys_lines_stand_in_another_one() =>
        Law.Holds(Check(Sources.Library), "Move what both need to the Dialects folder itself, to Json or to Chat.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => $"    var number{i} = Read(reader, {i});")];
        Source first = new(Folder + "One/Reader.cs", string.Join('\n', lines)), own = new(Folder + "Two/Writer.cs", string.Join('\n', lines.Select(line => line.Replace("Read", "Write", StringComparison.Ordinal))));

        Assert.Empty(Check([first, own, new(Folder + "Two/Scattered.cs", string.Join("\nvar other = 1;\n", lines.Chunk(3).Select(some => string.Join('\n', some))))]));
        Law.Catches(Check([first, own, new(Folder + "Two/Copied.cs", string.Join('\n', lines[10..35]))]), Folder + "One", Folder + "Two");
    }

    private static IEnumerable<Breach> Check(IEnumerable<Source> sources)
    {
        var families = sources.Where(source => source.Path.StartsWith(Folder, StringComparison.Ordinal) && source.Path[Folder.Length..].Contains('/', StringComparison.Ordinal))
            .GroupBy(source => source.Path[..source.Path.IndexOf('/', Folder.Length)], source => (source.Path, Lines: Telling(source.Text)))
            .Select(family => (Name: family.Key, Files: family.ToList())).ToList();
        foreach (var family in families)
        {
            var elsewhere = families.Where(other => other.Name != family.Name).SelectMany(other => other.Files).SelectMany(file => Runs(file.Lines)).ToHashSet(StringComparer.Ordinal);
            var copied = family.Files.Select(file => (file.Path, Count: Copied(file.Lines, elsewhere))).ToList();
            var (all, count) = (family.Files.Sum(file => file.Lines.Count), copied.Sum(file => file.Count));
            if (count > Math.Max(Few, all * Most))
                yield return new(family.Name, 0, $"{count} of {all} lines stand in other families too, most of them in {string.Join(", ", copied.OrderByDescending(file => file.Count).Take(3).Select(file => Path.GetFileName(file.Path)))}");
        }
    }

    /// <summary>The lines that say something: no braces, imports or documentation.</summary>
    private static List<string> Telling(string text) =>
        [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Count(char.IsLetter) >= 4 && !line.StartsWith("///", StringComparison.Ordinal) && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal))];

    private static IEnumerable<string> Runs(List<string> lines) => Enumerable.Range(0, Math.Max(0, lines.Count - Run + 1)).Select(at => string.Join('\n', lines.Skip(at).Take(Run)));

    private static int Copied(List<string> lines, HashSet<string> elsewhere)
    {
        var copied = new HashSet<int>();
        foreach (var (at, run) in Runs(lines).Index())
            if (elsewhere.Contains(run)) copied.UnionWith(Enumerable.Range(at, Run));
        return copied.Count;
    }
}
