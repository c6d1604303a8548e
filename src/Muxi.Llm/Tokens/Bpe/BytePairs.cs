#pragma warning disable CA1822
namespace Muxi.Llm;

/// <summary>A byte-pair vocabulary: which tokens there are, and which two of them are merged first.</summary>
internal sealed class BytePairs
{
    /// <summary>A vocabulary out of a list of merges.</summary>
    /// <param name="tokens">What each id stands for, by id; empty for an id that no text makes.</param>
    /// <param name="merges">Which neighbours become which token, the first merge first.</param>
    /// <param name="wholePieces">Whether a piece that is a token is that token, whatever the merges would make of it (<c>ignore_merges</c>; OpenAI's encodings).</param>
    public static BytePairs FromMerges(ReadOnlyMemory<byte>[] tokens, ReadOnlySpan<(int Left, int Right, int Result)> merges, bool wholePieces) => throw new InvalidOperationException();

    /// <summary>Encodes one piece. Its symbols (single bytes or characters, whatever the vocabulary starts from) must all be in the vocabulary.</summary>
    /// <returns>False when the sink wants no more.</returns>
    public bool Encode<TSink>(ReadOnlySpan<byte> piece, ref TSink sink) where TSink : struct, ITokenSink => throw new InvalidOperationException();

    /// <summary>What a token stands for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> Bytes(int id) => throw new InvalidOperationException();
}
