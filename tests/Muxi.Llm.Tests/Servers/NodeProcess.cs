using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>A server written in JavaScript, run as a child process for as long as this object lives.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    // Node ends with its stdin, so a test host that is killed leaves nothing behind.
    private const string EndWithUs = "data:text/javascript,process.stdin.on('close',()=>process.exit()).resume()";

    private readonly Process _process;
    private readonly Regex _readyLine;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Match> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private NodeProcess(Process process, Regex readyLine)
    {
        _process = process;
        _readyLine = readyLine;
        _reading = ReadAllAsync();
    }

    /// <summary>What it wrote so far, stdout and stderr together.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts Node with the given arguments; a line that matches <paramref name="readyLine"/> says that it is ready.</summary>
    public static NodeProcess Start(IEnumerable<string> arguments, Regex readyLine)
    {
        var start = NodeScript.StartInfo(["--import", EndWithUs, .. arguments]);
        return new NodeProcess(Process.Start(start)!, readyLine);
    }

    /// <summary>Waits for the line that says it is ready. Raises with the log when it ends before, or is not ready in time.</summary>
    public async Task<Match> ReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await _ready.Task.WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"Node was not ready within {limit.TotalSeconds:0} s. It wrote:\n{Log}", timeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAllAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        _ready.TrySetException(new InvalidOperationException($"Node ended before it was ready. It wrote:\n{Log}"));
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_log) _log.AppendLine(line);
            if (_readyLine.Match(line) is { Success: true } match) _ready.TrySetResult(match);
        }
    }
}
