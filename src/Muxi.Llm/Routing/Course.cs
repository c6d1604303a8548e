namespace Muxi.Llm;

/// <summary>One place that a call may go to: the model it names, or one of its fallbacks.</summary>
/// <param name="Name">Who is meant.</param>
/// <param name="Options">The settings that hold there.</param>
/// <param name="Fallback">What makes it a fallback; null for the call's own model.</param>
internal readonly record struct Stop(ModelName Name, RequestOptions? Options, Fallback? Fallback)
{
    /// <summary>What holds there where the request leaves it out.</summary>
    public IReadOnlyList<RequestDefaults> Defaults { get; init; } = [];
}

/// <summary>What harm it can do to send a call once more.</summary>
internal enum Repeats
{
    /// <summary>None: it only reads or generates.</summary>
    Freely,

    /// <summary>It may create something twice: only where the failed one cannot have worked.</summary>
    WithoutEffect,

    /// <summary>Its body can be read but once: only where nothing of it was sent.</summary>
    Unsent,
}

/// <summary>Where a call may go, in order, and when it may be sent again.</summary>
/// <param name="Stops">The call's own model, then its fallbacks.</param>
/// <param name="Repeats">When it may be sent again, here or elsewhere.</param>
internal readonly record struct CallPlan(IReadOnlyList<Stop> Stops, Repeats Repeats)
{
    /// <summary>Whether the call may be sent once more after such a failure.</summary>
    public bool MayRepeat(LlmException error) => Repeats switch
    {
        Repeats.Freely => true,
        Repeats.WithoutEffect => RetryPolicy.HadNoEffect(error),
        _ => RetryPolicy.WasUnsent(error),
    };
}

/// <summary>
/// The course of one call over its targets: which attempt comes next, what has become of those before, and what the caller is told when none was good.
/// <code>
///   attempt ── good ──► done
///      │ failed
///      ├─ worth another try, budget and time left ──► wait ──► attempt (same target)
///      ├─ a later fallback takes such failures ─────────────► attempt (next target)
///      └─ else: the error; after several targets AllTargetsFailedException
/// </code>
/// </summary>
internal sealed class Course(Transport transport, Targets targets, RetryPolicy retries, CallPlan plan, CancellationToken caller) : IDisposable
{
    private readonly long _started = transport.Clock.GetTimestamp();
    private int _at;
    private int _made;
    private AttemptInProgress? _current;
    private List<Attempt>? _attempts;
    private List<LlmException>? _failures;

    /// <summary>What was read of addresses for this call, so that it is read once.</summary>
    public Dictionary<string, InlineData> Fetched => field ??= [];

    /// <summary>Where the course stands.</summary>
    public Stop Stop => plan.Stops[_at];

    /// <summary>The settings of the present target.</summary>
    public RequestOptions? Options => Stop.Options;

    /// <summary>Begins the next attempt; where a server is to be started for it, when that answers.</summary>
    /// <param name="operation">What is asked, as verbs are named.</param>
    /// <param name="offer">What a service has for that: where it has nothing, no server is started. Null where the service says itself what it has.</param>
    /// <exception cref="ConfigurationException">The target cannot be asked as things are set up: its key is missing.</exception>
    /// <exception cref="ServerException">A server that is started here does not come up; nothing was sent.</exception>
    public async ValueTask<AttemptInProgress> BeginAsync(string operation, Func<Provider, string, object?>? offer)
    {
        _current?.Dispose();
        _current = null;
        var stop = plan.Stops[_at];
        var target = targets.Resolve(stop.Name, stop.Options);
        var timeouts = transport.TimeoutsFor(stop);
        if (_at > 0) timeouts = timeouts with { Total = transport.TimeoutsFor(plan.Stops[0]).Total };
        ServerLease? lease = null;
        if (target.File is not null && (offer is null || offer(target.Provider, target.Model) is not null))
        {
            // Loading is no part of the attempt: it has limits of its own, and is not made again by who waits for a reply.
            using var loading = new Waiting(timeouts, transport.Clock, _started, caller);
            (target, lease) = await targets.Local.RunAsync(target, operation, loading, transport.Logger).ConfigureAwait(false);
        }
        var now = transport.Clock.GetUtcNow();
        var context = new CallContext(target.Provider.Name, target.Provider.WholeModel(target.Model), CallIds.Next(now), now) { Secrets = target.Secrets, Service = target.Provider, Account = target.Account };
        _current = new(target, context, new(timeouts, transport.Clock, _started, caller), stop.Options?.Strict ?? false, transport.Logger) { Lease = lease };
        if (_made++ == 0) retries.Count(target);
        return _current;
    }

    /// <summary>The attempt was good: what its reply carries.</summary>
    public CallRecord Succeeded() => _current!.Succeeded(_attempts);

    /// <summary>An attempt failed: waits for the next one, if there is one.</summary>
    /// <returns>What to raise; null to go on.</returns>
    public async ValueTask<LlmException?> AfterAsync(LlmException error)
    {
        if (_current?.Lease is { } lease) error = await lease.ExplainAsync(error).ConfigureAwait(false);
        Note(error);
        var mayRepeat = plan.MayRepeat(error);
        if (mayRepeat && _current is { } failed && retries.WaitBefore(failed, error, _made, Options?.MaxRetries) is { } wait)
        {
            if (wait > TimeSpan.Zero) await WaitAsync(failed, wait).ConfigureAwait(false);
            return null;
        }
        (_failures ??= []).Add(error);
        if (mayRepeat && HasNext(error)) return null;
        return _failures is [_] ? error : AllTargetsFailedException.Of(_failures);
    }

    /// <summary>A committed stream broke: the error is the caller's, and tells of every attempt.</summary>
    public void Broke(LlmException error) => Note(error);

    public void Dispose() => _current?.Dispose();

    private async Task WaitAsync(AttemptInProgress failed, TimeSpan wait)
    {
        Log.Retries(transport.Logger, failed.Target.Name, wait.TotalMilliseconds);
        // The failed attempt's own timer may have run out.
        using var waiting = new Waiting(failed.Waiting.Timeouts, transport.Clock, _started, caller);
        await transport.PauseAsync(failed.Target, wait, waiting).ConfigureAwait(false);
    }

    /// <summary>Steps to the next target that takes such failures.</summary>
    private bool HasNext(LlmException error)
    {
        // The whole call's time is over for everybody.
        if (error is ApiTimeoutException { Timeout: TimeoutKind.Total } || _current?.Waiting.Left <= TimeSpan.Zero) return false;
        for (var at = _at + 1; at < plan.Stops.Count; at++)
        {
            if (!plan.Stops[at].Fallback!.Covers(error)) continue;
            Log.FallsBack(transport.Logger, plan.Stops[_at].Name.ToString(), plan.Stops[at].Name.ToString(), error.Kind);
            (_at, _made) = (at, 0);
            _current?.Dispose();
            _current = null;
            return true;
        }
        return false;
    }

    private void Note(LlmException error)
    {
        if (_current?.Failed(error) is { } attempt) (_attempts ??= []).Add(attempt);
        error.Attempts = _attempts is null ? [] : [.. _attempts];
    }
}
