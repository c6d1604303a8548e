using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Muxi.Llm;

/// <summary>A form on its way: its files are read while they are sent.</summary>
internal static class FormContent
{
    private const int BufferSize = 1 << 16;
    private const int LargeBytes = 1 << 20;

    /// <summary>The form as the body of a request.</summary>
    /// <param name="form">Fields and files.</param>
    /// <param name="watch">Told of every piece of a file.</param>
    public static HttpContent Of(Form form, UploadWatch watch)
    {
        var boundary = $"muxi-llm-{Guid.NewGuid():N}";
        // Names go as UTF-8, as browsers send them (WHATWG HTML, multipart/form-data encoding algorithm).
        var content = new MultipartContent("form-data", boundary) { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        // Some services do not take the boundary in quotes.
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");
        try
        {
            foreach (var part in form.Parts) content.Add(Of(part, watch));
            return content;
        }
        catch
        {
            // One file of several is not there any longer; the others are not kept open.
            content.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether a service is to be asked first if it takes the form (<c>Expect: 100-continue</c>): one that refuses a large body closes the connection in its middle, and
    /// its answer is lost with it. A service that does not know the question costs a second.
    /// </summary>
    public static bool IsLarge(Form form)
    {
        var sum = 0L;
        foreach (var part in form.Parts)
            if (part.File is { } file) sum += file.Length ?? LargeBytes;
        return sum >= LargeBytes;
    }

    /// <summary>As the other, for a file that is the body itself.</summary>
    public static bool IsLarge(FileSource? file) => file is not null && (file.Length ?? LargeBytes) >= LargeBytes;

    /// <summary>A file as the body of a request.</summary>
    public static HttpContent Of(FileSource file, UploadWatch watch) => new StreamContent(new WatchedStream(file.Open(), file, watch), BufferSize);

    /// <summary>A file in JSON as the body of a request.</summary>
    public static HttpContent Of(FileInJson json, UploadWatch watch)
    {
        var pieces = new List<EncodedFile.Piece>(1 + json.More.Length);
        try
        {
            foreach (var (file, tail) in json.More.Prepend(new(json.File, json.Tail))) pieces.Add(new(new WatchedStream(file.Open(), file, watch), file.Length, tail));
            return new EncodedFile(json.Head, pieces);
        }
        catch
        {
            // One file of several is not there any longer; the others are not kept open.
            foreach (var piece in pieces) piece.File.Dispose();
            throw;
        }
    }

    private static HttpContent Of(FormPart part, UploadWatch watch)
    {
        if (part.File is not { } file) return Named(new ByteArrayContent(Encoding.UTF8.GetBytes(part.Value ?? "")), $"form-data; name=\"{Escaped(part.Name)}\"");
        var content = Named(new StreamContent(new WatchedStream(file.Open(), file, watch), BufferSize), $"form-data; name=\"{Escaped(part.Name)}\"; filename=\"{Escaped(file.Filename)}\"");
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.ContentType, out var type) ? type : new("application/octet-stream");
        return content;
    }

    private static HttpContent Named(HttpContent content, string disposition)
    {
        content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return content;
    }

    private static string Escaped(string name) => name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    /// <summary>JSON around files in base64.</summary>
    private sealed class EncodedFile(ReadOnlyMemory<byte> head, IReadOnlyList<EncodedFile.Piece> pieces) : HttpContent
    {
        // Divides by 3, so that padding stands at the end alone.
        private const int PieceSize = 3 << 14;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(head, cancellationToken).ConfigureAwait(false);
            var buffer = new byte[Base64.GetMaxEncodedToUtf8Length(PieceSize)];
            foreach (var (file, _, tail) in pieces)
            {
                while (await file.ReadAtLeastAsync(buffer.AsMemory(0, PieceSize), PieceSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                {
                    Base64.EncodeToUtf8InPlace(buffer, count, out var written);
                    await stream.WriteAsync(buffer.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
                }
                await stream.WriteAsync(tail, cancellationToken).ConfigureAwait(false);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = head.Length;
            foreach (var (_, bytes, tail) in pieces) length += ((bytes + 2) / 3 * 4 ?? 0) + tail.Length;
            return pieces.All(static piece => piece.Length is not null);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                foreach (var piece in pieces) piece.File.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>A file, and the JSON behind it.</summary>
        public readonly record struct Piece(Stream File, long? Length, ReadOnlyMemory<byte> Tail);
    }

    /// <summary>A file that tells how far it has been read.</summary>
    private sealed class WatchedStream(Stream inner, FileSource file, UploadWatch watch) : Stream
    {
        private long _sent;

        public override bool CanRead => true;

        // StreamContent asks for this, to know the length beforehand.
        public override bool CanSeek => file.Length is not null;

        public override bool CanWrite => false;

        public override long Length => file.Length ?? throw new NotSupportedException("The stream does not know its length.");

        public override long Position
        {
            get => _sent;
            set => Seek(value, SeekOrigin.Begin);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count;
            try
            {
                count = inner.Read(buffer);
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                watch.Fails(file, e);
                throw;
            }
            return Tell(count);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count;
            try
            {
                count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                watch.Fails(file, e);
                throw;
            }
            return Tell(count);
        }

        public override long Seek(long offset, SeekOrigin origin) => _sent = inner.Seek(offset, origin);

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException("A file is sent as it is.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A file is sent as it is.");

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private static bool IsOfTheFile(Exception error) => error is not OperationCanceledException;

        private int Tell(int count)
        {
            if (count == 0)
            {
                watch.AllSent();
                return 0;
            }
            _sent += count;
            watch.Sent();
            file.Progress?.Report(new(_sent, file.Length));
            return count;
        }
    }
}

/// <summary>
/// The waiting while a large body goes out: each piece has the time that lies between pieces, and only behind the last one begins the time for the reply. It is called from
/// wherever the body is being sent, and says nothing more once the reply has come.
/// </summary>
internal sealed class UploadWatch(Waiting waiting)
{
    private readonly Lock _lock = new();
    private bool _isOver;

    /// <summary>What went wrong with a file while it was read; null where nothing did.</summary>
    public IOException? Fault { get; private set; }

    /// <summary>A file cannot be read further: that is no failure of the service's.</summary>
    public void Fails(FileSource file, Exception error) => Fault = new($"The file '{file.Filename}' could not be read while it was sent: {error.Message}", error);

    public void Sent() => Begin(TimeoutKind.Idle, waiting.Timeouts.Idle);

    public void AllSent() => Begin(TimeoutKind.FirstByte, waiting.Timeouts.FirstByte);

    public void End()
    {
        lock (_lock) _isOver = true;
    }

    private void Begin(TimeoutKind phase, TimeSpan limit)
    {
        lock (_lock)
            if (!_isOver) waiting.Begin(phase, limit);
    }
}
