using System.Buffers;
using System.Diagnostics;

namespace Muxi.Llm;

/// <summary>
/// A byte-pair vocabulary: which tokens there are, and which two of them are merged first. Encoding is exactly what merging the pair of the lowest rank, the
/// leftmost first, again and again comes to, but takes time in proportion to the piece: tokens are taken from the left, the longest first, as long as each fits the one before it;
/// where none does, the last one is given up for a shorter one, and no place is found wanting twice.
/// </summary>
/// <remarks>
/// Two neighbours fit when merging both texts together would leave the border between them: that is looked up in the trees of their merging. A row of tokens of
/// which each two neighbours fit is what merging makes of the whole text, and there is only one such row.
/// </remarks>
internal sealed class BytePairs
{
    /// <summary>Stands for the right one of two tokens that can be found by the left one.</summary>
    internal const int NotSoughtYet = -2;

    // Pieces of fewer bytes need no memory but the stack: a bit for each place, the end among them.
    private const int Short = 63;

    private const int NoteBits = 15;

    // Whether pairs of tokens fit: 40 bits of the pair, one of the answer, one that says that it is there.
    private readonly ulong[] _notes = new ulong[1 << NoteBits];

    private readonly TokenTrie _trie;
    private readonly SortedTokens _sorted;
    private readonly Entry[] _entries;
    private readonly bool _wholePieces;

    internal BytePairs(SortedTokens sorted, TokenTrie trie, Entry[] entries, bool wholePieces) =>
        (_sorted, _trie, _entries, _wholePieces) = (sorted, trie, entries, wholePieces);

    /// <summary>What is known of a token, by its id.</summary>
    internal struct Entry
    {
        /// <summary>Its place in the order of bytes, from 1; 0 where no text makes it.</summary>
        public int Place;
        /// <summary>Where it ends in the trie.</summary>
        public int End;
        public int Length;
        /// <summary>The longest token that it begins with.</summary>
        public int Shorter;
        /// <summary>The two tokens it is merged of, the right one perhaps <see cref="NotSoughtYet"/>, and the rank of that merge; -1 where it is merged of none.</summary>
        public int Left, Right, Rank;
        /// <summary>Whether the ranks of its merges do not tell their order.</summary>
        public bool Irregular;
    }

    /// <summary>The list of merges, where some tokens are irregular.</summary>
    internal MergeRules? Rules { private get; init; }

    /// <summary>One more than the highest id.</summary>
    public int Size => _entries.Length;

    /// <summary>Encodes one piece. Its symbols (single bytes or characters, whatever the vocabulary starts from) must all be in the vocabulary.</summary>
    /// <returns>False when the sink wants no more.</returns>
    public bool Encode<TSink>(ReadOnlySpan<byte> piece, ref TSink sink) where TSink : struct, ITokenSink
    {
        var token = _trie.Longest(piece, out var whole);
        if (whole >= 0 && (_wholePieces || whole == token)) return sink.Add(whole);
        if (piece.Length <= Short)
        {
            Span<int> tokens = stackalloc int[Short];
            ulong dead = 0;
            return Give(tokens[..Merge(piece, token, tokens, new(ref dead))], ref sink);
        }
        var rented = ArrayPool<int>.Shared.Rent(piece.Length);
        var bits = ArrayPool<ulong>.Shared.Rent(piece.Length / 64 + 1);
        try
        {
            var dead = bits.AsSpan(0, piece.Length / 64 + 1);
            dead.Clear();
            return Give(rented.AsSpan(0, Merge(piece, token, rented, dead)), ref sink);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
            ArrayPool<ulong>.Shared.Return(bits);
        }
    }

    /// <summary>What a token stands for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_entries.Length && _entries[id].Place > 0
        ? _sorted[_entries[id].Place - 1]
        : throw new ArgumentOutOfRangeException(nameof(id), id, "There is no token of this id.");

    private static bool Give<TSink>(ReadOnlySpan<int> tokens, ref TSink sink) where TSink : struct, ITokenSink
    {
        foreach (var token in tokens)
            if (!sink.Add(token)) return false;
        return true;
    }

    /// <summary>The tokens of a piece.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="token">The longest token at its beginning.</param>
    /// <param name="tokens">Takes them; as long as the piece.</param>
    /// <param name="dead">A bit for each place and the end, all unset: places from which no row of tokens leads to the end.</param>
    /// <returns>How many there are.</returns>
    private int Merge(ReadOnlySpan<byte> piece, int token, Span<int> tokens, Span<ulong> dead)
    {
        var count = 0;
        for (var at = 0; at < piece.Length;)
        {
            var last = count == 0 ? TokenTrie.None : tokens[count - 1];
            while (token >= 0)
            {
                var end = at + _entries[token].Length;
                if ((dead[end >> 6] >> end & 1) == 0 && (last < 0 || Fit(last, token)))
                {
                    tokens[count++] = token;
                    at = end;
                    break;
                }
                token = _entries[token].Shorter;
            }
            if (token >= 0)
            {
                if (at < piece.Length) token = _trie.Longest(piece[at..], out _);
                continue;
            }
            if (count == 0) throw new UnreachableException("A symbol is not in the vocabulary.");
            dead[at >> 6] |= 1UL << at;
            token = tokens[--count];
            at -= _entries[token].Length;
        }
        return count;
    }

    /// <summary>Whether two tokens stay two when what they stand for is merged as one text.</summary>
    private bool Fit(int left, int right)
    {
        // Neighbours come again: most are found where they were last noted. A note is one word, so that threads cannot disturb each other.
        var pair = (ulong)(uint)left << 20 | (uint)right;
        ref var note = ref _notes[pair * 0x9E3779B97F4A7C15 >> 64 - NoteBits];
        var noted = Volatile.Read(ref note);
        if (noted >> 2 == pair && (noted & 1) != 0) return (noted & 2) != 0;
        var fit = AreApart(left, right);
        Volatile.Write(ref note, pair << 2 | (fit ? 3UL : 1UL));
        return fit;
    }

    private bool AreApart(int left, int right)
    {
        if (Rules is { } rules && (_entries[left].Irregular || _entries[right].Irregular)) return rules.StayTwo(left, right);
        // From the last merge back to the first: what meets at the border, until when it does, and whether it would have been merged before.
        for (var until = PairTable.Never; ;)
        {
            if (Rank(left, right) < until) return false;
            ref readonly var a = ref _entries[left];
            ref readonly var b = ref _entries[right];
            if (a.Rank > b.Rank)
            {
                until = a.Rank;
                left = Right(left);
            }
            else if (b.Rank >= 0)
            {
                // Of pairs of one rank the left one is merged first: the one at the border before the one in the right token.
                until = b.Rank + 1;
                right = b.Left;
            }
            else
            {
                return true;
            }
        }
    }

    /// <summary>The rank by which two neighbours are merged. Where several pairs become one token, only the one that its own text comes to is ever met here.</summary>
    private int Rank(int left, int right)
    {
        var token = _trie.Behind(_entries[left].End, Bytes(right));
        return token >= 0 && _entries[token].Left == left ? _entries[token].Rank : PairTable.Never;
    }

    // Few tokens are ever asked for it. Threads that seek it at once find the same.
    private int Right(int token)
    {
        ref var entry = ref _entries[token];
        var right = Volatile.Read(ref entry.Right);
        if (right != NotSoughtYet) return right;
        _trie.Longest(Bytes(token)[_entries[entry.Left].Length..], out right);
        Volatile.Write(ref entry.Right, right);
        return right;
    }
}
