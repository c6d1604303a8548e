using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>When a transfer that broke is gone on with.</summary>
/// <param name="Most">How often in a row without a byte more.</param>
/// <param name="Options">The client's settings.</param>
internal readonly record struct HubPatience(int Most, LlmOptions Options)
{
    /// <summary>The wait before the next try, as before any attempt: longer each time, and drawn.</summary>
    public TimeSpan Before(int failures, TimeSpan? asked)
    {
        var retries = Options.Retries!;
        if (asked is { } told && told > TimeSpan.Zero && told <= retries.MaxRetryAfter) return told;
        var most = Math.Min(retries.MaxDelay.TotalMilliseconds, retries.InitialDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromMilliseconds(most * Options.Chance());
    }
}

/// <summary>
/// One file on its way: into <c>BLOB.incomplete</c>, from where that ends, and counted into its checksum as it comes. Whoever holds the lock is the only one to write. What breaks it off leaves the part, which the
/// next pull goes on with; a part of other bytes has another name.
/// </summary>
internal sealed class HubTransfer(HubCalls calls, HubEntry entry, string blob, HubPatience patience) : IAsyncDisposable
{
    private const int BufferSize = 1 << 18;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly string _part = blob + ".incomplete";
    private FileStream? _file;
    private IncrementalHash? _hash;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private int _failures;
    private long _atFailure = -1;

    /// <summary>How many bytes are there.</summary>
    public long Done { get; private set; }

    /// <summary>Opens the part and reads over what is there already.</summary>
    /// <exception cref="IOException">It cannot be written, or there is no room for it.</exception>
    public async Task BeginAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_part)!);
        _file = new(_part, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, Options = FileOptions.Asynchronous, BufferSize = 0 });
        Restart(keep: entry.Size is { } size && _file.Length <= size);
        while (await _file.ReadAsync(_buffer, calls.Token).ConfigureAwait(false) is > 0 and var count)
        {
            _hash?.AppendData(_buffer, 0, count);
            Done += count;
        }
        CheckRoom();
    }

    /// <summary>Takes some bytes more; false when all are there. A connection that breaks is made anew, as often as the settings say.</summary>
    public async ValueTask<bool> StepAsync()
    {
        try
        {
            return await TakeAsync().ConfigureAwait(false);
        }
        catch (LlmException e) when (e.IsRetriable() && MayGoOn())
        {
            Close();
            await calls.PauseAsync(patience.Before(_failures, (e as ApiException)?.RetryAfter)).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Gives the bytes, once all are there and closed, their name. Wrong ones are removed.</summary>
    /// <exception cref="ServerException">They are not those that the hub has.</exception>
    public void Finish()
    {
        if (_found is { } found && !found.Equals(entry.Etag, StringComparison.OrdinalIgnoreCase))
        {
            File.Delete(_part);
            throw calls.Unusable($"what came for {entry.Name} is not what the hub has: its checksum is {found} and not {entry.Etag}. It was removed; pull it again");
        }
        File.Move(_part, blob, overwrite: true);
    }

    private string? _found;

    public async ValueTask DisposeAsync()
    {
        Close();
        _hash?.Dispose();
        if (_file is not null) await _file.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> TakeAsync()
    {
        if (Done == entry.Size) return End();
        if (_body is null) await OpenAsync().ConfigureAwait(false);
        var count = await calls.ReadAsync(_body!, _buffer).ConfigureAwait(false);
        if (count == 0) return entry.Size is null ? End() : throw calls.Cut(entry, Done);
        if (Done + count > entry.Size)
        {
            Restart(keep: false);
            throw calls.Unusable($"more came for {entry.Name} than the {entry.Size} bytes that it has");
        }
        _hash?.AppendData(_buffer, 0, count);
        await _file!.WriteAsync(_buffer.AsMemory(0, count), calls.Token).ConfigureAwait(false);
        Done += count;
        return true;
    }

    private bool End()
    {
        _file!.Flush(flushToDisk: true);
        _found = _hash is null ? null : Convert.ToHexStringLower(_hash.GetHashAndReset());
        return false;
    }

    private async Task OpenAsync()
    {
        _response = await calls.OpenAsync(entry, Done).ConfigureAwait(false);
        if (_response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            if (Done == 0) throw calls.Unusable($"{entry.Name} cannot be read: the server knows no such part of it");
            Close();
            Restart(keep: false);
            _response = await calls.OpenAsync(entry, 0).ConfigureAwait(false);
        }
        // A server that does not know parts gives all of it.
        if (Done > 0 && (_response.StatusCode != HttpStatusCode.PartialContent || _response.Content.Headers.ContentRange?.From != Done)) Restart(keep: false);
        if (Done == 0 && _response.StatusCode == HttpStatusCode.PartialContent && _response.Content.Headers.ContentRange?.From is > 0) throw calls.Unusable($"another part of {entry.Name} came than was asked for");
        _body = await _response.Content.ReadAsStreamAsync(calls.Token).ConfigureAwait(false);
    }

    /// <summary>Begins the part and its checksum from the start; what is there is kept to be read over, or thrown away.</summary>
    private void Restart(bool keep)
    {
        if (!keep) _file!.SetLength(0);
        _file!.Position = 0;
        Done = 0;
        _hash?.Dispose();
        _hash = entry.Etag.All(char.IsAsciiHexDigit) ? entry.Etag.Length switch { 64 => IncrementalHash.CreateHash(HashAlgorithmName.SHA256), 40 when entry.Size is not null => Git(), _ => null } : null;
    }

    /// <summary>Git's name for a file: the SHA-1 of its length and its bytes. It tells damage from none; against malice there is TLS.</summary>
    private IncrementalHash Git()
    {
#pragma warning disable CA5350 // It is git's.
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {entry.Size}\0"));
        return hash;
    }

    /// <summary>Whether another try is due: those that brought bytes do not count.</summary>
    private bool MayGoOn()
    {
        _failures = Done > _atFailure && _atFailure >= 0 ? 1 : _failures + 1;
        _atFailure = Done;
        return _failures <= patience.Most;
    }

    private void CheckRoom()
    {
        if (entry.Size is not { } size) return;
        try
        {
            var free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_part)! : Path.GetDirectoryName(_part)!).AvailableFreeSpace;
            if (free < size - Done) throw new IOException($"{entry.Name} needs {Sizes.Words(size - Done)} more, and {Sizes.Words(free)} are free where '{Path.GetDirectoryName(_part)}' is: make room, or set HF_HUB_CACHE to a folder with more");
        }
        catch (Exception e) when (e is ArgumentException or UnauthorizedAccessException or DriveNotFoundException)
        {
            // Nobody can tell: the disk will.
        }
    }

    private void Close()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
