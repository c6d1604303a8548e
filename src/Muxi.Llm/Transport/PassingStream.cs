namespace Muxi.Llm;

/// <summary>A stream that is read as it comes: once, from its beginning to its end, without blocking.</summary>
internal abstract class PassingStream : Stream
{
    public override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw Unknown();

    public sealed override long Position
    {
        get => throw Unknown();
        set => throw Unknown();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

    public sealed override void Flush() { }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw Unknown();

    public sealed override void SetLength(long value) => throw Unknown();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw Unknown();

    private static NotSupportedException Unknown() => new("The stream is read as it comes.");
}
