using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Finds the longest token that a text begins with. The children of a node lie side by side, level by level: what follows a node's own
/// children are the next node's, so a node needs only where they begin.
/// </summary>
internal sealed class TokenTrie
{
    /// <summary>Stands for no token.</summary>
    public const int None = -1;

    private readonly Node[] _nodes;
    private readonly byte[] _labels;
    // The nodes of the first two levels by their bytes; 0, which is the root, where there is none.
    private readonly int[] _first = new int[256];
    private readonly int[] _second = new int[65536];

    private TokenTrie(Node[] nodes, byte[] labels) => (_nodes, _labels) = (nodes, labels);

    private struct Node
    {
        /// <summary>The first child; the children end where those of the next node begin.</summary>
        public int Children;
        /// <summary>The token that ends here, <see cref="None"/>, or <see cref="Whole"/> of a token.</summary>
        public int Token;
    }

    /// <summary>A token that only a piece as a whole can be, as no merging makes it.</summary>
    public static int Whole(int token) => -2 - token;

    /// <summary>The longest token that merging can make at the beginning of a piece.</summary>
    /// <param name="piece">At least one byte.</param>
    /// <param name="whole">The token that the whole piece is, made by merging or not; <see cref="None"/> where it is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Longest(ReadOnlySpan<byte> piece, out int whole)
    {
        whole = None;
        var node = _first[piece[0]];
        if (node == 0) return None;
        var token = _nodes[node].Token;
        var best = token >= 0 ? token : None;
        for (var depth = 1; depth < piece.Length; depth++)
        {
            node = depth == 1 ? _second[piece[0] << 8 | piece[1]] : Child(node, piece[depth]);
            if (node == 0) return best;
            token = _nodes[node].Token;
            if (token >= 0) best = token;
        }
        whole = token >= None ? token : Whole(token);
        return best;
    }

    /// <summary>The token that these bytes make behind those that led to a node; <see cref="None"/> where they make none.</summary>
    public int Behind(int node, ReadOnlySpan<byte> bytes)
    {
        foreach (var label in bytes)
        {
            node = Child(node, label);
            if (node == 0) return None;
        }
        return _nodes[node].Token;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Child(int node, byte label)
    {
        var from = _nodes[node].Children;
        var count = _nodes[node + 1].Children - from;
        var labels = _labels.AsSpan(from, count);
        if (count > 4)
        {
            var at = labels.IndexOf(label);
            return at < 0 ? 0 : from + at;
        }
        for (var at = 0; at < labels.Length; at++)
            if (labels[at] == label) return from + at;
        return 0;
    }

    /// <summary>Makes a trie out of tokens in the order of their bytes, each at least one byte and none twice, and tells of each what it is told while it goes by.</summary>
    /// <param name="sorted">The tokens.</param>
    /// <param name="shorter">Set for each token, by its place: the longest that it begins with and that merging can make, itself left out.</param>
    /// <param name="left">For each token, by its place: the length of a token that it begins with and which is to be named; 0 for none. Replaced by that token.</param>
    /// <param name="ends">Set for each token, by its place: the node where it ends.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TokenTrie Build(SortedTokens sorted, int[] shorter, int[] left, int[] ends)
    {
        var levels = Levels(sorted, out var deepest);
        var nodes = new Node[levels[^1] + 1];
        var trie = new TokenTrie(nodes, new byte[nodes.Length]);
        nodes[0] = new() { Children = 1, Token = None };
        nodes[^1].Children = levels[^1];
        Span<int> path = new int[deepest + 1], nearest = new int[deepest + 1];
        nearest[0] = None;
        for (var at = 0; at < sorted.Count; at++)
        {
            var token = sorted[at];
            for (var depth = sorted.Shared[at] + 1; depth <= token.Length; depth++)
            {
                var node = path[depth] = levels[depth]++;
                trie._labels[node] = token[depth - 1];
                nodes[node] = new() { Children = levels[depth + 1], Token = None };
                nearest[depth] = nearest[depth - 1];
                if (depth == 1) trie._first[token[0]] = node;
                else if (depth == 2) trie._second[token[0] << 8 | token[1]] = node;
            }
            ends[at] = path[token.Length];
            var value = nodes[ends[at]].Token = sorted.Values[at];
            shorter[at] = nearest[token.Length - 1];
            left[at] = left[at] == 0 ? None : nodes[path[left[at]]].Token;
            if (value >= 0) nearest[token.Length] = value;
        }
        return trie;
    }

    // Where the nodes of each depth begin; two more than there are depths, the last of them the number of all nodes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Levels(SortedTokens sorted, out int deepest)
    {
        deepest = 0;
        for (var at = 0; at < sorted.Count; at++) deepest = Math.Max(deepest, sorted[at].Length);
        var levels = new int[deepest + 3];
        for (var at = 0; at < sorted.Count; at++)
        {
            var length = sorted[at].Length;
            for (var depth = sorted.Shared[at] + 1; depth <= length; depth++) levels[depth + 1]++;
        }
        levels[1] = 1;
        for (var depth = 2; depth < levels.Length; depth++) levels[depth] += levels[depth - 1];
        return levels;
    }
}

/// <summary>Tokens in the order of their bytes, which lie one behind the other.</summary>
/// <param name="Text">The bytes of all.</param>
/// <param name="Starts">Where each begins, and at last where the last one ends.</param>
/// <param name="Shared">How many bytes each begins with as the one before it does.</param>
/// <param name="Values">What each is: its id, or <see cref="TokenTrie.Whole"/> of it.</param>
/// <param name="Size">One more than the highest id.</param>
internal sealed record SortedTokens(byte[] Text, int[] Starts, ushort[] Shared, int[] Values, int Size)
{
    public int Count => Values.Length;

    public ReadOnlySpan<byte> this[int at] => Text.AsSpan(Starts[at], Starts[at + 1] - Starts[at]);
}
