using System.Text;

namespace Muxi.Llm;

/// <summary>Changes a text before it is cut.</summary>
internal abstract class Normalizer
{
    private const string Supported = "NFC, NFD, NFKC, NFKD, Replace, Prepend, Lowercase, Strip, StripAccents, ByteLevel, Sequence";

    /// <summary>The changed text; null where it stays as it is.</summary>
    public abstract string? Change(ReadOnlySpan<char> text);

    /// <summary>The normalizers of a file, in order.</summary>
    public static Normalizer[] Read(JsonPart part) => part.IsAbsent ? [] : [.. All(part)];

    private static IEnumerable<Normalizer> All(JsonPart part) => part.Type switch
    {
        "Sequence" => part.Parts("normalizers").SelectMany(All),
        "NFC" => [new NormalForm(compatible: false, composes: true)],
        "NFD" => [new NormalForm(compatible: false, composes: false)],
        "NFKC" => [new NormalForm(compatible: true, composes: true)],
        "NFKD" => [new NormalForm(compatible: true, composes: false)],
        "Replace" => [new Replacement(part)],
        "Prepend" => [new Prefix(part.Text("prepend"))],
        "Lowercase" => [new Lowercase()],
        "Strip" => [new Trim(part.Flag("strip_left", true), part.Flag("strip_right", true))],
        "StripAccents" => [new AccentRemoval()],
        "ByteLevel" => [new ByteSpelling()],
        _ => throw part.RefuseType(Supported),
    };

    private sealed class Replacement(JsonPart part) : Normalizer
    {
        private readonly Matcher _what = Matcher.OfReplacement(part);
        private readonly string _with = part.Text("content");

        public override string? Change(ReadOnlySpan<char> text) => _what.Replace(text, _with);
    }

    private sealed class Prefix(string prefix) : Normalizer
    {
        public override string? Change(ReadOnlySpan<char> text) => text.IsEmpty ? null : string.Concat(prefix, text);
    }

    private sealed class Lowercase : Normalizer
    {
        public override string Change(ReadOnlySpan<char> text)
        {
            var result = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes())
            {
                // The one character whose small form is two.
                if (rune.Value == 'İ') result.Append("i\u0307");
                else result.Append(Rune.ToLowerInvariant(rune));
            }
            return result.ToString();
        }
    }

    private sealed class Trim(bool left, bool right) : Normalizer
    {
        public override string Change(ReadOnlySpan<char> text)
        {
            if (left) text = text.TrimStart();
            return new(right ? text.TrimEnd() : text);
        }
    }

    private sealed class AccentRemoval : Normalizer
    {
        private readonly Matcher _accents = Matcher.OfSet(CharacterFacts.All.Accents);

        public override string? Change(ReadOnlySpan<char> text) => _accents.Replace(text, "");
    }

    private sealed class ByteSpelling : Normalizer
    {
        public override string Change(ReadOnlySpan<char> text) => ByteAlphabet.Write(text);
    }
}
