namespace Muxi.Llm;

/// <summary>The next bytes of a stream, so many and no more; it is disposed with them.</summary>
internal sealed class SliceStream(Stream inner, long length) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException("A slice is read from its beginning.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Take(inner.Read(buffer[..Most(buffer.Length)]));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(await inner.ReadAsync(buffer[..Most(buffer.Length)], cancellationToken).ConfigureAwait(false));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A slice is read from its beginning.");

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException("A slice is there to be read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A slice is there to be read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Most(int count) => (int)Math.Min(count, length - _read);

    private int Take(int count)
    {
        _read += count;
        return count;
    }
}
