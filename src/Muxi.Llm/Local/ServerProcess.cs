using System.ComponentModel;
using System.Diagnostics;

namespace Muxi.Llm;

/// <summary>
/// The only code that starts a process. What it starts ends with us, whatever becomes of us: beside the program a shell waits at a pipe whose other end is ours, and kills
/// the program when that end closes, which the system does where we are killed ourselves. Windows has no such shell: there a server is ended in every way but that one.
/// <code>
///   we ──pipe──► sh: read, then kill ──┐
///    └─ setsid ─ sh ─ exec ─► program ◄┘      one process id from the start; Ctrl-C at our terminal does not reach it
/// </code>
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>What is written to the guard where the program has ended by itself: its number may be another's by then.</summary>
    private const string Over = "over";

    // Of two pipes nobody knows what was written first, and what went wrong is to be the last that is read: so there is one.
    private const string Guarded = $$"""
        exec 3<&0 </dev/null
        { trap '' INT HUP QUIT TERM; read -r word <&3; [ "$word" = {{Over}} ] || kill -s KILL -- "-$$" || kill -s KILL "$$"; } >/dev/null 2>&1 &
        exec 3<&- 2>&1
        exec "$@"
        """;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ServerProcess(Process process)
    {
        _process = process;
        Read = Task.WhenAll(Log.ReadAsync(process.StandardOutput), Log.ReadAsync(process.StandardError));
        Exited = ExitedAsync();
    }

    /// <summary>The last that it wrote.</summary>
    public LogTail Log { get; } = new();

    /// <summary>Done when it has ended.</summary>
    public Task Exited { get; }

    /// <summary>Done when all that it wrote was read, which takes longer where others write there too.</summary>
    public Task Read { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>How it ended, in words.</summary>
    public string End => _process.ExitCode > 128 ? $"killed by signal {_process.ExitCode - 128}" : $"exit code {_process.ExitCode}";

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it gets besides ours.</param>
    /// <param name="withheld">Variables of ours that it does not get, besides those that look like keys: a program of somebody else's has no business with them.</param>
    /// <exception cref="LocalStartException">The system does not start it.</exception>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, IEnumerable<string> withheld)
    {
        string[] command = OperatingSystem.IsWindows() ? [program] : [.. Apart(), "/bin/sh", "-c", Guarded, "sh", program];
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
        };
        foreach (var name in withheld.Concat(start.Environment.Keys.Where(IsSecret)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return new(Process.Start(start)!);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new LocalStartException($"{program} cannot be started: {e.Message}");
        }
    }

    /// <summary>Ends it, and waits until it has ended.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It ended before.
        }
        _process.WaitForExit(_patience);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    /// <summary>Whether a variable is a key by its name, or a setting of this library, which may hold one.</summary>
    private static bool IsSecret(string variable) =>
        variable.StartsWith("MUXI_LLM_", StringComparison.OrdinalIgnoreCase) || variable.Contains("SECRET", StringComparison.OrdinalIgnoreCase) || variable.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase)
        || variable.EndsWith("_KEY", StringComparison.OrdinalIgnoreCase) || variable.EndsWith("_TOKEN", StringComparison.OrdinalIgnoreCase);

    /// <summary>What puts it into a group of its own, since Ctrl-C goes to all of a terminal's group: setsid is everywhere but on macOS, which has perl.</summary>
    private static string[] Apart()
    {
        foreach (var setsid in (string[])["/usr/bin/setsid", "/bin/setsid"])
            if (File.Exists(setsid)) return [setsid];
        return File.Exists("/usr/bin/perl") ? ["/usr/bin/perl", "-e", "setpgrp(0, 0); exec { $ARGV[0] } @ARGV"] : [];
    }

    private async Task ExitedAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var input = _process.StandardInput;
            await input.WriteLineAsync(Over).ConfigureAwait(false);
            await input.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The guard was ended together with it.
        }
    }
}

/// <summary>A server did not come up. Each call that waited for it raises an error of its own.</summary>
internal sealed class LocalStartException(string message) : Exception(message);
