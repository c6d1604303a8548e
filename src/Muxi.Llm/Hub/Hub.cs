using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Brings files of Hugging Face's hub into its cache on this machine:
/// <code>
///   which files ─► HEAD each: commit, etag, size ─┬─ there ──────────────────────────────► its path
///                                                 └─ lock ─► bytes, from where they ended ─► checked ─► blob ─► link ─► its path
/// </code>
/// </summary>
internal sealed class Hub(Transport transport, Targets targets, LlmOptions options)
{
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>Where the hub is. It has a name of its own, so that an address of the router's is never taken for it.</summary>
    private static readonly Provider _facts = new("huggingface-hub", "https://huggingface.co", Providers.HuggingFace.Auth with { IsRequired = false, KeyFiles = [] }) { BaseUrlVariables = ["HF_ENDPOINT"] };

    /// <summary>Brings what is meant, and tells how far it is; the last progress has the path.</summary>
    public async IAsyncEnumerable<ModelPullProgress> PullAsync(HubFile file, RequestOptions? request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request?.Checked(nameof(RequestOptions));
        if (request?.Fallbacks is { Count: > 0 }) throw new ConfigurationException("pulling from the hub has no fallbacks: what is asked for is there alone");
        cancellationToken.ThrowIfCancellationRequested();
        var cache = new HubCache(options.Environment);
        if (cache.CommitOf(file) is { } known && (IsOffline || file.IsPinned) && cache.FindAll(file, known) is [var there, ..])
        {
            yield return Done(there);
            yield break;
        }
        if (IsOffline) throw new ConfigurationException($"{file} is not in {cache.Folder}, and HF_HUB_OFFLINE is set: nothing was asked for");
        using var calls = new HubCalls(transport, TargetFor(file, request), TimeoutsFor(file, request), cancellationToken);
        var patience = new HubPatience(request?.MaxRetries ?? options.Retries!.Max, options);
        yield return new() { Status = $"looking at {file.Repository}" };
        var (commit, names, first) = await FindAsync(calls, cache, file, patience).ConfigureAwait(false);
        if (names.Count == 0)
        {
            // Nobody answered, and what was brought before is still there.
            yield return Done(cache.Find(file)!);
            yield break;
        }
        foreach (var name in names)
        {
            if (HubCache.IsThere(cache.PathOf(file.Repository, commit, name))) continue;
            var entry = first?.Name == name ? first : await AgainAsync(calls, patience, () => calls.LookAsync(file with { Revision = commit }, name)).ConfigureAwait(false);
            await foreach (var progress in BringAsync(calls, cache, entry, patience).ConfigureAwait(false)) yield return progress;
        }
        cache.Note(file, commit);
        yield return Done(cache.PathOf(file.Repository, commit, names[0]));
    }

    private bool IsOffline => options.Environment("HF_HUB_OFFLINE")?.Trim().ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static ModelPullProgress Done(string path) => new() { Status = "success", Path = path };

    /// <summary>The commit and the files in it that are meant, and what was learned of the first of them; no files where nobody answers and they are here already.</summary>
    private static async Task<(string Commit, IReadOnlyList<string> Names, HubEntry? First)> FindAsync(HubCalls calls, HubCache cache, HubFile file, HubPatience patience)
    {
        try
        {
            if (file.Name.Length > 0)
            {
                var parts = SplitGguf.Parts(file.Name);
                var first = await AgainAsync(calls, patience, () => calls.LookAsync(file, parts[0])).ConfigureAwait(false);
                return (first.Commit, parts, first);
            }
            var (commit, all) = await AgainAsync(calls, patience, () => calls.ListAsync(file)).ConfigureAwait(false);
            return file.In(all) is { Count: > 0 } names ? (commit, names, null) : throw calls.Missing(file, all);
        }
        catch (ApiConnectionException) when (cache.Find(file) is not null)
        {
            return ("", [], null);
        }
    }

    /// <summary>Asks, and again where that may help.</summary>
    private static async Task<T> AgainAsync<T>(HubCalls calls, HubPatience patience, Func<Task<T>> ask)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (LlmException e) when (e.IsRetriable() && failures <= patience.Most)
            {
                await calls.PauseAsync(patience.Before(failures, (e as ApiException)?.RetryAfter)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Brings the bytes of one file and gives them their name; another pull of the same bytes is waited for.</summary>
    private async IAsyncEnumerable<ModelPullProgress> BringAsync(HubCalls calls, HubCache cache, HubEntry entry, HubPatience patience)
    {
        var (blob, path) = (cache.BlobOf(entry.Repository, entry.Etag), cache.PathOf(entry.Repository, entry.Commit, entry.Name));
        var status = $"pulling {entry.Name}";
        var held = cache.TryHold(entry.Repository, entry.Etag);
        if (held is null) yield return new() { Status = $"waiting for another pull of {entry.Name}" };
        while (held is null)
        {
            await Task.Delay(_betweenLooks, options.TimeProvider, calls.Token).ConfigureAwait(false);
            held = cache.TryHold(entry.Repository, entry.Etag);
        }
        await using (held.ConfigureAwait(false))
        {
            if (!HubCache.IsThere(path) && !File.Exists(blob))
            {
                var transfer = new HubTransfer(calls, entry, blob, patience);
                await using (transfer.ConfigureAwait(false))
                {
                    await transfer.BeginAsync().ConfigureAwait(false);
                    do yield return new() { Status = status, Digest = entry.Etag, Total = entry.Size, Completed = transfer.Done };
                    while (await transfer.StepAsync().ConfigureAwait(false));
                }
                transfer.Finish();
            }
            cache.Place(blob, path);
        }
    }

    /// <summary>The hub with the key that is set for Hugging Face. An address of the call's own gets none but the call's.</summary>
    private Target TargetFor(HubFile file, RequestOptions? request)
    {
        request ??= new();
        if (request is { ApiKey: null, BaseUrl: null }) request = request with { ApiKey = targets.KeyOf(Providers.HuggingFace) };
        return targets.Resolve(new(_facts, file.Repository, null), request) with { IsUnpacked = true };
    }

    /// <summary>A large file takes as long as it takes.</summary>
    private Timeouts TimeoutsFor(HubFile file, RequestOptions? request)
    {
        var timeouts = transport.TimeoutsFor(new(new(_facts, file.Repository, null), request, null));
        return request?.Timeouts is null ? timeouts with { Total = Timeout.InfiniteTimeSpan } : timeouts;
    }
}

/// <summary>A file at the hub.</summary>
/// <param name="Repository"><c>org/repo</c>.</param>
/// <param name="Name">Its path there.</param>
/// <param name="Commit">The commit that it was looked at in.</param>
/// <param name="Etag">What its bytes are known by: their SHA-256 where they are large, else git's SHA-1.</param>
/// <param name="Size">How many they are; null where the hub does not tell.</param>
internal sealed record HubEntry(string Repository, string Name, string Commit, string Etag, long? Size);
