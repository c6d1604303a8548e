namespace Muxi.Llm;

/// <summary>The bytes that a reply's events hold, read as the events come.</summary>
internal sealed class UnpackedStream(EventStream<ReadOnlyMemory<byte>> events) : Stream
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private int _piece, _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The stream is read as it comes.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream is read as it comes.");
        set => throw new NotSupportedException("The stream is read as it comes.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece == _pieces.Count)
        {
            _pieces.Clear();
            _piece = 0;
            if (!await events.ReadAsync(_pieces, cancellationToken).ConfigureAwait(false)) return 0;
            _pieces.RemoveAll(static piece => piece.IsEmpty);
        }
        var left = _pieces[_piece][_at..];
        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        (_piece, _at) = count == left.Length ? (_piece + 1, 0) : (_piece, _at + count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is read as it comes.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream is read as it comes.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read as it comes.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) events.Dispose();
        base.Dispose(disposing);
    }
}
