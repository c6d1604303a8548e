using System.Runtime.InteropServices;

namespace Muxi.Llm.Cli;

/// <summary>Ctrl-C and SIGTERM. Ctrl-C ends the turn that is under way where there is one, else the program.</summary>
internal sealed class Interrupts(TimeProvider? clock = null) : IDisposable
{
    public const int Interrupted = 130;
    public const int Terminated = 143;

    /// <summary>How long a program that was told to end may take: a service or a terminal that hangs is not waited for.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _program = new();
    private List<PosixSignalRegistration> _signals = [];
    private CancellationTokenSource? _turn;
    private ITimer? _deadline;

    /// <summary>Cancelled when the program is to end.</summary>
    public CancellationToken Token => _program.Token;

    /// <summary>What an interrupted program ends with, as shells expect: 128 and the signal's number.</summary>
    public int ExitCode { get; private set; } = Interrupted;

    /// <summary>Listens to the signals of this process. The second one ends it at once.</summary>
    /// <param name="clock">Counts the grace.</param>
    public static Interrupts OfProcess(TimeProvider clock)
    {
        var interrupts = new Interrupts(clock);
        interrupts._signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => interrupts.Take(signal, interrupts.Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => interrupts.Take(signal, interrupts.Terminate)),
        ];
        return interrupts;
    }

    /// <summary>What Ctrl-C does.</summary>
    public void Interrupt()
    {
        lock (_lock)
        {
            if (_turn is { IsCancellationRequested: false } turn) _ = turn.CancelAsync();
            else End(Interrupted);
        }
    }

    /// <summary>What SIGTERM does.</summary>
    public void Terminate()
    {
        lock (_lock) End(Terminated);
    }

    /// <summary>Runs one turn of a conversation under a token of its own: Ctrl-C ends the turn and not the conversation.</summary>
    public async Task TurnAsync(Func<CancellationToken, Task> turn)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        lock (_lock) _turn = source;
        try
        {
            await turn(source.Token);
        }
        finally
        {
            lock (_lock) _turn = null;
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        lock (_lock) _deadline?.Dispose();
        _program.Dispose();
    }

    private void Take(PosixSignalContext signal, Action act)
    {
        signal.Cancel = true;
        if (Token.IsCancellationRequested) Environment.Exit(ExitCode);
        act();
    }

    /// <summary>What hangs on the token runs elsewhere, so that the next signal is heard whatever it does.</summary>
    private void End(int code)
    {
        if (_program.IsCancellationRequested) return;
        ExitCode = code;
        _deadline = clock?.CreateTimer(_ => Environment.Exit(ExitCode), null, Grace, Timeout.InfiniteTimeSpan);
        _ = _program.CancelAsync();
    }
}
