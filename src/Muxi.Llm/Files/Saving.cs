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
        // Beside the file, so that it can be renamed, and of a length of its own, which a long name leaves no room for.
        var temporary = Path.Combine(Path.GetDirectoryName(whole)!, $".{Guid.NewGuid():N}.part");
        try
        {
            var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 0 });
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

    private static async Task CopyAsync(Stream from, FileStream to, Manner manner, CancellationToken cancellationToken)
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
