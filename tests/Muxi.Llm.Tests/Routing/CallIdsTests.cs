namespace Muxi.Llm.Tests;

public sealed class CallIdsTests
{
    private static readonly DateTimeOffset _noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_made_at_once_on_many_threads_differ()
    {
        var ids = new string[20_000];
        Parallel.For(0, ids.Length, i => ids[i] = CallIds.Next(_noon));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void An_id_is_32_hexadecimal_digits() => Assert.Matches("^[0-9a-f]{32}$", CallIds.Next(_noon));

    [Fact]
    public void A_later_id_sorts_behind_an_earlier_one()
    {
        var later = CallIds.Next(_noon.AddMilliseconds(1));
        Assert.True(string.CompareOrdinal(CallIds.Next(_noon), later) < 0);
    }
}
