using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What can be done with a stream of chunks.</summary>
public static class ChatStreams
{
    /// <summary>Reads the stream to its end and puts it together: the reply that the same call would have had without streaming.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke; what came is on the exception.</exception>
    public static async Task<ChatCompletion> ToCompletionAsync(this IAsyncEnumerable<ChatCompletionChunk> chunks, CancellationToken cancellationToken = default)
    {
        var accumulator = new ChatAccumulator();
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false)) accumulator.Add(chunk);
        return accumulator.ToCompletion() ?? throw new StreamInterruptedException("the stream ended before anything came");
    }

    /// <summary>The first answer's text, piece by piece.</summary>
    public static async IAsyncEnumerable<string> TextAsync(this IAsyncEnumerable<ChatCompletionChunk> chunks, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
            if (chunk.Text is { Length: > 0 } text) yield return text;
    }

    /// <summary>Shows each chunk to <paramref name="look"/> on its way, in order, and passes it on unchanged.</summary>
    public static async IAsyncEnumerable<ChatCompletionChunk> Tee(
        this IAsyncEnumerable<ChatCompletionChunk> chunks, Action<ChatCompletionChunk> look, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            look(chunk);
            yield return chunk;
        }
    }

    /// <summary>Writes the stream as OpenAI's server-sent events, each flushed at once, with <c>[DONE]</c> at a proper end; a stream that breaks gets none.</summary>
    /// <param name="chunks">The stream.</param>
    /// <param name="output">Where to write, e.g. a response's body; it is left open.</param>
    /// <param name="cancellationToken">Ends the call at the provider.</param>
    public static async Task WriteSseAsync(this IAsyncEnumerable<ChatCompletionChunk> chunks, Stream output, CancellationToken cancellationToken = default)
    {
        using var payload = new PooledBuffer();
        using var frame = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(chunk, json, payload, frame);
            await output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            frame.Clear();
        }
        SseWriter.Write(frame, "[DONE]"u8);
        await output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes one chunk as an event.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="json">A writer into <paramref name="payload"/>; both are used again for the next one.</param>
    /// <param name="payload">What stands in the event.</param>
    /// <param name="frame">Takes the event.</param>
    internal static void Write(ChatCompletionChunk chunk, Utf8JsonWriter json, PooledBuffer payload, IBufferWriter<byte> frame)
    {
        payload.Clear();
        json.Reset();
        ChatReplyWriter.Write(json, chunk);
        json.Flush();
        SseWriter.Write(frame, payload.WrittenSpan);
    }
}
