namespace Muxi.Llm;

/// <summary>
/// The waiting of one attempt: its token is cancelled by the caller, by the limit of the present phase, or by the limit of the whole call, and it can say which.
/// </summary>
internal sealed class Waiting : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private readonly long _callStarted;
    private readonly TimeSpan _total;
    private TimeoutKind _phase;
    private TimeSpan _limit;

    /// <summary>Begins an attempt.</summary>
    /// <param name="timeouts">The limits of each phase, and of the whole call.</param>
    /// <param name="clock">Counts them.</param>
    /// <param name="callStarted">The clock's timestamp when the call was begun, of which this may be a later attempt.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    public Waiting(Timeouts timeouts, TimeProvider clock, long callStarted, CancellationToken caller)
    {
        (Timeouts, _clock, _caller, _total, _callStarted) = (timeouts, clock, caller, timeouts.Total, callStarted);
        _started = clock.GetTimestamp();
        _source = new(Timeout.InfiniteTimeSpan, clock);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public Timeouts Timeouts { get; }

    public CancellationToken Token => _source.Token;

    public bool IsCancelledByCaller => _caller.IsCancellationRequested;

    /// <summary>Since the attempt was begun.</summary>
    public TimeSpan Elapsed => _clock.GetElapsedTime(_started);

    /// <summary>What is left of the whole call's time.</summary>
    public TimeSpan Left => _total == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _total - _clock.GetElapsedTime(_callStarted);

    /// <summary>Begins to wait for something, for no longer than its limit and what is left of the whole call's.</summary>
    public void Begin(TimeoutKind phase, TimeSpan limit)
    {
        (_phase, _limit) = (phase, limit);
        if (_total != Timeout.InfiniteTimeSpan)
        {
            var left = Left;
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
            if (limit == Timeout.InfiniteTimeSpan || left < limit) (_phase, limit, _limit) = (TimeoutKind.Total, left, _total);
        }
        _source.CancelAfter(limit);
    }

    /// <summary>Waits for nobody but the caller, who may take as long as is left of the whole call.</summary>
    public void Pause() => Begin(TimeoutKind.Total, Timeout.InfiniteTimeSpan);

    /// <summary>What a cancellation means: the caller's own, with the caller's token, or a timeout.</summary>
    public Exception Explain(OperationCanceledException cancelled, string provider, string? model)
    {
        if (_caller.IsCancellationRequested) return new OperationCanceledException("The call was cancelled.", cancelled, _caller);
        if (!_source.IsCancellationRequested)
        {
            // The handler gave up by itself. Its connect timeout is told as a cancellation with a TimeoutException inside.
            if (cancelled.InnerException is not TimeoutException)
                return new ApiConnectionException($"{provider}: the call was given up below us: {cancelled.Message.ReplaceLineEndings(" ")}", cancelled) { Provider = provider, Model = model };
            return new ApiTimeoutException($"{provider}: no connection within {Words(Timeouts.Connect)}", TimeoutKind.Connect, cancelled) { Provider = provider, Model = model, NothingWasSent = true };
        }
        var what = _phase switch
        {
            TimeoutKind.FirstByte => $"no reply within {Words(_limit)}",
            TimeoutKind.Idle => $"nothing more came for {Words(_limit)}",
            _ => $"the call took longer than {Words(_limit)}",
        };
        return new ApiTimeoutException($"{provider}: {what}", _phase, cancelled) { Provider = provider, Model = model };
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }

    private static string Words(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
