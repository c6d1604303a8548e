using System.IO.Pipelines;
using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>How a stream looks to a client.</summary>
/// <param name="Write">Writes what stands in one event.</param>
internal sealed record EventShape<T>(Action<Utf8JsonWriter, T> Write)
{
    /// <summary>An event as the client is to see it; null where there is nothing for it to see.</summary>
    public Func<T, T?> Show { get; init; } = static one => one;

    /// <summary>The name that the event has besides its type (SSE's <c>event:</c> field); null for none.</summary>
    public Func<T, string?>? Name { get; init; }

    /// <summary>Writes an error behind good events.</summary>
    public Action<Utf8JsonWriter, Refusal> WriteError { get; init; } = OpenAIErrors.Write;

    /// <summary>Whether <c>[DONE]</c> ends the stream, as with chat; other operations' events tell their end themselves.</summary>
    public bool EndsWithDone { get; init; }
}

/// <summary>Writes a stream as OpenAI's server-sent events, straight into the response's buffers.</summary>
internal sealed class EventBody<T>(PipeWriter body, EventShape<T> shape) where T : Reply
{
    /// <summary>Answers a call with a stream: its first event, or what goes wrong before it, decides about the status.</summary>
    /// <exception cref="BrokenOffException">The stream broke off, and the client was told.</exception>
    public static async Task AnswerAsync(Incoming call, IAsyncEnumerable<T> stream, EventShape<T> shape)
    {
        await using var events = stream.GetAsyncEnumerator(call.Aborted);
        var isThere = await events.MoveNextAsync();
        if (isThere) call.Name(events.Current);
        call.BeginEvents();
        await new EventBody<T>(call.Response.BodyWriter, shape).WriteAsync(events, isThere, call.Aborted);
    }

    /// <summary>Writes the event that is there and all that follow.</summary>
    private async Task WriteAsync(IAsyncEnumerator<T> events, bool isThere, CancellationToken aborted)
    {
        using var payload = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        try
        {
            while (isThere)
            {
                if (shape.Show(events.Current) is { } one) SseWriter.Write(body, one, shape.Write, json, payload, Name(one));
                isThere = await NextAsync(events);
            }
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            await BreakOffAsync(e, json, payload);
        }
        if (shape.EndsWithDone) SseWriter.Write(body, "[DONE]"u8);
        await body.FlushAsync(CancellationToken.None);
    }

    /// <summary>Steps on. What one read of the upstream brought goes out in one piece, before the next one is waited for.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<T> events)
    {
        var next = events.MoveNextAsync();
        if (!next.IsCompleted) await body.FlushAsync(CancellationToken.None);
        return await next;
    }

    /// <summary>A vendor's name with a line break in it would forge a field.</summary>
    private string? Name(T one) => shape.Name?.Invoke(one) is { } name && !name.AsSpan().ContainsAny('\r', '\n') ? name : null;

    /// <summary>Tells the client of an error behind good events, and ends the connection without the end of a body.</summary>
    /// <exception cref="BrokenOffException">Always.</exception>
    private async Task BreakOffAsync(Exception error, Utf8JsonWriter json, PooledBuffer payload)
    {
        SseWriter.Write(body, Refusals.Of(error), shape.WriteError, json, payload, shape.Name is null ? null : "error");
        await body.FlushAsync(CancellationToken.None);
        throw new BrokenOffException(error);
    }
}
