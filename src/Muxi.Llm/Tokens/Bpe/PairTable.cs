using System.Numerics;

namespace Muxi.Llm;

/// <summary>The rank of each pair of tokens that is merged. Most pairs that are looked up are in no table, so it is kept more than half empty.</summary>
internal sealed class PairTable
{
    /// <summary>The rank of a pair that is not merged: higher than any.</summary>
    public const int Never = int.MaxValue;

    /// <summary>One more than the highest id of a token.</summary>
    public const int IdLimit = 1 << 20;

    /// <summary>One more than the highest rank.</summary>
    public const int RankLimit = (1 << 24) - 1;

    // 20 bits left, 20 bits right, 24 bits rank; all ones where there is none, which no pair is.
    private readonly ulong[] _slots;
    private readonly int _shift;

    public PairTable(int count)
    {
        var bits = Math.Max(4, 32 - BitOperations.LeadingZeroCount((uint)count * 2));
        _shift = 64 - bits;
        _slots = new ulong[1 << bits];
        Array.Fill(_slots, ulong.MaxValue);
    }

    /// <summary>Adds a pair; one that is there already keeps its rank.</summary>
    public void Add(int left, int right, int rank)
    {
        var key = Key(left, right);
        var at = Slot(key);
        for (; _slots[at] != ulong.MaxValue; at = (at + 1) & (_slots.Length - 1))
            if (_slots[at] >> 24 == key) return;
        _slots[at] = key << 24 | (uint)rank;
    }

    public int Rank(int left, int right)
    {
        var key = Key(left, right);
        var slots = _slots;
        for (var at = Slot(key); ; at = (at + 1) & (slots.Length - 1))
        {
            var slot = slots[at];
            if (slot >> 24 == key) return (int)(slot & 0xFFFFFF);
            if (slot == ulong.MaxValue) return Never;
        }
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 20 | (uint)right;

    // Fibonacci hashing: the golden ratio spreads neighbouring ids.
    private int Slot(ulong key) => (int)(key * 0x9E3779B97F4A7C15 >> _shift);
}
