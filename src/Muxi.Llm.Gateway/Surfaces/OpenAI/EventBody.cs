using System.IO.Pipelines;
using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>Writes a stream of chunks as OpenAI's server-sent events, straight into the response's buffers.</summary>
/// <param name="body">The response's body.</param>
/// <param name="show">A chunk as the client is to see it; null where there is nothing for it to see.</param>
/// <param name="write">Writes a chunk.</param>
internal sealed class EventBody<TChunk>(PipeWriter body, Func<TChunk, TChunk?> show, Action<Utf8JsonWriter, TChunk> write) where TChunk : Reply
{
    /// <summary>Answers a call with a stream: its first chunk, or what goes wrong before it, decides about the status.</summary>
    /// <exception cref="BrokenOffException">The stream broke off, and the client was told.</exception>
    public static async Task AnswerAsync(Incoming call, IAsyncEnumerable<TChunk> stream, Func<TChunk, TChunk?> show, Action<Utf8JsonWriter, TChunk> write)
    {
        await using var chunks = stream.GetAsyncEnumerator(call.Aborted);
        var isThere = await chunks.MoveNextAsync();
        if (isThere) call.Name(chunks.Current);
        var headers = call.Response.Headers;
        headers.ContentType = "text/event-stream; charset=utf-8";
        headers.CacheControl = "no-cache";
        // nginx would gather the events otherwise.
        headers["X-Accel-Buffering"] = "no";
        await new EventBody<TChunk>(call.Response.BodyWriter, show, write).WriteAsync(chunks, isThere, call.Aborted);
    }

    /// <summary>Writes the chunk that is there and all that follow.</summary>
    /// <exception cref="BrokenOffException">The stream broke off, and the client was told.</exception>
    private async Task WriteAsync(IAsyncEnumerator<TChunk> chunks, bool isThere, CancellationToken aborted)
    {
        using var payload = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        try
        {
            while (isThere)
            {
                if (show(chunks.Current) is { } chunk) SseWriter.Write(body, chunk, write, json, payload);
                isThere = await NextAsync(chunks);
            }
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            await BreakOffAsync(body, e);
        }
        SseWriter.Write(body, "[DONE]"u8);
        await body.FlushAsync(CancellationToken.None);
    }

    /// <summary>Steps on. What one read of the upstream brought goes out in one piece, before the next one is waited for.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<TChunk> chunks)
    {
        var next = chunks.MoveNextAsync();
        if (!next.IsCompleted) await body.FlushAsync(CancellationToken.None);
        return await next;
    }

    /// <summary>Tells the client of an error behind good events, and ends the connection without the end of a body.</summary>
    /// <exception cref="BrokenOffException">Always.</exception>
    public static async Task BreakOffAsync(PipeWriter body, Exception error)
    {
        using var payload = new PooledBuffer();
        using (var json = new Utf8JsonWriter(payload, JsonOut.Compact)) OpenAIErrors.Write(json, Refusals.Of(error));
        SseWriter.Write(body, payload.WrittenSpan);
        await body.FlushAsync(CancellationToken.None);
        throw new BrokenOffException(error);
    }
}
