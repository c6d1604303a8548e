namespace Muxi.Llm;

/// <summary>Cuts a text into the pieces that are encoded each for itself (pre-tokenisation).</summary>
internal interface IPieces
{
    /// <summary>Where the piece ends that starts here: behind <paramref name="start"/>, at most the text's length.</summary>
    int End(ReadOnlySpan<char> text, int start);
}
