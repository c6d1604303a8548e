namespace Muxi.Llm;

/// <summary>A reply of bytes, which are read as they come: sound, a file. It holds its connection until it is read to the end or disposed.</summary>
public abstract record ContentReply : Reply, IDisposable, IAsyncDisposable
{
    private protected ContentReply(ContentBody body) => (Content, ContentType, Length) = (body.Stream, body.ContentType, body.Length);

    /// <summary>The bytes, which can be read once. What breaks them off is a <see cref="StreamInterruptedException"/>.</summary>
    public Stream Content { get; }

    /// <summary>Their media type as the provider tells it; null where it does not.</summary>
    public string? ContentType { get; }

    /// <summary>How many bytes there are; null where the provider does not say beforehand.</summary>
    public long? Length { get; }

    /// <summary>Reads all bytes into memory.</summary>
    /// <exception cref="StreamInterruptedException">The reply broke off.</exception>
    public async Task<byte[]> ReadBytesAsync(CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream(Length is > 0 and < int.MaxValue and var length ? (int)length : 0);
        await using (this.ConfigureAwait(false)) await Content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        await FinishAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    /// <summary>
    /// Writes the bytes to a file as they come: under a temporary name beside it, which becomes the file's own when all are there. One that is there already is replaced then.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told how many bytes have come.</param>
    /// <param name="cancellationToken">Ends the call; nothing is left behind.</param>
    /// <exception cref="StreamInterruptedException">The reply broke off; nothing is left behind.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task SaveAsync(string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using (this.ConfigureAwait(false)) await Saving.SaveAsync(Content, path, new(progress, Length) { Finish = FinishAsync }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks over the bytes once all are there: what could not be known while they came is put right.</summary>
    private protected virtual ValueTask FinishAsync(Stream whole, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Ends the call.</summary>
    public void Dispose()
    {
        Content.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the call.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Content.DisposeAsync();
    }
}

/// <summary>What is known of a good reply's body before it is read.</summary>
/// <param name="Stream">The bytes.</param>
/// <param name="ContentType">Their media type; null where nobody told.</param>
/// <param name="Length">How many there are; null where nobody told.</param>
internal readonly record struct ContentBody(Stream Stream, string? ContentType, long? Length)
{
    /// <summary>All headers of the reply.</summary>
    public ReplyHeaders Headers { get; init; }
}
