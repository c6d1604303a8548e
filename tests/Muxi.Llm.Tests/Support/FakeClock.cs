namespace Muxi.Llm.Tests;

/// <summary>A clock that stands still until it is advanced; its timers go off then, on the thread that advances it.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Reached)> _waiters = [];
    private readonly HashSet<TimeSpan> _armed = [];
    private DateTimeOffset _now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Ends when a timer was, or had been, set to go off after this time.</summary>
    public Task Armed(TimeSpan due)
    {
        lock (_lock)
        {
            if (_armed.Contains(due)) return Task.CompletedTask;
            var waiter = (due, Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Reached.Task;
        }
    }

    public void Advance(TimeSpan time)
    {
        List<FakeTimer> due;
        lock (_lock)
        {
            _now += time;
            due = [.. _timers.Where(timer => timer.At <= _now)];
            foreach (var timer in due) timer.At = DateTimeOffset.MaxValue;
        }
        foreach (var timer in due) timer.Ring();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        lock (_lock) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Set(FakeTimer timer, TimeSpan due)
    {
        lock (_lock)
        {
            timer.At = due == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _now + due;
            _armed.Add(due);
            foreach (var waiter in _waiters.Where(waiter => waiter.Due == due)) waiter.Reached.TrySetResult();
        }
        if (due == TimeSpan.Zero) timer.Ring();
    }

    private void Remove(FakeTimer timer)
    {
        lock (_lock) _timers.Remove(timer);
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset At { get; set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime);
            return true;
        }

        public void Ring() => callback(state);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
