using System.Net;

namespace Muxi.Llm;

/// <summary>A body whose lines are made while it is read: whoever stops reading stops what makes them.</summary>
internal sealed class LinesContent(Func<CancellationToken, IAsyncEnumerable<byte[]>> lines) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new LinesStream(lines));

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => CreateContentReadStreamAsync();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await foreach (var line in lines(cancellationToken).ConfigureAwait(false)) await stream.WriteAsync(line, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class LinesStream : Stream
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly IAsyncEnumerator<byte[]> _lines;
        private ReadOnlyMemory<byte> _line;
        private Task<bool>? _next;

        public LinesStream(Func<CancellationToken, IAsyncEnumerable<byte[]>> lines) => _lines = lines(_ended.Token).GetAsyncEnumerator(_ended.Token);

        public override bool CanRead => !_ended.IsCancellationRequested;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
            if (buffer.IsEmpty) return 0;
            while (_line.IsEmpty)
            {
                // What a read that was given up has waited for is the next one's.
                _next ??= _lines.MoveNextAsync().AsTask();
                if (!await _next.WaitAsync(cancellationToken).ConfigureAwait(false)) return 0;
                _next = null;
                _line = _lines.Current;
            }
            var count = Math.Min(buffer.Length, _line.Length);
            _line[..count].CopyTo(buffer);
            _line = _line[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_ended.IsCancellationRequested) _ = EndAsync();
            base.Dispose(disposing);
        }

        /// <summary>
        /// Tells the client that nobody reads on, and lets it clean up once its last step has ended. Nobody waits for that: a client may be deaf to cancellation.
        /// </summary>
        private async Task EndAsync()
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            if (_next is { } last) await ((Task)last).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await _lines.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Nobody is left to tell.
            }
        }
    }
}
