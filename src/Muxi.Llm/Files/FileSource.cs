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

    private readonly Func<long, Stream> _open;
    private readonly string _filename;

    private FileSource(Func<long, Stream> open, string filename, long? length)
    {
        (_open, _filename, Length) = (open, NameOf(filename), length);
    }

    /// <summary>The name that is sent, without folders.</summary>
    /// <exception cref="ArgumentException">It is none: empty, nothing but dots, or with a NUL character.</exception>
    public string Filename { get => _filename; init => _filename = NameOf(value); }

    /// <summary>The media type that is sent: told from the first bytes, else from the name's ending; null where neither tells.</summary>
    public string? ContentType { get; init; }

    /// <summary>How long it is, in bytes; null for a stream that does not know.</summary>
    public long? Length { get; }

    /// <summary>Told how many bytes have been sent, as they are; from 0 again where the call is made again.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>Whether it can be read once more.</summary>
    internal bool IsReplayable { get; private init; } = true;

    /// <summary>Whether several may read it at the same time: a caller's stream has one position.</summary>
    internal bool IsShareable { get; private init; } = true;

    /// <summary>A file on disk. It is opened for each attempt, and looked at once now.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, it is a directory or a pipe (<see cref="FromStream"/> takes those), or it is empty.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileSource FromFile(string path)
    {
        Media.CheckPath(path);
        using var file = Open(path, 0);
        if (!file.CanSeek) throw new FileNotFoundException($"'{path}' is a pipe, which can be read but once, and no file.", path);
        if (file.Length == 0) throw new FileNotFoundException($"The file '{path}' is empty.", path);
        var whole = Path.GetFullPath(path);
        return new(at => Open(whole, at), path, file.Length) { ContentType = TypeOf(file, path) };
    }

    /// <summary>Bytes in memory, which must not change until they are sent.</summary>
    public static FileSource FromBytes(ReadOnlyMemory<byte> bytes, string filename) =>
        new(at => Stream(bytes[(int)at..]), filename, bytes.Length) { ContentType = Media.TypeOf(bytes.Span[..Math.Min(HeadLength, bytes.Length)]) ?? Media.TypeByName(filename) };

    /// <summary>A stream, from where it stands. It stays the caller's, who disposes it after the call.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="filename">The name to send.</param>
    /// <param name="length">How many bytes it will give, where it cannot tell itself; a stream that can seek knows.</param>
    public static FileSource FromStream(Stream stream, string filename, long? length = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            var isRead = false;
            return new(_ => isRead ? throw new InvalidOperationException("The stream has been read and cannot be read again.") : new LentStream(stream, () => isRead = true), filename, length)
            {
                ContentType = Media.TypeByName(filename), IsReplayable = false, IsShareable = false,
            };
        }
        var start = stream.Position;
        var type = TypeOf(stream, filename);
        stream.Position = start;
        return new(From, filename, stream.Length - start) { ContentType = type, IsShareable = false };

        Stream From(long at)
        {
            stream.Position = start + at;
            return new LentStream(stream, null);
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) ? new(array.Array!, array.Offset, array.Count, writable: false) : new(bytes.ToArray(), writable: false);

    /// <summary>The bytes, from the first one on. Whoever reads them disposes the stream.</summary>
    internal Stream Open() => _open(0);

    /// <summary>A part of it, for itself.</summary>
    internal FileSource Slice(long at, long length) =>
        new(more => new SliceStream(_open(at + more), length - more), Filename, length) { ContentType = ContentType, IsReplayable = IsReplayable, IsShareable = IsShareable };

    /// <summary>The first bytes, as many as asked for or as there are; null where reading them would use them up.</summary>
    internal byte[]? Head(int count)
    {
        if (!IsReplayable) return null;
        using var stream = Open();
        var head = new byte[count];
        return head[..stream.ReadAtLeast(head, count, throwOnEndOfStream: false)];
    }

    private static FileStream Open(string path, long at)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.Read, BufferSize = 0 });
        if (at > 0) file.Position = at;
        return file;
    }

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
        return Last(path) ?? throw new ArgumentException($"'{path.Replace('\0', ' ')}' is no name of a file.", nameof(path));
    }

    /// <summary>The name behind the folders; null where it is none.</summary>
    internal static string? Last(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.AsSpan().Trim(". ").Length > 0 && !name.Contains('\0', StringComparison.Ordinal) ? name : null;
    }
}

/// <summary>How far a transfer is.</summary>
/// <param name="Bytes">How many bytes have gone over.</param>
/// <param name="Total">How many there are; null where nobody knows yet.</param>
public readonly record struct TransferProgress(long Bytes, long? Total);
