using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Keeps responses as files in a folder of their own, so that they survive the process and several processes share them. A file is written under a temporary name first
/// and takes its own when it is whole; its name is a hash, so that no key leads out of the folder. It holds what was said as plain JSON: guard the folder as you guard that.
/// </summary>
public sealed class FileResponseStore : IResponseStore
{
    private const string Ending = ".response", Unfinished = ".part";
    private static readonly byte[] _mark = "muxires1"u8.ToArray();
    private static readonly long _latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly TimeSpan _betweenCleanings = TimeSpan.FromHours(1), _oldestUnfinished = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private long _cleanedAt;

    /// <summary>A store in a folder, which is made where it is not there; on Unix only its owner can read one that was made.</summary>
    /// <param name="folder">Where to; nothing else should be in it.</param>
    /// <param name="timeProvider">The clock; without one that of a client by default.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FileResponseStore(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        (_folder, _clock) = (Path.GetFullPath(folder), timeProvider ?? new LlmOptions().TimeProvider);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
        else Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var path = PathOf(key);
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        if (ExpiryOf(bytes) is not { } expiresAt) return null;
        if (expiresAt > _clock.GetUtcNow()) return bytes.AsMemory(Head);
        Remove(path);
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, DateTimeOffset expiresAt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        Clean();
        var path = PathOf(key);
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            var file = new FileStream(unfinished, Options());
            await using (file.ConfigureAwait(false))
            {
                var head = new byte[Head];
                _mark.CopyTo(head, 0);
                BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(_mark.Length), expiresAt.ToUnixTimeMilliseconds());
                await file.WriteAsync(head, cancellationToken).ConfigureAwait(false);
                await file.WriteAsync(value, cancellationToken).ConfigureAwait(false);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            Remove(unfinished);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var isThere = await ReadAsync(key, cancellationToken).ConfigureAwait(false) is not null;
        Remove(PathOf(key));
        return isThere;
    }

    private static int Head => _mark.Length + sizeof(long);

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private string PathOf(string key) => Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + Ending);

    /// <summary>When an entry is to be forgotten; null for bytes that are none of ours.</summary>
    private static DateTimeOffset? ExpiryOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Head || !bytes.StartsWith(_mark)) return null;
        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[_mark.Length..]);
        return milliseconds >= 0 && milliseconds <= _latest ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    /// <summary>Takes away, now and then, what is to be forgotten and what was left unfinished by a process that ended.</summary>
    private void Clean()
    {
        var now = _clock.GetUtcNow();
        var last = Interlocked.Read(ref _cleanedAt);
        if (now.UtcTicks - last < _betweenCleanings.Ticks || Interlocked.CompareExchange(ref _cleanedAt, now.UtcTicks, last) != last) return;
        foreach (var path in Directory.EnumerateFiles(_folder))
        {
            if (path.EndsWith(Unfinished, StringComparison.Ordinal) ? File.GetLastWriteTimeUtc(path) < now.UtcDateTime - _oldestUnfinished : path.EndsWith(Ending, StringComparison.Ordinal) && IsOver(path, now))
                Remove(path);
        }
    }

    private static bool IsOver(string path, DateTimeOffset now)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[Head];
            return file.ReadAtLeast(head, Head, throwOnEndOfStream: false) == Head && ExpiryOf(head) is { } expiresAt && expiresAt <= now;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has it, or has taken it away.
            return false;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is being read; it goes when it is looked at next.
        }
    }
}
