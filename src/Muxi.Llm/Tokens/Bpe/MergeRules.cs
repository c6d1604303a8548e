using System.Text;

namespace Muxi.Llm;

/// <summary>What a list of merges says, the first merge first.</summary>
internal sealed class MergeRules
{
    // Of so many parts the lowest pair is found soon enough by looking at all.
    private const int Many = 128;

    private readonly ReadOnlyMemory<byte>[] _tokens;
    private readonly PairTable _pairs;
    // By rank: the token that the pair becomes.
    private readonly int[] _results;
    private readonly Dictionary<int, int> _symbols = [];
    private readonly bool _characters;

    /// <summary>Reads the rules.</summary>
    /// <param name="tokens">What each id stands for, by id; empty for an id that no text makes.</param>
    /// <param name="merges">Which neighbours become which token.</param>
    /// <param name="characters">Whether merging begins with characters; else with bytes.</param>
    public MergeRules(ReadOnlyMemory<byte>[] tokens, ReadOnlySpan<(int Left, int Right, int Result)> merges, bool characters)
    {
        (_tokens, _characters) = (tokens, characters);
        _pairs = new(merges.Length);
        _results = new int[merges.Length];
        for (var rank = 0; rank < merges.Length; rank++)
        {
            var (left, right, result) = merges[rank];
            _results[rank] = result;
            _pairs.Add(left, right, rank);
        }
        for (var id = tokens.Length - 1; id >= 0; id--)
            if (Symbol(tokens[id].Span, out var length) is var symbol && length == tokens[id].Length && length > 0) _symbols[symbol] = id;
    }

    /// <summary>The vocabulary that encodes by these rules.</summary>
    public BytePairs Build(bool wholePieces)
    {
        var entries = new BytePairs.Entry[_tokens.Length];
        for (var id = 0; id < entries.Length; id++) entries[id] = Derive(id);
        var irregular = MarkIrregular(entries);
        var sorted = Sort(entries, wholePieces);
        var (shorter, ends) = (new int[sorted.Count], new int[sorted.Count]);
        var trie = TokenTrie.Build(sorted, shorter, new int[sorted.Count], ends);
        for (var at = 0; at < sorted.Count; at++)
        {
            var value = sorted.Values[at];
            ref var entry = ref entries[value >= 0 ? value : TokenTrie.Whole(value)];
            (entry.Place, entry.End, entry.Length, entry.Shorter) = (at + 1, ends[at], sorted[at].Length, shorter[at]);
        }
        return new(sorted, trie, entries, wholePieces) { Rules = irregular ? this : null };
    }

    /// <summary>Whether two tokens stay two when what they stand for is merged as one text: found by merging it.</summary>
    public bool StayTwo(int left, int right)
    {
        var parts = new List<int>();
        if (!AddSymbols(_tokens[left].Span, parts) || !AddSymbols(_tokens[right].Span, parts)) return false;
        Merge(parts);
        return parts is [var one, var other] && one == left && other == right;
    }

    // A token is irregular when a part of it comes later in the list of merges than what it becomes part of: then ranks do not tell what is merged when.
    private bool MarkIrregular(BytePairs.Entry[] entries)
    {
        var any = false;
        foreach (ref var entry in entries.AsSpan())
            if (entry is { Place: > 0, Rank: >= 0 } && (entries[entry.Left].Rank > entry.Rank || entries[entry.Right].Rank > entry.Rank)) any = entry.Irregular = true;
        if (!any) return false;
        // And so is what has such a part; parts are shorter, so that each is told before what it is part of.
        foreach (var id in Enumerable.Range(0, entries.Length).OrderBy(id => _tokens[id].Length))
        {
            ref var entry = ref entries[id];
            if (entry is { Place: > 0, Rank: >= 0 } && (entries[entry.Left].Irregular || entries[entry.Right].Irregular)) entry.Irregular = true;
        }
        return true;
    }

    // How merging comes to a token from its own symbols; of one that it does not come to, a place of -1.
    private BytePairs.Entry Derive(int id)
    {
        if (_tokens[id].IsEmpty) return default;
        var parts = new List<int>(_tokens[id].Length);
        var last = AddSymbols(_tokens[id].Span, parts) ? Merge(parts) : default;
        return parts is [var one] && one == id
            ? last.Rank < 0 ? new() { Place = 1, Left = TokenTrie.None, Right = TokenTrie.None, Rank = -1 } : new() { Place = 1, Left = last.Left, Right = last.Right, Rank = last.Rank }
            : new() { Place = -1, Rank = -1 };
    }

    private bool AddSymbols(ReadOnlySpan<byte> text, List<int> parts)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!_symbols.TryGetValue(Symbol(text[at..], out var length), out var symbol)) return false;
            parts.Add(symbol);
            at += length;
        }
        return true;
    }

    // Merges as the rules say, and tells the last merge; a rank of -1 where there was none.
    private (int Left, int Right, int Rank) Merge(List<int> parts)
    {
        if (parts.Count > Many) return MergeMany(parts);
        var last = (TokenTrie.None, TokenTrie.None, -1);
        while (Lowest(parts) is (>= 0 and var at, var rank))
        {
            last = (parts[at], parts[at + 1], rank);
            parts[at] = _results[rank];
            parts.RemoveAt(at + 1);
        }
        return last;
    }

    // As the other, but in a time that does not grow with the square of the parts: pairs wait in the order of their ranks and places.
    private (int Left, int Right, int Rank) MergeMany(List<int> parts)
    {
        var last = (TokenTrie.None, TokenTrie.None, -1);
        var all = parts.ToArray();
        var (before, next) = (new int[all.Length], new int[all.Length]);
        var waiting = new PriorityQueue<(int At, int Left, int Right), long>();
        for (var at = 0; at < all.Length; at++)
        {
            (before[at], next[at]) = (at - 1, at + 1);
            Wait(at);
        }
        while (waiting.TryDequeue(out var pair, out var order))
        {
            var (at, other) = (pair.At, next[pair.At]);
            // Meanwhile one of them may have become part of another.
            if (all[at] != pair.Left || other >= all.Length || all[other] != pair.Right) continue;
            last = (pair.Left, pair.Right, (int)(order >> 32));
            all[at] = _results[last.Item3];
            all[other] = TokenTrie.None;
            next[at] = next[other];
            if (next[at] < all.Length) before[next[at]] = at;
            Wait(at);
            if (before[at] >= 0) Wait(before[at]);
        }
        parts.Clear();
        for (var at = 0; at < all.Length; at = next[at]) parts.Add(all[at]);
        return last;

        void Wait(int at)
        {
            if (next[at] < all.Length && _pairs.Rank(all[at], all[next[at]]) is var rank and < PairTable.Never) waiting.Enqueue((at, all[at], all[next[at]]), ((long)rank << 32) | (uint)at);
        }
    }

    private (int At, int Rank) Lowest(List<int> parts)
    {
        var (least, lowest) = (-1, PairTable.Never);
        for (var at = 0; at + 1 < parts.Count; at++)
            if (_pairs.Rank(parts[at], parts[at + 1]) is var rank && rank < lowest) (least, lowest) = (at, rank);
        return (least, lowest);
    }

    private SortedTokens Sort(BytePairs.Entry[] entries, bool wholePieces)
    {
        var order = Enumerable.Range(0, entries.Length).Where(id => entries[id].Place != 0 && (wholePieces || entries[id].Place > 0)).ToArray();
        Array.Sort(order, (one, other) => _tokens[one].Span.SequenceCompareTo(_tokens[other].Span));
        var text = new byte[order.Sum(id => _tokens[id].Length)];
        var (starts, shared, values) = (new int[order.Length + 1], new ushort[order.Length], new int[order.Length]);
        for (int at = 0, written = 0; at < order.Length; at++)
        {
            var id = order[at];
            _tokens[id].Span.CopyTo(text.AsSpan(written));
            if (at > 0) shared[at] = (ushort)_tokens[order[at - 1]].Span.CommonPrefixLength(_tokens[id].Span);
            starts[at + 1] = written += _tokens[id].Length;
            values[at] = entries[id].Place > 0 ? id : TokenTrie.Whole(id);
        }
        return new(text, starts, shared, values, entries.Length);
    }

    private int Symbol(ReadOnlySpan<byte> text, out int length)
    {
        if (text.IsEmpty) return length = 0;
        if (!_characters)
        {
            length = 1;
            return text[0];
        }
        Rune.DecodeFromUtf8(text, out var rune, out length);
        return rune.Value;
    }
}
