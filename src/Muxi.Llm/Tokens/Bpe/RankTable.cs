using System.Buffers.Binary;
using System.IO.Compression;

namespace Muxi.Llm;

/// <summary>The embedded tables of OpenAI's encodings, in which a token's id is the rank of its merge. <c>Data/make.mjs</c> makes them and tells their form.</summary>
internal static class RankTable
{
    private const byte NoMerge = 255;

    /// <summary>Reads a table.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="end">Only tokens of lower ids.</param>
    public static BytePairs Read(string name, int end = int.MaxValue)
    {
        var file = Unpack(name);
        var all = BinaryPrimitives.ReadInt32LittleEndian(file);
        var planes = new Planes(file, all);
        var sorted = Sort(file, planes, all, end, out var left);
        return Assemble(sorted, left);
    }

    private static byte[] Unpack(string name)
    {
        using var packed = typeof(RankTable).Assembly.GetManifestResourceStream($"Muxi.Llm.{name}.br")!;
        using var stream = new BrotliStream(packed, CompressionMode.Decompress);
        using var file = new MemoryStream((int)packed.Length * 3);
        stream.CopyTo(file);
        return file.ToArray();
    }

    private static SortedTokens Sort(byte[] file, Planes planes, int all, int end, out int[] left)
    {
        var (count, bytes) = Measure(planes, all, end);
        var (text, starts, values) = (new byte[bytes], new int[count + 1], new int[count]);
        left = new int[count];
        Span<byte> token = stackalloc byte[256];
        for (int at = 0, from = planes.Suffixes, kept = 0, written = 0; at < all; at++)
        {
            int shared = planes.Shared(at), added = planes.Added(at), id = planes.Id(at);
            file.AsSpan(from, added).CopyTo(token[shared..]);
            from += added;
            if (id >= end) continue;
            token[..(shared + added)].CopyTo(text.AsSpan(written));
            starts[kept] = written;
            written += shared + added;
            starts[kept + 1] = written;
            var part = planes.Left(at);
            values[kept] = part == NoMerge ? TokenTrie.Whole(id) : id;
            left[kept++] = part == NoMerge ? 0 : part;
        }
        return new(text, starts, values);
    }

    private static (int Count, int Bytes) Measure(Planes planes, int all, int end)
    {
        var (count, bytes) = (0, 0);
        for (var at = 0; at < all; at++)
            if (planes.Id(at) < end) (count, bytes) = (count + 1, bytes + planes.Shared(at) + planes.Added(at));
        return (count, bytes);
    }

    private static BytePairs Assemble(SortedTokens sorted, int[] left)
    {
        var shorter = new int[sorted.Count];
        var lengths = (int[])left.Clone();
        var trie = TokenTrie.Build(sorted, shorter, left);
        var pairs = new PairTable(sorted.Count);
        var entries = new BytePairs.Entry[sorted.Values.Max(static value => value >= 0 ? value : TokenTrie.Whole(value)) + 1];
        for (var at = 0; at < sorted.Count; at++)
        {
            var id = sorted.Values[at];
            var merged = lengths[at] > 0;
            if (id < 0) id = TokenTrie.Whole(id);
            ref var entry = ref entries[id];
            entry = new() { Place = at + 1, Length = sorted[at].Length, Shorter = shorter[at], Left = left[at], Right = TokenTrie.None, Rank = merged ? id : -1 };
            if (!merged) continue;
            trie.Longest(sorted[at][lengths[at]..], out entry.Right);
            pairs.Add(entry.Left, entry.Right, id);
        }
        return new(sorted, trie, pairs, entries, wholePieces: true);
    }

    /// <summary>Where things stand in a table.</summary>
    private readonly struct Planes(byte[] file, int count)
    {
        public int Suffixes => 4 + 6 * count;

        public int Shared(int at) => file[4 + at];

        public int Added(int at) => file[4 + count + at];

        public int Left(int at) => file[4 + 2 * count + at];

        public int Id(int at) => file[4 + 3 * count + at] | file[4 + 4 * count + at] << 8 | file[4 + 5 * count + at] << 16;
    }
}
