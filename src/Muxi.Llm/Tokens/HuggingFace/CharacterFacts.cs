using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// What <c>Data/characters.txt</c> tells of characters: how they decompose, are ordered and compose, and which scripts they are of. It is what the library <c>tokenizers</c> knows, in whichever
/// version of Unicode it knows it, and independent of the runtime, which with <c>InvariantGlobalization</c> normalizes nothing.
/// </summary>
internal sealed class CharacterFacts
{
    private static readonly Lazy<CharacterFacts> _all = new(static () => new());

    private readonly Dictionary<int, string> _canonical = [];
    private readonly Dictionary<int, string> _compatible = [];
    private readonly Dictionary<(int, int), int> _composed = [];
    private readonly Dictionary<int, int> _orders = [];
    private readonly Dictionary<string, (int From, int To)[]> _scripts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (int From, int To)[]> _sets = [];

    private CharacterFacts()
    {
        using var file = typeof(CharacterFacts).Assembly.GetManifestResourceStream("Muxi.Llm.characters.txt")!;
        using var reader = new StreamReader(file);
        var orders = 0;
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "order":
                    orders++;
                    foreach (var (from, to) in Ranges(words.AsSpan(1)))
                        for (var code = from; code <= to; code++) _orders[code] = orders;
                    break;
                case "canonical":
                    AddCanonical(Code(words[1]), words.AsSpan(2));
                    break;
                case "compatible":
                    _compatible[Code(words[1])] = Spell(words.AsSpan(2));
                    break;
                case "script":
                    _scripts[words[1]] = Ranges(words.AsSpan(2));
                    break;
                case "set":
                    _sets[words[1]] = Ranges(words.AsSpan(2));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The facts, read when first asked for.</summary>
    public static CharacterFacts All => _all.Value;

    /// <summary>What the library's pre-tokenizer Punctuation takes for it: that of an older Unicode than its patterns know.</summary>
    public ReadOnlySpan<(int From, int To)> Punctuation => _sets["Punctuation"];

    /// <summary>What its pre-tokenizer Digits takes for numbers: those of a newer Unicode.</summary>
    public ReadOnlySpan<(int From, int To)> Numbers => _sets["Number"];

    /// <summary>What its normalizer StripAccents takes for accents: the marks of an older Unicode.</summary>
    public ReadOnlySpan<(int From, int To)> Accents => _sets["Accents"];

    /// <summary>The characters of a script, by its English name in either case, in order; null of one that is not here.</summary>
    public (int From, int To)[]? Script(string name) => _scripts.GetValueOrDefault(name);

    /// <summary>What a character decomposes to, no further; null where it is one.</summary>
    public string? Decomposed(int code, bool compatible) =>
        compatible && _compatible.TryGetValue(code, out var parts) || _canonical.TryGetValue(code, out parts) ? parts : null;

    /// <summary>The place of a mark's combining class among the classes, from 1; 0 of what is no mark that moves.</summary>
    public int Order(int code) => _orders.GetValueOrDefault(code);

    /// <summary>What two characters compose to; 0 where they do not.</summary>
    public int Composed(int first, int second) => _composed.GetValueOrDefault((first, second));

    private void AddCanonical(int code, ReadOnlySpan<string> words)
    {
        if (words[0] != "=")
        {
            _canonical[code] = Spell(words);
            return;
        }
        // The first of the two may be composed itself; it comes earlier in the file or has itself two that do.
        _composed[(Code(words[1]), Code(words[2]))] = code;
        _canonical[code] = Spell(words[1..]);
    }

    private static string Spell(ReadOnlySpan<string> codes)
    {
        var text = new StringBuilder();
        foreach (var code in codes) text.Append(char.ConvertFromUtf32(Code(code)));
        return text.ToString();
    }

    private static (int From, int To)[] Ranges(ReadOnlySpan<string> words)
    {
        var ranges = new (int, int)[words.Length];
        for (var at = 0; at < words.Length; at++)
        {
            var dash = words[at].IndexOf('-', StringComparison.Ordinal);
            ranges[at] = dash < 0 ? (Code(words[at]), Code(words[at])) : (Code(words[at].AsSpan(0, dash)), Code(words[at].AsSpan(dash + 1)));
        }
        return ranges;
    }

    private static int Code(ReadOnlySpan<char> word) => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
