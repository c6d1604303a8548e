namespace Muxi.Llm.Tests;

/// <summary><c>./test</c>: whatever happens, its last line is the count, and its exit status agrees.</summary>
public sealed class TestLauncherTests : IDisposable
{
    private readonly LauncherFolder _folder = new();

    [Fact]
    public async Task It_adds_up_the_summaries_of_all_projects()
    {
        _folder.WriteTests("One.Tests", Summary(passed: 5, failed: 0, skipped: 2));
        _folder.WriteTests("Two.Tests", Summary(passed: 30, failed: 0, skipped: 1));

        var run = await _folder.RunAsync("test");

        Assert.Equal("35 passed, 0 failed, 3 skipped", LastLine(run));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_failed_test_fails_the_run_after_all_projects_ran()
    {
        _folder.WriteTests("One.Tests", Summary(passed: 5, failed: 1, skipped: 0));
        _folder.WriteTests("Two.Tests", Summary(passed: 1, failed: 0, skipped: 0));

        var run = await _folder.RunAsync("test");

        Assert.Equal("6 passed, 1 failed, 0 skipped", LastLine(run));
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("echo boom; exit 134")]
    [InlineData("echo '  succeeded: 3'; exit 0")]
    public async Task A_project_that_dies_or_ends_without_a_summary_counts_as_a_failure(string says)
    {
        _folder.WriteTests("One.Tests", says);
        _folder.WriteTests("Two.Tests", Summary(passed: 2, failed: 0, skipped: 0));

        var run = await _folder.RunAsync("test");

        Assert.Equal("2 passed, 1 failed, 0 skipped", LastLine(run));
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_summary_without_failures_and_a_bad_exit_status_is_a_failure()
    {
        _folder.WriteTests("One.Tests", Summary(passed: 4, failed: 0, skipped: 0, status: 3));

        var run = await _folder.RunAsync("test");

        Assert.Equal("4 passed, 1 failed, 0 skipped", LastLine(run));
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_failed_build_counts_as_a_failure_and_nothing_old_is_run()
    {
        _folder.WriteTests("One.Tests", Summary(passed: 4, failed: 0, skipped: 0));
        _folder.Write("broken", "");

        var run = await _folder.RunAsync("test");

        Assert.Equal("0 passed, 1 failed, 0 skipped\n", run.Output);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("a word from the build", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_may_miss_one_project_but_not_all()
    {
        _folder.WriteTests("One.Tests", Summary(passed: 0, failed: 0, skipped: 0, status: 8));
        var nothing = await _folder.RunAsync("test", "--filter", "x");
        _folder.WriteTests("Two.Tests", Summary(passed: 1, failed: 0, skipped: 0));
        var one = await _folder.RunAsync("test", "--filter", "x");

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), (nothing.ExitCode, LastLine(nothing)));
        Assert.Equal((0, "1 passed, 0 failed, 0 skipped"), (one.ExitCode, LastLine(one)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("groq", " --filter-query /*/*/LiveTests/* key gsk")]
    public async Task Keys_are_for_the_live_tests_alone(string live, string expected)
    {
        _folder.WriteTests("One.Tests", "echo \"args: ${*:5} key $GROQ_API_KEY\"\n" + Summary(passed: 1, failed: 0, skipped: 0));

        var run = await _folder.RunAsync("test", new Dictionary<string, string> { ["MUXI_LLM_LIVE"] = live, ["GROQ_API_KEY"] = "gsk" });

        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Equal(live.Length > 0, run.Output.Contains("gsk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_filter_is_looked_for_in_class_and_test_names()
    {
        _folder.WriteTests("One.Tests", "echo \"args: $*\"\n" + Summary(passed: 1, failed: 0, skipped: 0));

        var run = await _folder.RunAsync("test", "--filter", "a comment line");

        Assert.Contains("--filter-query /*/*/*a_comment_line*/* --filter-query /*/*/*/*a_comment_line*", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_reach_the_tests_as_variables_and_the_callers_keys_do_not()
    {
        _folder.WriteTests("One.Tests",
            "echo \"long=$MUXI_LLM_LONG accept=$MUXI_LLM_ACCEPT_API keys=$(compgen -e | grep -c _API_KEY)\"\n" + Summary(passed: 1, failed: 0, skipped: 0));
        _folder.Write("with-key", $"#!/usr/bin/env bash\nSOME_API_KEY=secret exec '{_folder["test"]}' \"$@\"\n");

        var run = await _folder.RunAsync("with-key", "--long", "--accept-api");

        Assert.Contains("long=1 accept=1 keys=0", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nope")]
    [InlineData("--filter")]
    [InlineData("stray")]
    public async Task Wrong_usage_is_explained_and_ends_with_2(params string[] arguments)
    {
        var run = await _folder.RunAsync("test", arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("usage:", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _folder.Builds);
    }

    public void Dispose() => _folder.Dispose();

    private static string Summary(int passed, int failed, int skipped, int? status = null) => $"""
        echo "Test run summary: whatever"
        echo "  total: {passed + failed + skipped}"
        echo "  failed: {failed}"
        echo "  succeeded: {passed}"
        echo "  skipped: {skipped}"
        exit {status ?? (failed > 0 ? 2 : 0)}
        """;

    private static string LastLine(LauncherRun run) => run.Output.TrimEnd('\n').Split('\n')[^1];
}
