using System.Buffers;

namespace Muxi.Llm;

/// <summary>Writing what comes to disk, so that no half file ever has the whole one's name.</summary>
internal static class Saving
{
    private const int BufferSize = 1 << 16;

    /// <summary>Who is told of the progress, and how much there will be.</summary>
    public readonly record struct Watcher(IProgress<TransferProgress>? Progress, long? Total);

    /// <summary>Writes a stream to a file: under a name of its own first, beside it.</summary>
    public static async Task SaveAsync(Stream content, string path, Watcher watcher, CancellationToken cancellationToken)
    {
        var whole = CheckTarget(path);
        // Beside the file, so that it can be renamed, and of a length of its own, which a long name leaves no room for.
        var temporary = Path.Combine(Path.GetDirectoryName(whole)!, $".{Guid.NewGuid():N}.part");
        try
        {
            var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0 });
            await using (file.ConfigureAwait(false)) await CopyAsync(content, file, watcher, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, whole, overwrite: true);
        }
        catch
        {
            Forget(temporary);
            throw;
        }
    }

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

    private static async Task CopyAsync(Stream from, FileStream to, Watcher watcher, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var sum = 0L;
            while (await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                sum += count;
                watcher.Progress?.Report(new(sum, watcher.Total));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
