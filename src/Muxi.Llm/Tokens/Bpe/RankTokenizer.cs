using System.Buffers;
using System.Text;

namespace Muxi.Llm;

/// <summary>One of OpenAI's encodings: a pattern that cuts a text into pieces, and the byte pairs of each piece.</summary>
internal sealed class RankTokenizer<TPieces>(string name, BytePairs pairs, TPieces pieces, SpecialNames specials) : Tokenizer where TPieces : struct, IPieces
{
    // Pieces of a third as many characters take no memory but the stack.
    private const int Room = 192;

    public override string Name => name;

    public override int VocabularySize => Math.Max(pairs.Size, specials.Size);

    public override IReadOnlyDictionary<string, int> Specials => specials.Ids;

    internal override void Run<TSink>(ReadOnlySpan<char> text, SpecialTokens? allowed, ref TSink sink)
    {
        if (allowed is not null && allowed != SpecialTokens.None)
        {
            while (specials.Next(text, allowed, out var length, out var id) is >= 0 and var at)
            {
                if (!RunText(text[..at], ref sink) || !sink.Add(id)) return;
                text = text[(at + length)..];
            }
        }
        RunText(text, ref sink);
    }

    internal override ReadOnlySpan<byte> Bytes(int id) => specials.Bytes(id) is { } special ? special : pairs.Bytes(id);

    private bool RunText<TSink>(ReadOnlySpan<char> text, ref TSink sink) where TSink : struct, ITokenSink
    {
        Span<byte> buffer = stackalloc byte[Room];
        for (var at = 0; at < text.Length;)
        {
            var end = pieces.End(text, at);
            if (!RunPiece(text[at..end], buffer, ref sink)) return false;
            at = end;
        }
        return true;
    }

    private bool RunPiece<TSink>(ReadOnlySpan<char> piece, Span<byte> buffer, ref TSink sink) where TSink : struct, ITokenSink
    {
        if (piece.Length > Room / 3) return RunLongPiece(piece, ref sink);
        for (var at = 0; at < piece.Length; at++)
        {
            if (piece[at] >= 0x80) return pairs.Encode(buffer[..Encoding.UTF8.GetBytes(piece, buffer)], ref sink);
            buffer[at] = (byte)piece[at];
        }
        return pairs.Encode(buffer[..piece.Length], ref sink);
    }

    private bool RunLongPiece<TSink>(ReadOnlySpan<char> piece, ref TSink sink) where TSink : struct, ITokenSink
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(piece));
        try
        {
            return pairs.Encode(rented.AsSpan(0, Encoding.UTF8.GetBytes(piece, rented)), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>The special tokens of an encoding, and where they are in a text. They are only made when somebody asks: most texts are counted without, and o200k_harmony has more than a thousand.</summary>
/// <param name="all">Names and ids. An id may have two names; it is called by the later one.</param>
internal sealed class SpecialNames(IEnumerable<(string Name, int Id)> all)
{
    private readonly Lazy<Dictionary<string, int>> _ids = new(() => all.ToDictionary(static special => special.Name, static special => special.Id, StringComparer.Ordinal));
    private readonly Lazy<Dictionary<int, byte[]>> _bytes = new(() => all.GroupBy(static special => special.Id).ToDictionary(static names => names.Key, static names => Encoding.UTF8.GetBytes(names.Last().Name)));
    private readonly Lazy<(SearchValues<string> Any, string[] LongestFirst)> _names = new(() =>
    {
        string[] longestFirst = [.. all.Select(static special => special.Name).OrderByDescending(static name => name.Length)];
        return (SearchValues.Create(longestFirst, StringComparison.Ordinal), longestFirst);
    });

    public IReadOnlyDictionary<string, int> Ids => _ids.Value.AsReadOnly();

    /// <summary>One more than the highest id.</summary>
    public int Size => _ids.Value.Values.Max() + 1;

    public byte[]? Bytes(int id) => _bytes.Value.GetValueOrDefault(id);

    /// <summary>Where the next special token stands that is allowed: the first, and of those that begin there the longest. -1 where there is none.</summary>
    public int Next(ReadOnlySpan<char> text, SpecialTokens allowed, out int length, out int id)
    {
        var (any, longestFirst) = _names.Value;
        for (var from = 0; text[from..].IndexOfAny(any) is >= 0 and var found; from += found + 1)
        {
            foreach (var name in longestFirst)
            {
                if (!text[(from + found)..].StartsWith(name) || !allowed.Allows(name)) continue;
                (length, id) = (name.Length, _ids.Value[name]);
                return from + found;
            }
        }
        (length, id) = (0, 0);
        return -1;
    }
}
