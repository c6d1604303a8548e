using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writing JSON into pooled memory.</summary>
internal static class JsonOut
{
    /// <summary>No white space; only what JSON itself demands is escaped, so text reaches a model as few bytes. Our own code writes well-formed sequences, so they are not checked.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonWriterOptions _indented = Compact with { Indented = true };

    [ThreadStatic] private static Utf8JsonWriter? _writer;
    [ThreadStatic] private static PooledBuffer? _buffer;

    /// <summary>What <paramref name="write"/> writes, as an array of its own. The writer and its buffer are the thread's and used again.</summary>
    public static byte[] ToUtf8<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? new PooledBuffer();
        var json = _writer ?? new Utf8JsonWriter(buffer, Compact);
        _writer = null;
        json.Reset(buffer);
        try
        {
            write(json, value);
            json.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.Clear();
            _writer = json;
            _buffer = buffer;
        }
    }

    /// <summary>What <paramref name="write"/> writes, as text.</summary>
    public static string ToText<T>(T value, Action<Utf8JsonWriter, T> write, bool indented)
    {
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, indented ? _indented : Compact)) write(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>A growing buffer out of the shared pool.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Keep = 1 << 20;
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Takes bytes away from the front.</summary>
    public void Take(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Empties the buffer; a very large one goes back to the pool.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > Keep) Dispose();
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 256);
        if (needed <= _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
