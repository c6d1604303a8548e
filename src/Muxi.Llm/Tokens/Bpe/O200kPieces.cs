namespace Muxi.Llm;

/// <summary>The pieces of o200k_base's pattern, which cuts words where small letters end; Mistral's (tekken) is the same without contractions and between all digits.</summary>
/// <param name="digits">How many digits a piece has at most: 3, or Mistral's 1.</param>
/// <param name="contractions">Whether a contraction belongs to its word, as in o200k_base.</param>
/// <remarks>
/// With W for <c>[^\r\n\p{L}\p{N}]?</c>, F for <see cref="CharacterKinds.Front"/>, R for <see cref="CharacterKinds.Rest"/> and C for <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)?</c>:
/// <c>W F* R+ C|W F+ R* C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>; pat_str of npm tiktoken's o200k_base, and Mistral Nemo's tokenizer.json.
/// </remarks>
internal readonly struct O200kPieces(int digits, bool contractions) : IPieces
{
    public int End(ReadOnlySpan<char> text, int start)
    {
        var kinds = Characters.Of(text, start, out var next);
        if ((kinds & CharacterKinds.Number) != 0) return Characters.EndOfDigits(text, start, digits);
        var word = (kinds & CharacterKinds.Letter) != 0 ? EndOfWord(text, start) : EndOfLedWord(text, start, next, kinds);
        if (word > start) return contractions ? Contractions.End(text, word) : word;
        if ((kinds & CharacterKinds.Other) != 0 || (text[start] == ' ' && Characters.Is(text, next, CharacterKinds.Other)))
            return EndOfSlashes(text, Characters.EndOfRun(text, next, CharacterKinds.Other));
        return Characters.EndOfLines(text, start);
    }

    /// <summary>The end of a word behind one character that is none of its letters; <paramref name="start"/> where no word follows.</summary>
    private static int EndOfLedWord(ReadOnlySpan<char> text, int start, int next, CharacterKinds lead)
    {
        if (Characters.IsLineEnd(text, start)) return start;
        var end = EndOfWord(text, next, out var hasRest);
        // A mark is a word's rest itself: the first alternative is content with it alone before the second one is tried.
        if ((lead & CharacterKinds.Mark) != 0 && !hasRest) return next;
        return end > next ? end : start;
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int start) => EndOfWord(text, start, out _);

    /// <summary><c>F* R+|F+ R*</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the word starts.</param>
    /// <param name="hasRest">Whether the first alternative matched.</param>
    private static int EndOfWord(ReadOnlySpan<char> text, int start, out bool hasRest)
    {
        // F* takes all it can; what is F and R both is given back to R+ only where nothing else is left for it.
        var (at, rest) = (start, start);
        CharacterKinds kinds;
        for (int next; ((kinds = Characters.Of(text, at, out next)) & CharacterKinds.Front) != 0; at = next)
            if ((kinds & CharacterKinds.Rest) != 0) rest = next;
        if ((kinds & CharacterKinds.Rest) != 0) rest = Characters.EndOfRun(text, at, CharacterKinds.Rest);
        hasRest = rest > start;
        return hasRest ? rest : at;
    }

    private static int EndOfSlashes(ReadOnlySpan<char> text, int at)
    {
        while ((uint)at < (uint)text.Length && text[at] is '\r' or '\n' or '/') at++;
        return at;
    }
}
