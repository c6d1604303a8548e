using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>The embedded tables of OpenAI's encodings, in which a token's id is the rank of its merge. <c>Data/make.mjs</c> makes them and tells their form.</summary>
/// <remarks>Reading one is done before the runtime could find out which methods are worth optimising, so they are named.</remarks>
internal static class RankTable
{
    /// <summary>Reads a table.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="end">Only tokens of lower ids.</param>
    public static BytePairs Read(string name, int end = int.MaxValue)
    {
        using var packed = typeof(RankTable).Assembly.GetManifestResourceStream($"Muxi.Llm.{name}.br")!;
        Span<byte> lengths = stackalloc byte[8];
        packed.ReadExactly(lengths);
        var planes = new Planes(BinaryPrimitives.ReadInt32LittleEndian(lengths), BinaryPrimitives.ReadInt32LittleEndian(lengths[4..]));
        packed.ReadExactly(planes.Plain);
        using var stream = new BrotliStream(packed, CompressionMode.Decompress);
        stream.ReadExactly(planes.Packed);
        return Assemble(Sort(planes, end, out var left), left);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static SortedTokens Sort(Planes planes, int end, out int[] left)
    {
        var (count, bytes, size) = Measure(planes, end);
        var sorted = new SortedTokens(new byte[bytes], new int[count + 1], new ushort[count], new int[count], size);
        left = new int[count];
        Span<byte> token = stackalloc byte[256];
        int from = 0, kept = 0, written = 0, shared = 0;
        for (var at = 0; at < planes.Count; at++)
        {
            // What is left out may share more with its neighbours than they do with each other.
            shared = Math.Min(shared, planes.Shared(at));
            var length = planes.Shared(at) + planes.Added(at);
            planes.Suffixes.Slice(from, planes.Added(at)).CopyTo(token[planes.Shared(at)..]);
            from += planes.Added(at);
            if (planes.Id(at) >= end) continue;
            token[..length].CopyTo(sorted.Text.AsSpan(written));
            sorted.Shared[kept] = (ushort)shared;
            sorted.Values[kept] = planes.Id(at);
            sorted.Starts[kept + 1] = written += length;
            left[kept++] = planes.Left(at);
            shared = length;
        }
        return sorted;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int Count, int Bytes, int Size) Measure(Planes planes, int end)
    {
        var (count, bytes, size) = (0, 0, 0);
        for (var at = 0; at < planes.Count; at++)
        {
            var id = planes.Id(at);
            if (id >= end) continue;
            count++;
            bytes += planes.Shared(at) + planes.Added(at);
            size = Math.Max(size, id + 1);
        }
        return (count, bytes, size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static BytePairs Assemble(SortedTokens sorted, int[] left)
    {
        var (shorter, ends) = (new int[sorted.Count], new int[sorted.Count]);
        var trie = TokenTrie.Build(sorted, shorter, left, ends);
        var entries = new BytePairs.Entry[sorted.Size];
        for (var at = 0; at < sorted.Count; at++)
        {
            var id = sorted.Values[at];
            entries[id] = new() { Place = at + 1, End = ends[at], Length = sorted[at].Length, Shorter = shorter[at], Left = left[at], Right = BytePairs.NotSoughtYet, Rank = left[at] < 0 ? -1 : id };
        }
        return new(sorted, trie, entries, wholePieces: true);
    }

    /// <summary>A table as it is in its file, without the two lengths at its beginning.</summary>
    private sealed class Planes(int count, int suffixes)
    {
        private readonly byte[] _bytes = new byte[6 * count + suffixes];

        public Span<byte> Plain => _bytes.AsSpan(0, 2 * count);

        public Span<byte> Packed => _bytes.AsSpan(2 * count);

        public int Count => count;

        public ReadOnlySpan<byte> Suffixes => _bytes.AsSpan(6 * count);

        public int Id(int at) => _bytes[at] | _bytes[count + at] << 8 | _bytes[2 * count + at] << 16;

        public int Shared(int at) => _bytes[3 * count + at];

        public int Added(int at) => _bytes[4 * count + at];

        public int Left(int at) => _bytes[5 * count + at];
    }
}
