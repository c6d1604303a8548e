namespace Muxi.Llm;

/// <summary>A caller's stream for the time of a call: it stays open behind it.</summary>
/// <param name="inner">The caller's.</param>
/// <param name="onRead">Called when something of it is read.</param>
internal sealed class LentStream(Stream inner, Action? onRead) : Stream
{
    private readonly long _start = inner.CanSeek ? inner.Position : 0;

    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length - _start;

    public override long Position
    {
        get => inner.Position - _start;
        set => inner.Position = value + _start;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        onRead?.Invoke();
        return inner.Read(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        onRead?.Invoke();
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(origin == SeekOrigin.Begin ? offset + _start : offset, origin) - _start;

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException("The stream is lent to be read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is lent to be read.");
}
