using System.Runtime.InteropServices;

namespace Muxi.Llm;

/// <summary>
/// A file to send: from disk, memory or any stream. It is read while it is sent and never held in memory whole; what can be read again (all but a stream that cannot
/// seek) can be sent again after a failure.
/// </summary>
public sealed record FileSource
{
    /// <summary>Enough to tell an office document by the entries of its archive.</summary>
    private const int HeadLength = 4096;

    private readonly Func<Stream> _open;

    private FileSource(Func<Stream> open, string fileName, long? length, bool isReplayable)
    {
        (_open, FileName, Length, IsReplayable) = (open, NameOf(fileName), length, isReplayable);
    }

    /// <summary>The name that is sent, without folders.</summary>
    public string FileName { get; init; }

    /// <summary>The media type that is sent: told from the first bytes, else from the name's ending; null where neither tells.</summary>
    public string? ContentType { get; init; }

    /// <summary>How long it is, in bytes; null for a stream that does not know.</summary>
    public long? Length { get; }

    /// <summary>Told how many bytes have been sent, as they are; from 0 again where the call is made again.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>Whether it can be read once more.</summary>
    internal bool IsReplayable { get; }

    /// <summary>A file on disk. It is opened for each attempt, and looked at once now.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, it is a directory, or it is empty.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileSource FromFile(string path)
    {
        Media.CheckPath(path);
        using var file = Open(path);
        if (file.Length == 0) throw new FileNotFoundException($"The file '{path}' is empty.", path);
        var whole = Path.GetFullPath(path);
        return new(() => Open(whole), path, file.Length, isReplayable: true) { ContentType = TypeOf(file, path) };
    }

    /// <summary>Bytes in memory, which must not change until they are sent.</summary>
    public static FileSource FromBytes(ReadOnlyMemory<byte> bytes, string fileName) =>
        new(() => Stream(bytes), fileName, bytes.Length, isReplayable: true) { ContentType = Media.TypeOf(bytes.Span[..Math.Min(HeadLength, bytes.Length)]) ?? Media.TypeByName(fileName) };

    /// <summary>A stream, from where it stands. It stays the caller's, who disposes it after the call.</summary>
    public static FileSource FromStream(Stream stream, string fileName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            var isRead = false;
            return new(() => isRead ? throw new InvalidOperationException("The stream has been read and cannot be read again.") : new LentStream(stream, () => isRead = true), fileName, null, isReplayable: false)
            {
                ContentType = Media.TypeByName(fileName),
            };
        }
        var start = stream.Position;
        var type = TypeOf(stream, fileName);
        stream.Position = start;
        return new(Again, fileName, stream.Length - start, isReplayable: true) { ContentType = type };

        Stream Again()
        {
            stream.Position = start;
            return new LentStream(stream, null);
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) ? new(array.Array!, array.Offset, array.Count, writable: false) : new(bytes.ToArray(), writable: false);

    /// <summary>The bytes, from the first one on. Whoever reads them disposes the stream.</summary>
    internal Stream Open() => _open();

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.Read, BufferSize = 0 });

    private static string? TypeOf(Stream stream, string name)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        var count = stream.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
        return Media.TypeOf(head[..count]) ?? Media.TypeByName(name);
    }

    /// <summary>Folders are nobody's business, whichever system they are written for.</summary>
    private static string NameOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 ? name : throw new ArgumentException($"'{path}' is no name of a file.", nameof(path));
    }
}

/// <summary>How far a transfer is.</summary>
/// <param name="Bytes">How many bytes have gone over.</param>
/// <param name="Total">How many there are; null where nobody knows yet.</param>
public readonly record struct TransferProgress(long Bytes, long? Total);
