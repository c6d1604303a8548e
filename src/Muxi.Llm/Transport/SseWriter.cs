using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes server-sent events.</summary>
internal static class SseWriter
{
    /// <summary>Writes a stream as events, each flushed at once, and <c>[DONE]</c> at its proper end.</summary>
    public static async Task WriteAllAsync<T>(IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, Stream output, CancellationToken cancellationToken)
    {
        using var payload = new PooledBuffer();
        using var frame = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(frame, item, write, json, payload);
            await output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            frame.Clear();
        }
        Write(frame, "[DONE]"u8);
        await output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a stream as events that have names, each flushed at once; its last event is its end.</summary>
    public static async Task WriteNamedAsync<T>(IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, Func<T, string> name, Stream output, CancellationToken cancellationToken)
    {
        using var payload = new PooledBuffer();
        using var frame = new PooledBuffer();
        using var json = new Utf8JsonWriter(payload, JsonOut.Compact);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(frame, item, write, json, payload, name(item));
            await output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            frame.Clear();
        }
    }

    /// <summary>Writes one value as an event.</summary>
    /// <param name="output">Takes the event.</param>
    /// <param name="item">The value.</param>
    /// <param name="write">Writes the value.</param>
    /// <param name="json">A writer into <paramref name="payload"/>; both are used again for the next one.</param>
    /// <param name="payload">What stands in the event.</param>
    /// <param name="type">The event's name; null for none.</param>
    public static void Write<T>(IBufferWriter<byte> output, T item, Action<Utf8JsonWriter, T> write, Utf8JsonWriter json, PooledBuffer payload, string? type = null)
    {
        payload.Clear();
        json.Reset();
        write(json, item);
        json.Flush();
        Write(output, payload.WrittenSpan, type);
    }

    /// <summary>
    /// Writes one event with its closing blank line. Every line break of the payload (LF, CRLF or CR) begins a new <c>data:</c> line, so a
    /// reader gets LF for each; all other bytes pass as they are.
    /// </summary>
    /// <exception cref="ArgumentException">The type holds a line break, which would forge a field.</exception>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data, string? type = null)
    {
        if (!string.IsNullOrEmpty(type)) WriteType(output, type);
        for (int at; (at = data.IndexOfAny((byte)'\n', (byte)'\r')) >= 0;)
        {
            WriteLine(output, data[..at]);
            data = data[(at + (data[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        WriteLine(output, data);
        output.Write("\n"u8);
    }

    private static void WriteType(IBufferWriter<byte> output, string type)
    {
        if (type.AsSpan().ContainsAny('\n', '\r')) throw new ArgumentException("An event's type must be one line.", nameof(type));
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, output);
        output.Write("\n"u8);
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n"u8);
    }
}
