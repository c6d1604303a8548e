using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>What can be done with a stream of completion chunks.</summary>
public static class CompletionStreams
{
    /// <summary>Reads the stream to its end and puts it together: the reply that the same call would have had without streaming.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke; what came is on the exception.</exception>
    public static async Task<Completion> ToCompletionAsync(this IAsyncEnumerable<CompletionChunk> chunks, CancellationToken cancellationToken = default)
    {
        var accumulator = new CompletionAccumulator();
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false)) accumulator.Add(chunk);
        return accumulator.ToCompletion() ?? throw new StreamInterruptedException("the stream ended before anything came");
    }

    /// <summary>The first answer's text, piece by piece.</summary>
    public static async IAsyncEnumerable<string> TextAsync(this IAsyncEnumerable<CompletionChunk> chunks, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
            if (chunk.Text is { Length: > 0 } text) yield return text;
    }

    /// <summary>Writes the stream as OpenAI's server-sent events, each flushed at once, with <c>[DONE]</c> at a proper end; a stream that breaks gets none.</summary>
    /// <param name="chunks">The stream.</param>
    /// <param name="output">Where to write, e.g. a response's body; it is left open.</param>
    /// <param name="cancellationToken">Ends the call at the provider.</param>
    public static Task WriteSseAsync(this IAsyncEnumerable<CompletionChunk> chunks, Stream output, CancellationToken cancellationToken = default) =>
        SseWriter.WriteAllAsync(chunks, static (json, chunk) => CompletionReplyWriter.Write(json, chunk), output, cancellationToken);
}
