using System.Net;

namespace Muxi.Llm;

/// <summary>A body whose pieces are made while it is read, one for each read.</summary>
internal sealed class SandboxContent(IEnumerable<byte[]> pieces, SandboxAnswer answer, TimeProvider clock) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(Open());

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(Open());

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var source = Open();
        await using (source.ConfigureAwait(false))
            await source.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private SandboxStream Open() => new SandboxStream(pieces.GetEnumerator(), answer, clock);
}

/// <summary>The stream of a <see cref="SandboxContent"/>. Only asynchronous reads: a wait may be on a simulated clock.</summary>
internal sealed class SandboxStream(IEnumerator<byte[]> pieces, SandboxAnswer answer, TimeProvider clock) : Stream
{
    private readonly CancellationTokenSource _disposed = new();
    private ReadOnlyMemory<byte> _piece;
    private bool _begun;

    public override bool CanRead => !_disposed.IsCancellationRequested;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
            return 0;
        if (_piece.IsEmpty && !await NextAsync(cancellationToken).ConfigureAwait(false))
            return 0;
        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The sandbox is read asynchronously.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The source is not disposed: a read may still be waiting on its token, and without a timer it holds nothing.
        if (disposing && !_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            pieces.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (_begun && answer.Gap > TimeSpan.Zero)
            await WaitAsync(answer.Gap, cancellationToken).ConfigureAwait(false);
        _begun = true;
        if (pieces.MoveNext())
        {
            _piece = pieces.Current;
            return true;
        }
        if (answer.Breaks)
            throw new IOException("The sandbox pretends that the connection broke.");
        if (answer.Hangs)
            await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            await Task.Delay(time, clock, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectDisposedException(nameof(SandboxStream));
        }
    }
}
