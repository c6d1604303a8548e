using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>What was said stays for the next time, for its owner alone.</summary>
public sealed class LineHistoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-history");

    private string FilePath => Path.Combine(_folder.FullName, "state", "muxi-llm", "history");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Lines_are_there_the_next_time()
    {
        var first = Open();
        foreach (var line in (string[])["one", "one", " secret", "", "two\nlines \\n", "three"]) first.Add(line);

        Assert.Equal(["one", "two\nlines \\n", "three"], Open().Lines);
    }

    [Fact]
    public void Nobody_else_can_read_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights");
        Open().Add("mine");

        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("0")]
    public void It_can_be_turned_off(string value)
    {
        var history = Open(value);
        history.Add("not kept");

        Assert.Equal(["not kept"], history.Lines);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void It_does_not_grow_for_ever()
    {
        Open().Add("x");
        File.AppendAllLines(FilePath, Enumerable.Range(0, 3000).Select(number => $"line {number}"));

        Assert.Equal(1000, Open().Lines.Count);
        Assert.Equal("line 2999", File.ReadLines(FilePath).Last());
        Assert.Equal(1000, File.ReadLines(FilePath).Count());
    }

    [Fact]
    public void A_file_that_cannot_be_written_keeps_nobody_from_talking()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "state"), "a file, and no folder");

        var history = Open();
        history.Add("said");

        Assert.Equal(["said"], history.Lines);
    }

    private LineHistory Open(string? variable = null)
    {
        var run = new CliRun { Environment = new() { ["XDG_STATE_HOME"] = Path.Combine(_folder.FullName, "state") } };
        if (variable is not null) run.Environment[LineHistory.Variable] = variable;
        return LineHistory.Of(run.Terminal(TextWriter.Null, TextWriter.Null));
    }
}
