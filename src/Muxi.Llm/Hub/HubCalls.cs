using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What is asked of the hub over the network. A redirect within it is followed with the key, one to another origin without any of our headers.</summary>
/// <remarks>Source: <c>get_hf_file_metadata</c> and <c>http_get</c> of huggingface_hub (file_download.py) for the headers <c>x-repo-commit</c>, <c>x-linked-etag</c>, <c>x-linked-size</c>, <c>x-error-code</c>, as of 2026-11.</remarks>
internal sealed class HubCalls(Transport transport, Target target, Timeouts timeouts, CancellationToken cancellationToken) : IDisposable
{
    private const int MaxRedirects = 5;

    /// <summary>A list of all files of a repository; the largest have some hundred thousand.</summary>
    private const int MaxListBytes = 64 << 20;

    private const int LongestEtag = 128;

    private readonly long _started = transport.Clock.GetTimestamp();
    private Waiting _waiting = new(timeouts, transport.Clock, transport.Clock.GetTimestamp(), cancellationToken);

    public CancellationToken Token => cancellationToken;

    public void Dispose() => _waiting.Dispose();

    /// <summary>What the hub says of a file.</summary>
    public async Task<HubEntry> LookAsync(HubFile file, string name)
    {
        using var response = await FollowAsync(HttpMethod.Head, Resolve(file, name), null, isWithinOnly: true).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode && !IsRedirect(response)) throw await ErrorAsync(response, file, name).ConfigureAwait(false);
        var headers = new ReplyHeaders(response);
        var etag = Bare(headers["x-linked-etag"] ?? headers["etag"]);
        if (headers["x-repo-commit"] is not { } commit || !HubFile.IsCommit(commit)) throw Unusable("the answer names no commit: the address is no hub's");
        if (etag is null) throw Unusable($"the answer has no etag for {name}");
        var size = long.TryParse(headers["x-linked-size"], out var linked) ? linked : response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        return new(file.Repository, name, commit, etag, size);
    }

    /// <summary>The commit that a revision is at, and the repository's files in it.</summary>
    public async Task<(string Commit, IReadOnlyList<string> Names)> ListAsync(HubFile file)
    {
        using var response = await FollowAsync(HttpMethod.Get, target.At($"api/models/{file.Repository}/revision/{Uri.EscapeDataString(file.Revision)}"), null, isWithinOnly: false).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await ErrorAsync(response, file, null).ConfigureAwait(false);
        var body = await ReadAsync(response).ConfigureAwait(false);
        try
        {
            var root = JsonElement.Parse(body);
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("sha"u8, out var sha) && sha.ValueKind == JsonValueKind.String && HubFile.IsCommit(sha.GetString()!)
                && root.TryGetProperty("siblings"u8, out var siblings) && siblings.ValueKind == JsonValueKind.Array)
                return (sha.GetString()!, [.. siblings.EnumerateArray().Select(static one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("rfilename"u8, out var name) && name.ValueKind == JsonValueKind.String ? name.Text() : "").Where(static name => name.Length > 0)]);
        }
        catch (JsonException)
        {
            // What it is stands below.
        }
        throw Unusable($"the answer about {file.Repository} is no list of its files");
    }

    /// <summary>Opens a file's bytes.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="from">The first byte that is wanted.</param>
    public async Task<HttpResponseMessage> OpenAsync(HubEntry entry, long from)
    {
        var file = new HubFile(entry.Repository, entry.Name, "", entry.Commit);
        var response = await FollowAsync(HttpMethod.Get, Resolve(file, entry.Name), from > 0 ? from : null, isWithinOnly: false).ConfigureAwait(false);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return response;
        using (response) throw await ErrorAsync(response, file, entry.Name).ConfigureAwait(false);
    }

    /// <summary>Reads on in a body; what breaks is told as the connection's.</summary>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> into)
    {
        try
        {
            _waiting.Begin(TimeoutKind.Idle, _waiting.Timeouts.Idle);
            return await body.ReadAsync(into, _waiting.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            throw Transport.ExplainBreak(e, target, _waiting);
        }
    }

    /// <summary>Waits before something is tried again.</summary>
    public Task PauseAsync(TimeSpan pause)
    {
        // The failed try's own timer may have run out.
        _waiting.Dispose();
        _waiting = new(timeouts, transport.Clock, _started, cancellationToken);
        return transport.PauseAsync(target, pause, _waiting);
    }

    /// <summary>The error for a body that ended before all of it was there.</summary>
    public ApiConnectionException Cut(HubEntry entry, long done) => new($"{target.Provider.Name}: {entry.Name} was cut: {done} of {entry.Size} bytes came") { Provider = target.Provider.Name };

    /// <summary>The error for a reply that cannot be what it should be.</summary>
    public ServerException Unusable(string what) => new($"{target.Provider.Name}: {what}") { Provider = target.Provider.Name, Status = HttpStatusCode.BadGateway };

    /// <summary>The error for a quantization that a repository does not have, with those that it may have.</summary>
    public NotFoundException Missing(HubFile file, IReadOnlyList<string> names)
    {
        var models = names.Where(static name => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)).Select(SplitGguf.Stem).Distinct().Order(StringComparer.Ordinal).ToList();
        var there = models.Count == 0 ? "it has no GGUF files at all" : $"it has {string.Join(", ", models.Take(12))}{(models.Count > 12 ? $" and {models.Count - 12} more" : "")}";
        return new($"{target.Provider.Name}: {file.Repository} has no GGUF file of {file.Quantization} at {file.Revision}: {there}") { Provider = target.Provider.Name, Status = HttpStatusCode.NotFound };
    }

    private Uri Resolve(HubFile file, string name) =>
        target.At($"{file.Repository}/resolve/{Uri.EscapeDataString(file.Revision)}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Asks, and follows where it leads to.</summary>
    /// <param name="method">How.</param>
    /// <param name="url">What, at the hub.</param>
    /// <param name="from">The first byte that is wanted; null for all of them.</param>
    /// <param name="isWithinOnly">Whether a redirect to another origin, or to the bytes themselves, is the answer: what is asked for stands in its headers.</param>
    private async Task<HttpResponseMessage> FollowAsync(HttpMethod method, Uri url, long? from, bool isWithinOnly)
    {
        for (var redirects = 0; ; redirects++)
        {
            var isWithin = IsSameOrigin(url, target.BaseUrl.Folder);
            using var request = new HttpRequestMessage(method, url);
            // What is counted are the file's own bytes.
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            if (from is { } first) request.Headers.Range = new RangeHeaderValue(first, null);
            var response = await transport.AskAsync(isWithin ? target : target with { Key = null, Headers = [], Credentials = null }, request, _waiting, new()).ConfigureAwait(false);
            if (!IsRedirect(response) || response.Headers.Location is not { } location) return response;
            var next = new Uri(url, location);
            if (isWithinOnly && (!IsSameOrigin(next, target.BaseUrl.Folder) || new ReplyHeaders(response)["x-linked-etag"] is not null)) return response;
            response.Dispose();
            if (redirects == MaxRedirects) throw Unusable($"the answer leads on and on, more than {MaxRedirects} times");
            if (next.Scheme != Uri.UriSchemeHttps && url.Scheme == Uri.UriSchemeHttps || next.Scheme is not ("http" or "https") || next.UserInfo.Length > 0) throw Unusable($"the answer leads to {next.Scheme}://{next.IdnHost}, and is not followed there");
            url = next;
        }
    }

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsSameOrigin(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private async Task<byte[]> ReadAsync(HttpResponseMessage response)
    {
        using var bytes = new MemoryStream();
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[1 << 16];
            while (await ReadAsync(body, buffer).ConfigureAwait(false) is > 0 and var count)
            {
                await bytes.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                if (bytes.Length > MaxListBytes) throw Unusable($"the list of the files is longer than {MaxListBytes >> 20} MB");
            }
        }
        return bytes.ToArray();
    }

    /// <summary>An etag without its quotes, where it can be a file's name.</summary>
    private static string? Bare(string? etag)
    {
        if (etag?.StartsWith("W/", StringComparison.Ordinal) == true) etag = etag[2..];
        etag = etag?.Trim('"');
        return etag is { Length: > 0 and <= LongestEtag } && etag.Any(char.IsAsciiLetterOrDigit) && etag.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? etag : null;
    }

    private async Task<ApiException> ErrorAsync(HttpResponseMessage response, HubFile file, string? name)
    {
        var code = new ReplyHeaders(response)["x-error-code"];
        if (Words(code, file, name) is not var (message, status)) return await transport.ErrorAsync(target, response, _waiting).ConfigureAwait(false);
        var body = JsonOut.ToUtf8((message, code!), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, it.message);
            json.WriteString("code"u8, it.Item2);
            json.WriteEndObject();
        });
        return Errors.Classify(new((int)status, body, new(response), target.Provider.Name, null, transport.Clock.GetUtcNow()) { Secrets = target.Secrets });
    }

    /// <summary>What the hub's words for an error mean, and the status that says so: a repository that is not there is answered with 401 to who may not know.</summary>
    private (string Message, HttpStatusCode Status)? Words(string? code, HubFile file, string? name) => code switch
    {
        "GatedRepo" => ($"{file.Repository} is gated: ask for access at {target.BaseUrl.Folder}{file.Repository}, {(target.Key is null ? "and set HF_TOKEN to a token" : "and use a token")} of the account that has it", HttpStatusCode.Forbidden),
        "RepoNotFound" => ($"there is no repository {file.Repository}{(target.Key is null ? ", or it is private and HF_TOKEN is not set" : " that the token may see")}", HttpStatusCode.NotFound),
        "RevisionNotFound" => ($"{file.Repository} has no branch, tag or commit '{file.Revision}'", HttpStatusCode.NotFound),
        "EntryNotFound" => ($"{file.Repository} has no file '{name}' at {file.Revision}", HttpStatusCode.NotFound),
        "DisabledRepo" => ($"{file.Repository} has been disabled by the hub", HttpStatusCode.Forbidden),
        _ => null,
    };
}
