using System.Collections.Frozen;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A tokenizer out of a Hugging Face <c>tokenizer.json</c>.
/// </summary>
/// <remarks>
/// A text goes through it in five steps, each within the parts that the one before leaves:
/// <code>
/// text -1- added tokens ─2─ normalizers ─3─ added tokens, normalized ─4─ pre-tokenizers ─5─ byte pairs ─► ids
/// </code>
/// It goes piece by piece to the end before the next piece is cut, so that counting up to a limit ends there.
/// </remarks>
internal sealed class HuggingFaceTokenizer : Tokenizer
{
    private readonly ReadOnlyMemory<byte>[] _names;
    private readonly AddedTokens _plainTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly Normalizer[] _normalizers;
    private readonly Cutting[] _cuttings;
    private readonly Decoder[] _decoders;
    private readonly BytePairModel _model;
    private readonly bool _keepsNormalized;

    private HuggingFaceTokenizer(TokenizerFile file)
    {
        Name = file.Path;
        _normalizers = Normalizer.Read(file.Normalizer);
        _decoders = Decoder.Read(file.Decoder);
        _cuttings = PreTokenizer.Read(file.PreTokenizer);
        // Where bytes are what is merged, they need not be spelled as characters first.
        var isOfBytes = _cuttings is [.., Cutting.ByteSpelling] && BytePairModel.HasAllBytes(file.Vocabulary);
        if (isOfBytes) _cuttings = _cuttings[..^1];
        _model = new(file, isOfBytes);
        _keepsNormalized = isOfBytes && _decoders is [Decoder.ByteLevel] && _cuttings.All(static cutting => cutting is PatternCutting { KeepsAll: true })
            && file.AddedTokens.All(static token => !token.TakesLeft && !token.TakesRight);
        (AddedToken Token, int Id)[] added = [.. Added(file)];
        _plainTokens = new(added.Where(static it => !it.Token.IsNormalized), static token => token.Name);
        _normalizedTokens = new(added.Where(static it => it.Token.IsNormalized), token => Normalized(token.Name).ToString());
        _names = new ReadOnlyMemory<byte>[added.Aggregate(file.Vocabulary.Size, static (size, it) => Math.Max(size, it.Id + 1))];
        file.Vocabulary.Names.CopyTo(_names);
        foreach (var (token, id) in added) _names[id] = Encoding.UTF8.GetBytes(token.Name);
        Specials = added.Where(static it => it.Token.IsSpecial).DistinctBy(static it => it.Token.Name).ToFrozenDictionary(static it => it.Token.Name, static it => it.Id);
    }

    public override string Name { get; }

    public override int VocabularySize => _names.Length;

    public override IReadOnlyDictionary<string, int> Specials { get; }

    /// <summary>Reads a file.</summary>
    public static HuggingFaceTokenizer Load(string path)
    {
        var file = TokenizerFile.Read(path);
        try
        {
            return new(file);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw TokenizerFile.Fault(path, $"is no tokenizer.json: {e.Message}", e);
        }
    }

    public override string Decode(params ReadOnlySpan<int> ids) =>
        _decoders is [Decoder.ByteLevel] ? base.Decode(ids) : Decoder.Text(Decoded(ids));

    public override byte[] DecodeBytes(params ReadOnlySpan<int> ids) =>
        _decoders is [Decoder.ByteLevel] ? base.DecodeBytes(ids) : Decoder.Bytes(Decoded(ids));

    internal override void Run<TSink>(ReadOnlySpan<char> text, SpecialTokens? specials, ref TSink sink)
    {
        if (WellFormed(text) is { } repaired) text = repaired;
        var search = new AddedTokens.Search();
        while (!_plainTokens.AreNone && _plainTokens.Next(text, specials, ref search))
        {
            if (search.Before < search.Start && !Normalize(text[search.Before..search.Start], search.Before == 0, specials, ref sink)) return;
            if (!sink.Add(search.Id)) return;
        }
        if (search.End < text.Length) Normalize(text[search.End..], search.End == 0, specials, ref sink);
    }

    internal override ReadOnlySpan<byte> Bytes(int id)
    {
        if ((uint)id >= (uint)_names.Length || _names[id].IsEmpty) throw new ArgumentOutOfRangeException(nameof(id), id, "There is no token of this id.");
        if (_decoders is not [Decoder.ByteLevel]) return Decoder.Bytes(string.Concat(Decoder.Chain(["", Encoding.UTF8.GetString(_names[id].Span)], _decoders.Where(static decoder => !decoder.IsOfWhole))));
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(_names[id].Length);
        return ByteAlphabet.TryRead(_names[id].Span, bytes) ? bytes.WrittenSpan : _names[id].Span;
    }

    internal override bool Keeps(ReadOnlySpan<char> text) => _keepsNormalized && Normalized(WellFormed(text) ?? text).SequenceEqual(text);

    private static string? WellFormed(ReadOnlySpan<char> text)
    {
        for (var rest = text; rest.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at; rest = rest[(at + 2)..])
            if (at + 1 == rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1])) return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToArray()));
        return null;
    }

    // The library gives an added token the id that its name has in the vocabulary, or the next that is free, whatever the file says.
    private static IEnumerable<(AddedToken Token, int Id)> Added(TokenizerFile file)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var all = new List<(AddedToken Token, int Id)>();
        var highest = -1;
        foreach (var token in file.AddedTokens.Where(static token => token.Name.Length > 0).Distinct())
        {
            if (!ids.TryGetValue(token.Name, out var id))
            {
                id = file.Vocabulary.Find(Encoding.UTF8.GetBytes(token.Name));
                if (id < 0) id = highest >= file.Vocabulary.Count ? highest + 1 : file.Vocabulary.Count;
                ids.Add(token.Name, id);
            }
            highest = Math.Max(highest, id);
            all.Add((token, id));
        }
        return all.Where(static it => it.Token.IsSpecial).Concat(all.Where(static it => !it.Token.IsSpecial));
    }

    private bool Normalize<TSink>(ReadOnlySpan<char> text, bool isFirst, SpecialTokens? specials, ref TSink sink) where TSink : struct, ITokenSink
    {
        text = Normalized(text);
        var search = new AddedTokens.Search();
        while (!_normalizedTokens.AreNone && _normalizedTokens.Next(text, specials, ref search))
        {
            if (search.Before < search.Start && !Cut(0, text[search.Before..search.Start], isFirst && search.Before == 0, ref sink)) return false;
            if (!sink.Add(search.Id)) return false;
        }
        return search.End >= text.Length || Cut(0, text[search.End..], isFirst && search.End == 0, ref sink);
    }

    private ReadOnlySpan<char> Normalized(ReadOnlySpan<char> text)
    {
        foreach (var normalizer in _normalizers)
            if (normalizer.Change(text) is { } changed) text = changed;
        return text;
    }

    private bool Cut<TSink>(int step, ReadOnlySpan<char> text, bool isFirst, ref TSink sink) where TSink : struct, ITokenSink
    {
        if (step == _cuttings.Length) return _model.Encode(text, ref sink);
        var cutting = _cuttings[step];
        if (cutting.Change(text, isFirst) is { } changed) text = changed;
        var cuts = new Cuts();
        while (cutting.Next(text, ref cuts))
            if (!Cut(step + 1, text[cuts.Start..cuts.End], isFirst && cuts.Start == 0, ref sink)) return false;
        return true;
    }

    private string Decoded(ReadOnlySpan<int> ids)
    {
        var names = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_names.Length || _names[id].IsEmpty) throw new ArgumentOutOfRangeException(nameof(ids), id, "There is no token of this id.");
            names.Add(Encoding.UTF8.GetString(_names[id].Span));
        }
        return string.Concat(Decoder.Chain(names, _decoders));
    }
}
