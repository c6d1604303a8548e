namespace Muxi.Llm;

/// <summary>The pieces of DeepSeek V3 and R1. Their tokenizer.json cuts three times, each time within the parts that the time before left; here the first two are borders that the third does not see across.</summary>
/// <remarks>
/// First <c>\p{N}{1,3}</c>; then <c>[一-龥぀-ゟ゠-ヿ]+</c>; then, in every part for itself,
/// <c>[!"#$%&amp;'()*+,\-./:;&lt;=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// What none of them matches, such as control characters, is a piece as well.
/// </remarks>
internal readonly struct DeepSeekPieces : IPieces
{
    private const int MostDigits = 3;
    private const CharacterKinds Word = CharacterKinds.Letter | CharacterKinds.Mark;

    public int End(ReadOnlySpan<char> text, int start)
    {
        var kinds = Characters.Of(text, start, out var next);
        if ((kinds & CharacterKinds.Number) != 0) return Characters.EndOfDigits(text, start, MostDigits);
        var han = IsHan(text[start]);
        var isSign = (kinds & CharacterKinds.Sign) != 0;
        if (isSign && char.IsAscii(text[start]) && EndOfAsciiLetters(text, next) is var letters && letters > next) return letters;
        if ((kinds & Word) != 0) return EndOfRun(text, next, Word, han);
        var following = OfPart(text, next, han, out _);
        if ((following & Word) != 0 && !isSign && !Characters.IsLineEnd(text, start)) return EndOfRun(text, next, Word, han);
        if (isSign || (text[start] == ' ' && (following & CharacterKinds.Sign) != 0))
        {
            var signs = EndOfRun(text, next, CharacterKinds.Sign, han);
            return han ? signs : Characters.EndOfLineEnds(text, signs);
        }
        return (kinds & CharacterKinds.Space) != 0 ? EndOfLines(text, start) : EndOfGap(text, next, han);
    }

    private static bool IsHan(char character) => character is (>= '一' and <= '龥') or (>= '\u3040' and <= '\u30FF');

    /// <summary>What stands at <paramref name="at"/>; nothing where the part ends.</summary>
    private static CharacterKinds OfPart(ReadOnlySpan<char> text, int at, bool han, out int next)
    {
        var kinds = Characters.Of(text, at, out next);
        return (kinds & CharacterKinds.Number) == 0 && (uint)at < (uint)text.Length && IsHan(text[at]) == han ? kinds : CharacterKinds.None;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int at, CharacterKinds kinds, bool han)
    {
        while ((OfPart(text, at, han, out var next) & kinds) != 0) at = next;
        return at;
    }

    private static int EndOfAsciiLetters(ReadOnlySpan<char> text, int at)
    {
        while ((uint)at < (uint)text.Length && char.IsAsciiLetter(text[at])) at++;
        return at;
    }

    /// <summary>The end of white space. A part that ends is like a text that does: all of the white space is taken.</summary>
    private static int EndOfLines(ReadOnlySpan<char> text, int start)
    {
        var end = Characters.EndOfRun(text, start, CharacterKinds.Space);
        return Characters.EndOfLines(OfPart(text, end, han: false, out _) == 0 ? text[..end] : text, start);
    }

    /// <summary>Where something begins again that is matched: anything but more of the same, or the last of it when a word follows, whose lead it is then.</summary>
    private static int EndOfGap(ReadOnlySpan<char> text, int at, bool han)
    {
        for (; OfPart(text, at, han, out var next) == CharacterKinds.Other; at = next)
            if ((OfPart(text, next, han, out _) & Word) != 0) break;
        return at;
    }
}
