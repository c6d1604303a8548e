namespace Muxi.Llm.Tests;

/// <summary><c>./muxi-llm</c>: when it builds, and that nothing of it stands between the caller and the program.</summary>
public sealed class CliLauncherTests : IDisposable
{
    private readonly LauncherFolder _folder = new();

    [Fact]
    public async Task The_first_run_builds_and_then_becomes_the_program_where_the_caller_stands()
    {
        var run = await _folder.RunAsync("muxi-llm", "chat", "Say hello");

        Assert.Equal(7, run.ExitCode);
        Assert.Equal($"{_folder["elsewhere"]} {run.ProcessId} chat Say hello\n", run.Output);
        Assert.Equal("building muxi-llm (first run) ...\n", run.Errors);
        Assert.Equal(1, _folder.Builds);
    }

    [Fact]
    public async Task A_later_run_builds_nothing_and_says_nothing()
    {
        await _folder.RunAsync("muxi-llm");

        var run = await _folder.RunAsync("muxi-llm");

        Assert.Equal("", run.Errors);
        Assert.Equal(1, _folder.Builds);
    }

    [Fact]
    public async Task An_edited_an_added_and_a_deleted_source_each_cause_a_build()
    {
        await _folder.RunAsync("muxi-llm");
        var time = File.GetLastWriteTimeUtc(_folder["src/Muxi.Llm.Cli/Program.cs"]);

        _folder.Write("src/Muxi.Llm.Cli/Program.cs", "return 1;");
        File.SetLastWriteTimeUtc(_folder["src/Muxi.Llm.Cli/Program.cs"], time);
        var edited = await _folder.RunAsync("muxi-llm");
        _folder.Write("src/Muxi.Llm.Cli/More.cs", "");
        await _folder.RunAsync("muxi-llm");
        File.Delete(_folder["src/Muxi.Llm.Cli/More.cs"]);
        await _folder.RunAsync("muxi-llm");

        Assert.Equal("building muxi-llm ...\n", edited.Errors);
        Assert.Equal(4, _folder.Builds);
    }

    [Fact]
    public async Task A_touched_source_and_the_leavings_of_other_builds_cause_none()
    {
        await _folder.RunAsync("muxi-llm");

        File.SetLastWriteTimeUtc(_folder["src/Muxi.Llm.Cli/Program.cs"], DateTime.UnixEpoch.AddYears(80));
        _folder.Write("src/Muxi.Llm.Cli/obj/Release/Generated.cs", "");
        _folder.Write("src/Muxi.Llm.Cli/bin/Release/muxi-llm.dll", "");
        await _folder.RunAsync("muxi-llm");

        Assert.Equal(1, _folder.Builds);
    }

    [Fact]
    public async Task A_failed_build_shows_its_log_on_stderr_and_is_tried_again()
    {
        _folder.Write("broken", "");
        var run = await _folder.RunAsync("muxi-llm");
        File.Delete(_folder["broken"]);
        var again = await _folder.RunAsync("muxi-llm");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("a word from the build", run.Errors, StringComparison.Ordinal);
        Assert.Equal(7, again.ExitCode);
    }

    [Fact]
    public async Task Two_first_runs_at_once_build_once()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock");

        var runs = await Task.WhenAll(_folder.RunAsync("muxi-llm"), _folder.RunAsync("muxi-llm"), _folder.RunAsync("muxi-llm"));

        Assert.All(runs, run => Assert.Equal(7, run.ExitCode));
        Assert.Equal(1, _folder.Builds);
    }

    [Fact]
    public async Task It_works_through_a_symbolic_link()
    {
        File.CreateSymbolicLink(_folder["elsewhere/mx"], "../muxi-llm");

        var run = await _folder.RunAsync("elsewhere/mx", "a");

        Assert.Equal(7, run.ExitCode);
    }

    [Fact]
    public async Task A_rebuild_leaves_the_files_of_a_running_program_alone()
    {
        await _folder.RunAsync("muxi-llm");
        await using var running = File.OpenRead(_folder[".cache/launcher/bin/Muxi.Llm.Cli/release/muxi-llm.dll"]);
        _folder.Write("sdk/dotnet", (await File.ReadAllTextAsync(_folder["sdk/dotnet"], TestContext.Current.CancellationToken))
            .Replace("echo new", "echo newer", StringComparison.Ordinal));
        _folder.Write("src/Muxi.Llm.Cli/Program.cs", "return 1;");

        await _folder.RunAsync("muxi-llm");

        using var reader = new StreamReader(running);
        Assert.Equal("new\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();
}
