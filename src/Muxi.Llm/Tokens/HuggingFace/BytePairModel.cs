using System.Buffers;
using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>Encodes pieces by a vocabulary: merges what it has, and gives the token of a byte, the token for the unknown, or nothing for what it lacks.</summary>
internal sealed class BytePairModel
{
    private const int Short = 512;

    private readonly BytePairs _pairs;
    private readonly Vocabulary? _whole;
    // Null where symbols are bytes, for then none is unknown.
    private readonly CharacterSymbols? _symbols;
    private readonly int _unknown = -1;
    private readonly bool _fuses;
    private readonly int[]? _bytes;

    /// <summary>Makes the encoder.</summary>
    /// <param name="file">The file with the vocabulary.</param>
    /// <param name="isOfBytes">Whether its symbols are bytes, all of which it has, and its names are written in <see cref="ByteAlphabet"/>; else they are characters.</param>
    public BytePairModel(TokenizerFile file, bool isOfBytes)
    {
        var vocabulary = file.Vocabulary;
        var tokens = isOfBytes ? Bytes(vocabulary.Names) : vocabulary.Names.ToArray();
        _symbols = isOfBytes ? null : new(tokens);
        _fuses = vocabulary.FusesUnknown;
        if (vocabulary.Unknown is { Length: > 0 } name && !isOfBytes)
        {
            _unknown = vocabulary.Find(Encoding.UTF8.GetBytes(name));
            if (_unknown < 0) throw TokenizerFile.Fault(file.Path, $"has the unk_token '{name}', which its vocab lacks");
        }
        if (vocabulary.FallsBackToBytes && !isOfBytes) _bytes = ByteTokens(vocabulary);
        if (vocabulary.IgnoresMerges && !isOfBytes) _whole = vocabulary;
        _pairs = new MergeRules(tokens, Merges(file), characters: !isOfBytes).Build(vocabulary.IgnoresMerges);
    }

    /// <summary>Whether a vocabulary has a token for every byte.</summary>
    public static bool HasAllBytes(Vocabulary vocabulary)
    {
        Span<byte> name = stackalloc byte[4];
        foreach (var character in ByteAlphabet.Characters)
            if (vocabulary.Find(name[..new Rune(character).EncodeToUtf8(name)]) < 0) return false;
        return true;
    }

    /// <summary>Encodes one piece.</summary>
    /// <returns>False when the sink wants no more.</returns>
    public bool Encode<TSink>(ReadOnlySpan<char> piece, ref TSink sink) where TSink : struct, ITokenSink
    {
        var most = Encoding.UTF8.GetMaxByteCount(piece.Length);
        if (most <= Short)
        {
            Span<byte> bytes = stackalloc byte[Short];
            return Encode(bytes[..Encoding.UTF8.GetBytes(piece, bytes)], ref sink);
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return Encode(rented.AsSpan(0, Encoding.UTF8.GetBytes(piece, rented)), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private bool Encode<TSink>(ReadOnlySpan<byte> piece, ref TSink sink) where TSink : struct, ITokenSink
    {
        if (piece.IsEmpty) return true;
        if (_symbols is null || _symbols.KnowsAll(piece)) return _pairs.Encode(piece, ref sink);
        return _whole?.Find(piece) is >= 0 and var id ? sink.Add(id) : EncodeParts(piece, _symbols, ref sink);
    }

    // What the vocabulary lacks stands between runs of what it has; where it becomes nothing, the runs beside it are one.
    private bool EncodeParts<TSink>(ReadOnlySpan<byte> piece, CharacterSymbols symbols, ref TSink sink) where TSink : struct, ITokenSink
    {
        var run = ArrayPool<byte>.Shared.Rent(piece.Length);
        try
        {
            var (length, isPending) = (0, false);
            for (int at = 0, next; at < piece.Length; at = next)
            {
                next = at + CharacterSymbols.Length(piece[at..]);
                var symbol = piece[at..next];
                if (symbols.Knows(symbol))
                {
                    if (isPending && !sink.Add(_unknown)) return false;
                    isPending = false;
                    symbol.CopyTo(run.AsSpan(length));
                    length += symbol.Length;
                    continue;
                }
                var isByBytes = _bytes is not null && HasBytes(symbol);
                if (!isByBytes && _unknown < 0) continue;
                if (length > 0 && !_pairs.Encode(run.AsSpan(0, length), ref sink)) return false;
                length = 0;
                if (isByBytes ? !AddBytes(symbol, ref sink) : isPending && !_fuses && !sink.Add(_unknown)) return false;
                isPending |= !isByBytes;
            }
            if (isPending) return sink.Add(_unknown);
            return length == 0 || _pairs.Encode(run.AsSpan(0, length), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(run);
        }
    }

    private bool HasBytes(ReadOnlySpan<byte> symbol)
    {
        foreach (var value in symbol)
            if (_bytes![value] < 0) return false;
        return true;
    }

    private bool AddBytes<TSink>(ReadOnlySpan<byte> symbol, ref TSink sink) where TSink : struct, ITokenSink
    {
        foreach (var value in symbol)
            if (!sink.Add(_bytes![value])) return false;
        return true;
    }

    private static ReadOnlyMemory<byte>[] Bytes(ReadOnlySpan<ReadOnlyMemory<byte>> names)
    {
        var tokens = new ReadOnlyMemory<byte>[names.Length];
        var bytes = new ArrayBufferWriter<byte>(names.Length * 8 + 256);
        var lengths = new int[names.Length];
        for (var id = 0; id < names.Length; id++)
        {
            var before = bytes.WrittenCount;
            // A name in other characters is of a token that no text makes.
            if (ByteAlphabet.TryRead(names[id].Span, bytes)) lengths[id] = bytes.WrittenCount - before;
        }
        var all = bytes.WrittenMemory;
        for (var id = 0; id < names.Length; id++)
        {
            tokens[id] = all[..lengths[id]];
            all = all[lengths[id]..];
        }
        return tokens;
    }

    private static int[] ByteTokens(Vocabulary vocabulary) =>
        [.. Enumerable.Range(0, 256).Select(value => vocabulary.Find(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"))))];

    // A token that stands for what the vocabulary lacks would have to be merged with what is beside it; no file is known to ask for that.
    private (int Left, int Right, int Result)[] Merges(TokenizerFile file)
    {
        HashSet<int> outside = [.. _bytes ?? [], _unknown];
        var merges = file.Vocabulary.Merges;
        var seen = new HashSet<long>(merges.Count);
        var kept = new (int, int, int)[merges.Count];
        var first = kept.Length;
        // Of a pair that stands there twice the later merge holds.
        for (var at = merges.Count - 1; at >= 0; at--)
        {
            var (left, right, _) = merges[at];
            if (outside.Contains(left) || outside.Contains(right))
                throw TokenizerFile.Fault(file.Path, $"merges a token of byte_fallback or its unk_token, which is not supported; supported: merges of other tokens");
            if (seen.Add(((long)left << 32) | (uint)right)) kept[--first] = merges[at];
        }
        return first == 0 ? kept : kept[first..];
    }
}
