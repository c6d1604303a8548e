using System.Net;
using System.Net.Http.Headers;

namespace Muxi.Llm.Benchmarks;

/// <summary>Answers every call with a fresh reply over the same bytes, having taken the request's body as a socket would: no network, no copy.</summary>
internal sealed class CannedHandler(string mediaType, Func<HttpContent> body) : HttpMessageHandler
{
    public static CannedHandler Reply() => new("application/json", static () => new ByteArrayContent(Canned.Reply));

    public static CannedHandler ShortReply() => new("application/json", static () => new ByteArrayContent(Canned.ShortReply));

    /// <summary>Gives as many events per read as fit.</summary>
    public static CannedHandler Stream() => new("text/event-stream", static () => new ByteArrayContent(Canned.Stream));

    /// <summary>Gives one event per read, as a slow service does.</summary>
    public static CannedHandler EventByEvent() => new("text/event-stream", static () => new StreamContent(new EventByEventStream(Canned.Events)));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } sent) await sent.CopyToAsync(System.IO.Stream.Null, cancellationToken);
        var content = body();
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
        response.Headers.TryAddWithoutValidation("x-request-id", "req_9d1f3c5e7a0b42d68f1e3c5a7b9d0f24");
        return response;
    }

    private sealed class EventByEventStream(byte[][] events) : Stream
    {
        private int _next;
        private int _within;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_next == events.Length) return 0;
            var rest = events[_next].AsSpan(_within);
            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            _within += count;
            if (count == rest.Length) (_next, _within) = (_next + 1, 0);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
