using System.Buffers;

namespace Muxi.Llm;

/// <summary>Writing what comes to disk, so that no half file ever has the whole one's name.</summary>
internal static class Saving
{
    private const int BufferSize = 1 << 16;

    /// <summary>How a file is written.</summary>
    /// <param name="Progress">Told how many bytes have come.</param>
    /// <param name="Total">How many there will be; null where nobody knows.</param>
    public readonly record struct Manner(IProgress<TransferProgress>? Progress = null, long? Total = null)
    {
        /// <summary>Whether a file that is there stays, and the saving fails.</summary>
        public bool KeepsExisting { get; init; }

        /// <summary>Given the whole before it gets its name; null for nothing.</summary>
        public Func<Stream, CancellationToken, ValueTask>? Finish { get; init; }
    }

    /// <summary>Writes a stream to a file: under a name of its own first, beside it.</summary>
    public static async Task SaveAsync(Stream content, string path, Manner manner, CancellationToken cancellationToken)
    {
        var whole = CheckTarget(path);
        if (IsPassage(whole))
        {
            await PassOnAsync(content, whole, manner, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (!manner.KeepsExisting) whole = Meant(whole);
        // Beside the file, so that it can be renamed, and of a length of its own, which a long name leaves no room for.
        var temporary = Path.Combine(Path.GetDirectoryName(whole)!, $".{Guid.NewGuid():N}.part");
        try
        {
            var file = Create(temporary, whole);
            await using (file.ConfigureAwait(false))
            {
                await CopyAsync(content, file, manner, cancellationToken).ConfigureAwait(false);
                if (manner.Finish is { } finish) await finish(file, cancellationToken).ConfigureAwait(false);
            }
            // To rename without overwriting looks first and renames then, and somebody may come between: so the name is taken before.
            if (manner.KeepsExisting) Claim(whole);
            File.Move(temporary, whole, overwrite: true);
        }
        catch
        {
            Forget(temporary);
            throw;
        }
    }

    /// <summary>As the other, but never over a file that is there: false where one is.</summary>
    public static async Task<bool> TrySaveNewAsync(Stream content, string path, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(content, path, new() { KeepsExisting = true }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IOException) when (Path.Exists(path))
        {
            return false;
        }
    }

    /// <summary>
    /// Whether a path is no file but a way to somewhere else: a device, a pipe, <c>/dev/stdout</c>. Such a thing is written to; to rename a file over it would take it away,
    /// from everybody where it is <c>/dev/null</c>.
    /// </summary>
    public static bool IsPassage(string path)
    {
        if (OperatingSystem.IsWindows()) return false;
        var whole = Path.GetFullPath(path);
        if (!File.Exists(whole)) return false;
        if (whole.StartsWith("/dev/", StringComparison.Ordinal) && !whole.StartsWith("/dev/shm/", StringComparison.Ordinal)) return true;
        try
        {
            if (Meant(whole) is var meant && meant != whole) return IsPassage(meant);
            // What has a length is a file; to open anything else for writing tells, and changes nothing.
            if (new FileInfo(whole).Length > 0) return false;
            using var file = Open(whole);
            return !file.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The file that a link means, and not the link: that stays one.</summary>
    private static string Meant(string path) => new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 0 });

    /// <summary>Writes to what is no file; what must be looked over when it is whole waits in memory until then.</summary>
    private static async Task PassOnAsync(Stream content, string path, Manner manner, CancellationToken cancellationToken)
    {
        var target = Open(path);
        await using (target.ConfigureAwait(false))
        {
            if (manner.Finish is not { } finish)
            {
                await CopyAsync(content, target, manner, cancellationToken).ConfigureAwait(false);
                return;
            }
            using var bytes = new MemoryStream();
            await CopyAsync(content, bytes, manner, cancellationToken).ConfigureAwait(false);
            await finish(bytes, cancellationToken).ConfigureAwait(false);
            bytes.Position = 0;
            await bytes.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the temporary file; a failure names the file that is meant.</summary>
    private static FileStream Create(string temporary, string whole)
    {
        try
        {
            return new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 0 });
        }
        catch (FileNotFoundException e)
        {
            throw new IOException($"No file can be made as '{whole}'.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException(e.Message.Replace(temporary, whole, StringComparison.Ordinal), e);
        }
        catch (IOException e) when (e.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw new IOException(e.Message.Replace(temporary, whole, StringComparison.Ordinal), e);
        }
    }

    /// <exception cref="IOException">There is a file of this name.</exception>
    private static void Claim(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write).Dispose();

    /// <summary>Deletes what was begun, if that can be done: what ended the saving is to be told.</summary>
    private static void Forget(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder has gone, or may no longer be written to.
        }
    }

    /// <exception cref="IOException">Nothing can be written there.</exception>
    private static string CheckTarget(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw new IOException("A file's name holds no NUL character.");
        var whole = Path.GetFullPath(path);
        if (Directory.Exists(whole)) throw new IOException($"'{path}' is a directory: name a file in it.");
        if (Path.GetDirectoryName(whole) is { } folder && !Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no directory '{folder}' to write '{Path.GetFileName(whole)}' to.");
        return whole;
    }

    private static async Task CopyAsync(Stream from, Stream to, Manner manner, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var sum = 0L;
            while (await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                sum += count;
                manner.Progress?.Report(new(sum, manner.Total));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
