namespace Muxi.Llm.Tests;

public sealed class ManualTimeTests
{
    [Fact]
    public void The_clock_stands_still_until_it_is_advanced()
    {
        var time = new ManualTime();
        var (start, stamp) = (time.GetUtcNow(), time.GetTimestamp());

        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(TimeSpan.FromSeconds(90), time.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromSeconds(90), time.GetElapsedTime(stamp));
    }

    [Fact]
    public void A_delay_ends_when_its_time_has_come_and_not_before()
    {
        var time = new ManualTime();
        var delay = Task.Delay(TimeSpan.FromSeconds(2), time, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(delay.IsCompletedSuccessfully);
        Assert.Equal(0, time.PendingTimers);
    }

    [Fact]
    public void Timers_fire_in_order_each_at_its_own_time()
    {
        var time = new ManualTime();
        var start = time.GetUtcNow();
        var seen = new List<(string, double)>();
        void At(string name, double seconds, double period = 0) => time.CreateTimer(
            _ => seen.Add((name, (time.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(period));

        At("late", 5);
        At("again", 2, 2);
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([("again", 2), ("again", 4), ("late", 5), ("again", 6)], seen);
    }

    [Fact]
    public void A_timer_that_is_disposed_or_put_off_does_not_fire()
    {
        var time = new ManualTime();
        var fired = 0;
        var disposed = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var stopped = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        disposed.Dispose();
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, fired);
        Assert.False(disposed.Change(TimeSpan.Zero, TimeSpan.Zero));
    }
}
