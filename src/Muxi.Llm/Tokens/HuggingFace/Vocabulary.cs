using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The <c>model</c> of a <c>tokenizer.json</c>: the names of its tokens and which of them are merged. Read once through, for such files have up to a million names.</summary>
/// <param name="path">Where the file is.</param>
/// <param name="length">How many bytes it has, of which a token and its merges take some 64.</param>
internal sealed class Vocabulary(string path, int length)
{
    private const int Chunk = 1 << 18;

    // Of a name; what stands in the order of bytes has as many in common with its neighbour at most.
    private const int MostBytes = ushort.MaxValue;

    private readonly Dictionary<ReadOnlyMemory<byte>, int> _ids = new(Math.Min(length / 64, 1 << 19), NameComparer.Instance);
    private readonly List<(int Left, int Right, int Result)> _merges = [];
    private ReadOnlyMemory<byte>[] _names = new ReadOnlyMemory<byte>[1 << 16];
    private Memory<byte> _free;
    private byte[] _scratch = new byte[256];
    private string? _type;
    private bool _hasVocabulary, _hasMerges;

    /// <summary>How many tokens there are.</summary>
    public int Count => _ids.Count;

    /// <summary>One more than the highest id.</summary>
    public int Size { get; private set; }

    /// <summary>The names by id, in UTF-8 as the file has them; empty where no token has the id.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Names => _names.AsSpan(0, Size);

    /// <summary>Which neighbours become which token, the first merge first.</summary>
    public IReadOnlyList<(int Left, int Right, int Result)> Merges => _merges;

    /// <summary>The token for what the vocabulary lacks.</summary>
    public string? Unknown { get; private set; }

    /// <summary>Whether neighbours that the vocabulary lacks become one such token.</summary>
    public bool FusesUnknown { get; private set; }

    /// <summary>Whether characters that the vocabulary lacks become a token for each byte, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    public bool FallsBackToBytes { get; private set; }

    /// <summary>Whether a piece that is a token is that token, whatever the merges say.</summary>
    public bool IgnoresMerges { get; private set; }

    /// <summary>The id of a token; -1 where there is none of the name.</summary>
    public int Find(ReadOnlySpan<byte> name) => _ids.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var id) ? id : -1;

    /// <summary>Reads the model.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("its model is not an object");
        Utf8JsonReader merges = default;
        var isLate = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "merges")
            {
                // Merges name tokens: where the file has them first, they are read when the vocabulary is there.
                isLate = !_hasVocabulary;
                merges = reader;
                if (isLate) reader.Skip();
                else ReadMerges(ref reader);
            }
            else
            {
                ReadMember(name, ref reader);
            }
        }
        // Old files do not tell the type.
        if (_type is not null && _type != "BPE") throw TokenizerFile.Fault(path, $"has the model '{_type}', which is not supported; supported: BPE");
        if (!_hasVocabulary) throw new JsonException("its model has no vocab");
        if (isLate) ReadMerges(ref merges);
        if (!_hasMerges) throw new JsonException("its model has no merges");
    }

    private void ReadMember(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "type":
                _type = reader.GetString();
                break;
            case "vocab":
                ReadVocabulary(ref reader);
                break;
            case "unk_token":
                Unknown = reader.GetString();
                break;
            case "fuse_unk":
                FusesUnknown = IsTrue(ref reader);
                break;
            case "byte_fallback":
                FallsBackToBytes = IsTrue(ref reader);
                break;
            case "ignore_merges":
                IgnoresMerges = IsTrue(ref reader);
                break;
            case "dropout" when reader.TokenType == JsonTokenType.Number && reader.GetDouble() > 0:
                throw TokenizerFile.Fault(path, $"has a model BPE with dropout, which is not supported: it would encode a text otherwise each time");
            case "continuing_subword_prefix" or "end_of_word_suffix" when reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals(""u8):
                throw TokenizerFile.Fault(path, $"has a model BPE with {name} '{reader.GetString()}', which is not supported; supported: none");
            default:
                reader.Skip();
                break;
        }
    }

    private static bool IsTrue(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.Null && reader.GetBoolean();

    private void ReadVocabulary(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // That of Unigram is a list; its type is what is refused.
            reader.Skip();
            return;
        }
        _hasVocabulary = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Keep(Text(ref reader));
            reader.Read();
            Add(name, reader.GetInt32());
        }
    }

    private void Add(ReadOnlyMemory<byte> name, int id)
    {
        if ((uint)id >= PairTable.IdLimit) throw TokenizerFile.Fault(path, $"has a token of the id {id}; supported: 0 to {PairTable.IdLimit - 1}");
        if (id >= _names.Length) Array.Resize(ref _names, Math.Max(id + 1, _names.Length * 2));
        if (!_names[id].IsEmpty && !_names[id].Span.SequenceEqual(name.Span)) throw new JsonException($"two tokens have the id {id}");
        if (name.Length > MostBytes) throw TokenizerFile.Fault(path, $"has a token of {name.Length} bytes; supported: up to {MostBytes}");
        // Of two ids of one name the later one holds, and the other is no token's.
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, name, out var isKnown);
        if (isKnown && known != id) _names[known] = default;
        known = id;
        _names[id] = name;
        Size = Math.Max(Size, id + 1);
    }

    private void ReadMerges(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("its merges are not a list");
        _hasMerges = true;
        var result = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (left, right) = reader.TokenType == JsonTokenType.StartArray ? Pair(ref reader) : Pair(Text(ref reader));
            // The ways to make one token often stand together.
            if (!IsJoined(left, right, result)) result = Joined(left, right);
            _merges.Add((left, right, result));
        }
        if (_merges.Count >= PairTable.RankLimit) throw TokenizerFile.Fault(path, $"has {_merges.Count} merges; supported: up to {PairTable.RankLimit - 1}");
    }

    private (int Left, int Right) Pair(ref Utf8JsonReader reader)
    {
        reader.Read();
        var left = Known(Text(ref reader));
        reader.Read();
        var right = Known(Text(ref reader));
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray ? (left, right) : throw new JsonException("a merge is not of two tokens");
    }

    private (int Left, int Right) Pair(ReadOnlySpan<byte> merge)
    {
        var at = merge.IndexOf((byte)' ');
        if (at < 0 || merge[(at + 1)..].Contains((byte)' ')) throw new JsonException("a merge is not of two tokens");
        return (Known(merge[..at]), Known(merge[(at + 1)..]));
    }

    private bool IsJoined(int left, int right, int result)
    {
        if (result < 0) return false;
        var name = _names[result].Span;
        var one = _names[left].Span;
        return name.Length == one.Length + _names[right].Length && name.StartsWith(one) && name.EndsWith(_names[right].Span);
    }

    private int Joined(int left, int right)
    {
        var one = _names[left].Span;
        var other = _names[right].Span;
        Span<byte> joined = one.Length + other.Length <= 256 ? stackalloc byte[256] : new byte[one.Length + other.Length];
        one.CopyTo(joined);
        other.CopyTo(joined[one.Length..]);
        return Known(joined[..(one.Length + other.Length)]);
    }

    private int Known(ReadOnlySpan<byte> name)
    {
        var id = Find(name);
        return id >= 0 ? id : throw new JsonException($"a merge has the token '{Encoding.UTF8.GetString(name)}', which its vocab lacks");
    }

    // The text of a name or a string, good until the next one is asked for.
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw new JsonException("a token is not a text");
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (_scratch.Length < reader.ValueSpan.Length) _scratch = new byte[reader.ValueSpan.Length];
        return _scratch.AsSpan(0, reader.CopyString(_scratch));
    }

    private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> name)
    {
        if (_free.Length < name.Length) _free = new byte[Math.Max(Chunk, name.Length)];
        name.CopyTo(_free.Span);
        var kept = _free[..name.Length];
        _free = _free[name.Length..];
        return kept;
    }

    private sealed class NameComparer : IEqualityComparer<ReadOnlyMemory<byte>>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ReadOnlyMemory<byte>>
    {
        public static NameComparer Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

        public int GetHashCode(ReadOnlyMemory<byte> name) => GetHashCode(name.Span);

        public bool Equals(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> other) => name.SequenceEqual(other.Span);

        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            // That of texts is seeded, so that no file can be made of names that all fall together.
            var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
            return name.Length % 2 == 0 ? hash : hash * 31 + name[^1];
        }

        public ReadOnlyMemory<byte> Create(ReadOnlySpan<byte> name) => name.ToArray();
    }
}
