using System.Diagnostics;

namespace Muxi.Llm.Tests;

/// <summary>What is written to when a path is no plain file: what stands there is never taken away.</summary>
public sealed class SavingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi saving ");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_stays_one_and_its_file_gets_the_bytes()
    {
        await File.WriteAllTextAsync(At("file"), "old", Cancel);
        File.CreateSymbolicLink(At("link"), "file");
        File.CreateSymbolicLink(At("dangling"), At("new"));

        await SaveAsync("link", "one");
        await SaveAsync("dangling", "two");

        Assert.Equal(("file", At("new")), (new FileInfo(At("link")).LinkTarget, new FileInfo(At("dangling")).LinkTarget));
        Assert.Equal(("one", "two"), (await File.ReadAllTextAsync(At("file"), Cancel), await File.ReadAllTextAsync(At("new"), Cancel)));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_pipe_is_written_to_and_stays_one(bool isLookedOver)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes");
        using (var made = Process.Start("mkfifo", [At("pipe")])) await made.WaitForExitAsync(Cancel);
        using var reader = Process.Start(new ProcessStartInfo("cat", [At("pipe")]) { RedirectStandardOutput = true })!;
        // Held open, so that the reader's end comes with ours, whoever opens it how often.
        await using (var held = new FileStream(At("pipe"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            Assert.True(Saving.IsPassage(At("pipe")));
            await SaveAsync("pipe", "one", isLookedOver ? static (whole, cancel) => { whole.Position = 0; return whole.WriteAsync("O"u8.ToArray(), cancel); } : null);
        }

        Assert.Equal(isLookedOver ? "One" : "one", await reader.StandardOutput.ReadToEndAsync(Cancel));
        await reader.WaitForExitAsync(Cancel);
        Assert.Equal(["pipe"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public void A_device_is_no_file_to_be_replaced_and_a_file_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such devices");
        File.WriteAllText(At("empty"), "");

        Assert.Equal((true, true, false, false), (Saving.IsPassage("/dev/null"), Saving.IsPassage("/dev/../dev/null"), Saving.IsPassage(At("empty")), Saving.IsPassage(At("none"))));
    }

    [Fact]
    public async Task A_failure_names_the_file_that_is_meant()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no /proc here");

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Saving.SaveAsync(new MemoryStream([1]), "/proc/a.mp3", default, Cancel));

        Assert.Contains("'/proc/a.mp3'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".part", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task SaveAsync(string name, string text, Func<Stream, CancellationToken, ValueTask>? finish = null) =>
        Saving.SaveAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), At(name), new() { Finish = finish }, Cancel);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
