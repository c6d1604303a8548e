using System.Diagnostics;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A conversation on a real (pseudo) terminal, which <c>script</c> of util-linux provides.</summary>
public sealed class RealTerminalTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("muxi-state");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task A_line_is_edited_and_comes_back_in_the_next_conversation()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script (util-linux) is not installed");

        var first = await TalkAsync("helo\e[Dl\r", "\u0004");
        var second = await TalkAsync("\e[A!\r", "\u0004");

        Assert.Contains("\nhello\r\n", first, StringComparison.Ordinal);
        Assert.Contains("\nhello!\r\n", second, StringComparison.Ordinal);
        Assert.Equal("hello\nhello!\n", await File.ReadAllTextAsync(Path.Combine(_state.FullName, "muxi-llm", "history"), TestContext.Current.CancellationToken));
    }

    /// <summary>Types each text when the prompt has come, and gives all that was shown.</summary>
    private async Task<string> TalkAsync(params string[] typed)
    {
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"dotnet '{CliProcess.Program}' chat -m sandbox/echo", "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm";
        foreach (var name in (string[])["MUXI_LLM_CONFIG", "MUXI_LLM_HISTORY"]) start.Environment.Remove(name);
        (start.Environment["XDG_STATE_HOME"], start.Environment["XDG_CONFIG_HOME"]) = (_state.FullName, _state.FullName);
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        foreach (var text in typed)
        {
            await UntilAsync(process.StandardOutput, "> ", shown);
            await process.StandardInput.WriteAsync(text);
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            // The line is drawn anew with each key; the next prompt comes after its end.
            if (text.EndsWith('\r')) await UntilAsync(process.StandardOutput, "\r\r\n", shown);
        }
        shown.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shown.ToString();
    }

    private static async Task UntilAsync(StreamReader output, string end, StringBuilder shown)
    {
        var one = new char[1];
        while (shown.Length < end.Length || shown.ToString(shown.Length - end.Length, end.Length) != end)
        {
            if (await output.ReadAsync(one, TestContext.Current.CancellationToken).AsTask().WaitAsync(_limit, TestContext.Current.CancellationToken) == 0) Assert.Fail($"it ended: {shown}");
            shown.Append(one[0]);
        }
    }
}
