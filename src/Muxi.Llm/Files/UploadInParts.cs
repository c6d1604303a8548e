using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Muxi.Llm;

/// <summary>
/// A file that is too large for one call, handed over in parts:
/// <code>
///   begin ─┬─ part ─┐
///          ├─ part ─┤ a few at a time, each tried again by itself     ─► complete (with the MD5 sum) ─► the file
///          └─ part ─┘ one that fails for good, or the caller: give the upload up, raise
/// </code>
/// What several can read at once (a file, bytes) is read in slices where it lies. A stream is sent one part after the other; one that can be read but once goes through a buffer,
/// so that a part can be tried again.
/// </summary>
internal sealed class UploadInParts(Router router, Provider provider, RequestOptions? options, TimeProvider clock)
{
    private const int AtOnce = 4;
    private const int BufferBytes = 8 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public async Task<FileObject> RunAsync(FileCreateRequest request, CancellationToken cancellationToken)
    {
        var file = request.File;
        if (options?.Fallbacks is { Count: > 0 }) throw new ConfigurationException("files have no fallbacks: a file is one provider's own") { Provider = provider.Name };
        var upload = await router.SendAsync(Verbs.UploadCreate, new UploadCreateRequest
        {
            Filename = file.Filename, Bytes = file.Length!.Value, MimeType = file.ContentType ?? "application/octet-stream",
            Purpose = request.Purpose, ExpiresAfter = request.ExpiresAfter, Extra = request.Extra,
        }, provider, options is null ? null : Plain! with { ExtraBody = options.ExtraBody }, cancellationToken).ConfigureAwait(false);
        try
        {
            var (parts, sum) = file.IsReplayable ? await SendSlicesAsync(upload.Id, file, cancellationToken).ConfigureAwait(false) : await SendBufferedAsync(upload.Id, file, cancellationToken).ConfigureAwait(false);
            var done = await router.SendAsync(Verbs.UploadComplete, new UploadCompleteRequest(upload.Id, parts) { Md5 = sum }, provider, Plain, cancellationToken).ConfigureAwait(false);
            return done.File ?? throw new ServerException($"{provider.Name}: the completed upload {upload.Id} has no file") { Provider = provider.Name, Status = System.Net.HttpStatusCode.BadGateway };
        }
        catch
        {
            await GiveUpAsync(upload.Id).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The settings for the calls behind the first one: further members are the file's, and a key against repetition is for one call.</summary>
    private RequestOptions? Plain { get; } = options is null ? null : options with
    {
        ExtraBody = default, Headers = options.Headers?.Where(static header => !header.Key.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase)).ToDictionary(),
    };

    private async Task<(IReadOnlyList<string> Parts, string Sum)> SendSlicesAsync(string upload, FileSource file, CancellationToken cancellationToken)
    {
        var (length, size) = (file.Length!.Value, provider.Uploads!.MaxPartBytes);
        var parts = new string[(length + size - 1) / size];
        var tally = new Tally(file, parts.Length);
        // A caller's stream has one position: it is summed up before, and sent part by part.
        var sum = file.IsShareable ? Task.Run(() => SumAsync(file, cancellationToken), cancellationToken) : Task.FromResult(await SumAsync(file, cancellationToken).ConfigureAwait(false));
        var bound = new ParallelOptions { MaxDegreeOfParallelism = file.IsShareable ? AtOnce : 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, parts.Length), bound, async (i, token) =>
        {
            var slice = file.Slice(i * size, Math.Min(size, length - i * size)) with { Progress = tally.Of(i) };
            parts[i] = await SendAsync(upload, slice, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (parts, await sum.ConfigureAwait(false));
    }

    [SuppressMessage("Security", "CA5351", Justification = "The service compares this sum and knows no other; it is against damage, not against attackers.")]
    private async Task<(IReadOnlyList<string> Parts, string Sum)> SendBufferedAsync(string upload, FileSource file, CancellationToken cancellationToken)
    {
        var parts = new List<string>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[Math.Min(BufferBytes, provider.Uploads!.MaxPartBytes)];
        var tally = new Tally(file, (int)((file.Length!.Value + buffer.Length - 1) / buffer.Length));
        var stream = file.Open();
        await using (stream.ConfigureAwait(false))
        {
            for (var left = file.Length.Value; left > 0;)
            {
                var count = await stream.ReadAtLeastAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), (int)Math.Min(buffer.Length, left), throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (count == 0) throw new IOException($"The stream of '{file.Filename}' ended {left} bytes before the length that was told of it.");
                hash.AppendData(buffer, 0, count);
                parts.Add(await SendAsync(upload, FileSource.FromBytes(buffer.AsMemory(0, count), file.Filename) with { Progress = tally.Of(parts.Count) }, cancellationToken).ConfigureAwait(false));
                left -= count;
            }
        }
        return (parts, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private async Task<string> SendAsync(string upload, FileSource data, CancellationToken cancellationToken) =>
        (await router.SendAsync(Verbs.UploadPart, new UploadPartRequest(upload, data), provider, Plain, cancellationToken).ConfigureAwait(false)).Id;

    [SuppressMessage("Security", "CA5351", Justification = "The service compares this sum and knows no other; it is against damage, not against attackers.")]
    private static async Task<string> SumAsync(FileSource file, CancellationToken cancellationToken)
    {
        var stream = file.Open();
        await using (stream.ConfigureAwait(false)) return Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Tells the service that nothing more will come. What else went wrong is told to the caller, not whether this did.</summary>
    private async Task GiveUpAsync(string upload)
    {
        using var patience = new CancellationTokenSource(_patience, clock);
        try
        {
            await router.SendAsync(Verbs.UploadCancel, new UploadCancelRequest(upload), provider, Plain, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LlmException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }

    /// <summary>Adds up how far the parts are.</summary>
    private sealed class Tally(FileSource file, int parts)
    {
        private readonly Lock _lock = new();
        private readonly long[] _sent = new long[parts];
        private long _sum;

        /// <summary>Who is told of one part.</summary>
        public IProgress<TransferProgress>? Of(int part) => file.Progress is null ? null : new Share(this, part);

        private void Take(int part, long bytes)
        {
            lock (_lock)
            {
                _sum += bytes - _sent[part];
                _sent[part] = bytes;
                file.Progress!.Report(new(_sum, file.Length));
            }
        }

        private sealed class Share(Tally tally, int part) : IProgress<TransferProgress>
        {
            public void Report(TransferProgress value) => tally.Take(part, value.Bytes);
        }
    }
}
