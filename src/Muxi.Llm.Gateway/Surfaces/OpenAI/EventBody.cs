using System.IO.Pipelines;
using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>Writes a stream of chunks as OpenAI's server-sent events, straight into the response's buffers.</summary>
internal sealed class EventBody(PipeWriter body, bool tellsUsage)
{
    /// <summary>Writes the chunk that is there and all that follow.</summary>
    /// <exception cref="BrokenOffException">The stream broke off, and the client was told.</exception>
    public async Task WriteAsync(IAsyncEnumerator<ChatCompletionChunk> chunks, bool isThere, CancellationToken aborted)
    {
        using var payload = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        try
        {
            while (isThere)
            {
                if (ReplyWords.Known(chunks.Current, tellsUsage) is { } chunk) ChatStreams.Write(chunk, json, payload, body);
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
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatCompletionChunk> chunks)
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
