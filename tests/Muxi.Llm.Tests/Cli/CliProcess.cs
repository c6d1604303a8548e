using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Muxi.Llm.Tests;

/// <summary>The built command line as a process of its own, with no provider's variable of this machine in its environment.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _errors;

    private CliProcess(Process process)
    {
        _process = process;
        _errors = ReadErrorsAsync();
    }

    /// <summary>What the process reads; it stays open until it is closed.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What the process writes.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts the command line.</summary>
    public static CliProcess Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [Program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = utf8, StandardOutputEncoding = utf8, StandardErrorEncoding = utf8,
        };
        foreach (var name in Catalog.All.SelectMany(provider => provider.CredentialVariables.Concat(provider.UrlVariables)).Concat(["MUXI_LLM_MODEL", "MUXI_LLM_DEBUG", "MUXI_LLM_CONFIG", "MUXI_LLM_MASTER_KEY"]))
            start.Environment.Remove(name);
        // No file of the machine's is read, and none is written there.
        foreach (var name in (string[])["XDG_CONFIG_HOME", "XDG_STATE_HOME"]) start.Environment[name] = Path.Combine(Path.GetTempPath(), "muxi-no-such-folder");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end, with this on its stdin.</summary>
    public static async Task<CliResult> RunAsync(IReadOnlyDictionary<string, string> environment, string input, params IEnumerable<string> arguments)
    {
        await using var process = Start(environment, arguments);
        await process.Input.WriteAsync(input);
        process.Input.Close();
        return await process.EndAsync();
    }

    /// <summary>Sends a signal: <c>INT</c>, <c>TERM</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end and takes what was not read yet.</summary>
    public async Task<CliResult> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken);
        return new(await ExitAsync(), output, await _errors);
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>What stands on stderr, when the process has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    /// <summary>The next line on stderr as soon as it is there; null when there are no more.</summary>
    public async Task<string?> ErrorLineAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_limit);
        return await _errorLines.Reader.WaitToReadAsync(limit.Token) && _errorLines.Reader.TryRead(out var line) ? line : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<string> ReadErrorsAsync()
    {
        var all = new StringBuilder();
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            all.Append(line).Append('\n');
            _errorLines.Writer.TryWrite(line);
        }
        _errorLines.Writer.Complete();
        return all.ToString();
    }

    /// <summary>The program of the same configuration, where its own build put it: beside the tests it lacks what their framework brings along.</summary>
    public static string Program { get; } = Path.Combine(
        Repo.PathTo("src", "Muxi.Llm.Cli"), Path.GetRelativePath(Repo.PathTo("tests", "Muxi.Llm.Tests"), AppContext.BaseDirectory), "muxi-llm.dll");
}
