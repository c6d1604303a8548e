namespace Muxi.Llm;

/// <summary>The pieces of GPT-2's pattern, which r50k_base, p50k_base and p50k_edit have too.</summary>
/// <remarks><c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>: openai/gpt-2 src/encoder.py, and pat_str of npm tiktoken's encoders.</remarks>
internal readonly struct Gpt2Pieces : IPieces
{
    private const CharacterKinds Word = CharacterKinds.Letter | CharacterKinds.Number | CharacterKinds.Other;

    public int End(ReadOnlySpan<char> text, int start)
    {
        var contraction = Contractions.EndSmall(text, start);
        if (contraction > start) return contraction;
        var at = text[start] == ' ' ? start + 1 : start;
        var kind = Characters.Of(text, at) & Word;
        return kind == 0 ? Characters.EndOfSpaces(text, start) : Characters.EndOfRun(text, at, kind);
    }
}
