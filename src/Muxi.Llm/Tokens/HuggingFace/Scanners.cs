namespace Muxi.Llm;

/// <summary>The patterns of pre-tokenisation that have scanners written for them, as tokenizer files spell them.</summary>
internal static class Scanners
{
    /// <summary>GPT-2's, by which ByteLevel cuts too.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Tail = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Cl100kWords = $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|";
    private const string Cl100kSigns = $@"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{Tail}";
    private const string FrontAndRest = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";
    private const string FrontAlone = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";
    private const string O200kSigns = $@"| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{Tail}";

    /// <summary>DeepSeek V3's three, one after the other.</summary>
    private static readonly string[] _deepSeek =
    [
        @"\p{N}{1,3}",
        "[一-龥\u3040-\u309F\u30A0-\u30FF]+",
        """[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^""" + "\r\n" + """\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[""" + "\r\n" + """]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
    ];

    /// <summary>What finds the pieces of a pattern, one behind the other through the whole text; null of a pattern without one.</summary>
    public static Matcher? Of(string pattern) => pattern switch
    {
        Gpt2 => new Scanner<Gpt2Pieces>(new()),
        Cl100kWords + @"\p{N}{1,3}" + Cl100kSigns => new Scanner<Cl100kPieces>(new(digits: 3)),
        Cl100kWords + @"\p{N}" + Cl100kSigns => new Scanner<Cl100kPieces>(new(digits: 1)),
        $@"{FrontAndRest}|{FrontAlone}|\p{{N}}{O200kSigns}" => new Scanner<O200kPieces>(new(digits: 1, contractions: false)),
        $@"{FrontAndRest}{Contractions}?|{FrontAlone}{Contractions}?|\p{{N}}{{1,3}}{O200kSigns}" => new Scanner<O200kPieces>(new(digits: 3, contractions: true)),
        _ => null,
    };

    /// <summary>How many of the steps that a file begins with are done by one scanner, and which.</summary>
    public static (int Steps, Matcher Scanner)? Of(IEnumerable<string?> patterns) =>
        patterns.Take(_deepSeek.Length).SequenceEqual(_deepSeek) ? (_deepSeek.Length, new Scanner<DeepSeekPieces>(new())) : null;

    private sealed class Scanner<TPieces>(TPieces pieces) : Matcher where TPieces : struct, IPieces
    {
        public override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
        {
            (start, end) = (from, from);
            if (from >= text.Length) return false;
            end = pieces.End(text, from);
            return true;
        }
    }
}
