namespace Muxi.Llm;

/// <summary>The pieces of cl100k_base's pattern, which Llama 3 has too; Qwen's cuts between all digits.</summary>
/// <param name="digits">How many digits a piece has at most: 3, or Qwen's 1.</param>
/// <remarks>
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>: pat_str of npm tiktoken's cl100k_base, and Llama 3.1's tokenizer.json.
/// Newer editions of tiktoken take white space that ends a text as one piece even where lines end in it (<c>\s++$</c>); the encoders that this one is held against do not.
/// </remarks>
internal readonly struct Cl100kPieces(int digits) : IPieces
{
    public int End(ReadOnlySpan<char> text, int start)
    {
        var contraction = Contractions.End(text, start);
        if (contraction > start) return contraction;
        var kinds = Characters.Of(text, start, out var next);
        if ((kinds & CharacterKinds.Letter) != 0) return Characters.EndOfRun(text, next, CharacterKinds.Letter);
        if ((kinds & CharacterKinds.Number) != 0) return Characters.EndOfDigits(text, start, digits);
        var following = Characters.Of(text, next);
        if ((following & CharacterKinds.Letter) != 0 && !Characters.IsLineEnd(text, start)) return Characters.EndOfRun(text, next, CharacterKinds.Letter);
        if ((kinds & CharacterKinds.Other) != 0 || (text[start] == ' ' && (following & CharacterKinds.Other) != 0))
            return Characters.EndOfLineEnds(text, Characters.EndOfRun(text, next, CharacterKinds.Other));
        return Characters.EndOfLines(text, start);
    }
}
