namespace Muxi.Llm;

/// <summary>The ends of English words that are pieces of their own: 's 't 'm 'd 're 've 'll.</summary>
internal static class Contractions
{
    /// <summary>Where the contraction ends that begins here, in small letters; <paramref name="start"/> where there is none.</summary>
    public static int EndSmall(ReadOnlySpan<char> text, int start) => Starts(text, start) ? End(text, start, text[start + 1], start + 2 < text.Length ? text[start + 2] : '\0') : start;

    /// <summary>The same in letters of any case, as Unicode folds them: the long s (U+017F) is an s. No other letter of these folds to one outside of ASCII.</summary>
    public static int End(ReadOnlySpan<char> text, int start) => Starts(text, start) ? End(text, start, Small(text[start + 1]), start + 2 < text.Length ? Small(text[start + 2]) : '\0') : start;

    private static bool Starts(ReadOnlySpan<char> text, int start) => start + 1 < text.Length && text[start] == '\'';

    private static int End(ReadOnlySpan<char> text, int start, char first, char second) => (first, second) switch
    {
        ('s' or 't' or 'm' or 'd', _) => start + 2,
        ('r' or 'v', 'e') or ('l', 'l') => start + 3,
        _ => start,
    };

    private static char Small(char letter) => letter is >= 'A' and <= 'Z' ? (char)(letter | 0x20) : letter == '\u017F' ? 's' : letter;
}
