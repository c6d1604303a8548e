namespace Muxi.Llm.Tests;

/// <summary>Cuts bytes into pieces as a network might, the same way each time for the same seed.</summary>
internal static class Seeded
{
    private const int MostCuts = 64;

    /// <summary>
    /// The body in at most a few dozen pieces, none empty. About half of the cuts fall anywhere; the others fall where readers
    /// break: inside a UTF-8 sequence, between CR and LF, between two line ends, and around a single byte. Seed 0 is one whole piece.
    /// </summary>
    public static IEnumerable<byte[]> Pieces(byte[] body, int seed)
    {
        var cuts = seed == 0 ? [] : Cuts(body, new Random(seed));
        var from = 0;
        foreach (var to in cuts.Append(body.Length))
        {
            if (to > from)
                yield return body[from..to];
            from = to;
        }
    }

    /// <summary>So many bytes that look like nothing.</summary>
    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Every way of cutting the body in two, and last the body byte by byte: for small fixtures.</summary>
    public static IEnumerable<byte[][]> EverySplit(byte[] body)
    {
        for (var at = 1; at < body.Length; at++)
            yield return [body[..at], body[at..]];
        yield return [.. body.Select(b => new[] { b })];
    }

    private static SortedSet<int> Cuts(byte[] body, Random random)
    {
        var cuts = new SortedSet<int>();
        if (body.Length < 2)
            return cuts;
        var fragile = Enumerable.Range(1, body.Length - 1).Where(at => IsFragile(body[at - 1], body[at])).ToArray();
        var wanted = random.Next(1, Math.Min(MostCuts, body.Length) + 1);
        for (var n = 0; n < wanted; n++)
        {
            var at = fragile.Length > 0 && n % 2 == 1 ? fragile[random.Next(fragile.Length)] : random.Next(1, body.Length);
            cuts.Add(at);
            if (n % 4 == 0 && at + 1 < body.Length)
                cuts.Add(at + 1);
        }
        return cuts;
    }

    private static bool IsFragile(byte before, byte after) =>
        (after & 0xC0) == 0x80 || before == '\r' || (before == '\n' && after is (byte)'\n' or (byte)'\r');
}
