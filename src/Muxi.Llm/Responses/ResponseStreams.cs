using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>What can be done with a stream of a response's events.</summary>
public static class ResponseStreams
{
    /// <summary>Reads the stream to its end and puts it together: the response that the same call would have had without streaming.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke; what came is on the exception.</exception>
    public static async Task<Response> ToResponseAsync(this IAsyncEnumerable<ResponseStreamEvent> events, CancellationToken cancellationToken = default)
    {
        var accumulator = new ResponseAccumulator();
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false)) accumulator.Add(one);
        return accumulator.ToResponse() ?? throw new StreamInterruptedException("the stream ended before anything came");
    }

    /// <summary>The answer's text, piece by piece.</summary>
    public static async IAsyncEnumerable<string> TextAsync(this IAsyncEnumerable<ResponseStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
            if (one.TextDelta is { Length: > 0 } text) yield return text;
    }

    /// <summary>Shows each event to <paramref name="look"/> on its way, in order, and passes it on unchanged.</summary>
    public static async IAsyncEnumerable<ResponseStreamEvent> Tee(
        this IAsyncEnumerable<ResponseStreamEvent> events, Action<ResponseStreamEvent> look, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            look(one);
            yield return one;
        }
    }

    /// <summary>Writes the stream as OpenAI's server-sent events, each with its type as its name and flushed at once. There is no <c>[DONE]</c>: the last event is the end.</summary>
    /// <param name="events">The stream.</param>
    /// <param name="output">Where to write, e.g. a reply's body; it is left open.</param>
    /// <param name="cancellationToken">Ends the call at the provider.</param>
    public static Task WriteSseAsync(this IAsyncEnumerable<ResponseStreamEvent> events, Stream output, CancellationToken cancellationToken = default) =>
        SseWriter.WriteNamedAsync(events, static (json, one) => ResponseEventJson.Write(json, one), static one => one.Type.Value.AsSpan().ContainsAny('\n', '\r') ? "" : one.Type.Value, output, cancellationToken);
}
