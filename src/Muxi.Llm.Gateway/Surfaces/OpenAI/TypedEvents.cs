using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>Answers with events that tell their own type and end, as OpenAI's operations besides chat do: there is no <c>[DONE]</c>.</summary>
internal static class TypedEvents
{
    /// <summary>Waits for the first event, which decides about the status, and writes all of them.</summary>
    /// <param name="call">The request.</param>
    /// <param name="events">The stream.</param>
    /// <param name="write">Writes one event's JSON.</param>
    /// <exception cref="BrokenOffException">The stream broke off, and the client was told.</exception>
    public static async Task AnswerAsync<T>(Incoming call, IAsyncEnumerable<T> events, Action<Utf8JsonWriter, T> write) where T : Reply
    {
        await using var source = events.GetAsyncEnumerator(call.Aborted);
        var isThere = await source.MoveNextAsync();
        if (isThere) call.Name(source.Current);
        var headers = call.Response.Headers;
        headers.ContentType = "text/event-stream; charset=utf-8";
        headers.CacheControl = "no-cache";
        // nginx would gather the events otherwise.
        headers["X-Accel-Buffering"] = "no";
        var body = call.Response.BodyWriter;
        using var payload = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        try
        {
            while (isThere)
            {
                payload.Clear();
                json.Reset();
                write(json, source.Current);
                await json.FlushAsync(CancellationToken.None);
                SseWriter.Write(body, payload.WrittenSpan);
                // What one read of the upstream brought goes out in one piece.
                var next = source.MoveNextAsync();
                if (!next.IsCompleted) await body.FlushAsync(CancellationToken.None);
                isThere = await next;
            }
        }
        catch (Exception e) when (!call.Aborted.IsCancellationRequested)
        {
            await EventBody.BreakOffAsync(body, e);
        }
        await body.FlushAsync(CancellationToken.None);
    }
}
