namespace Muxi.Llm;

/// <summary>
/// Files at every service that keeps them. A file is called <c>provider/id</c> (<see cref="FileObject.QualifiedId"/>); a bare id is OpenAI's.
/// </summary>
public sealed class FilesResource
{
    private const int LineBytes = 1 << 16;

    private readonly Router _router;
    private readonly Targets _targets;
    private readonly TimeProvider _clock;

    internal FilesResource(Router router, Targets targets, TimeProvider clock) => (_router, _targets, _clock) = (router, targets, clock);

    /// <summary>Hands a file over, in one call or, where it is too large for one and the service takes parts, in several at once.</summary>
    /// <exception cref="BadRequestException">The file cannot be what the service takes: empty, too large, not JSON lines where these are wanted; nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider keeps no files; nothing was sent.</exception>
    /// <exception cref="IOException">The file could not be read while it was sent.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public Task<FileObject> UploadAsync(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var provider = Check(request);
        return NeedsParts(request, provider) ? new UploadInParts(_router, provider, options, _clock).RunAsync(request, cancellationToken) : _router.SendAsync(Verbs.FileCreate, request, provider, options, cancellationToken);
    }

    /// <summary>Hands a file on disk over.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, it is a directory, or it is empty.</exception>
    /// <exception cref="LlmException">As the other.</exception>
    public Task<FileObject> UploadAsync(string path, FilePurpose? purpose = null, string? provider = null, CancellationToken cancellationToken = default) =>
        UploadAsync(new() { File = FileSource.FromFile(path), Purpose = purpose, Provider = provider }, null, cancellationToken);

    /// <summary>Hands a file over in one call, as <c>POST /files</c> does, however large it is.</summary>
    /// <exception cref="LlmException">As <see cref="UploadAsync(FileCreateRequest, RequestOptions?, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file could not be read while it was sent.</exception>
    public Task<FileObject> CreateAsync(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _router.SendAsync(Verbs.FileCreate, request, Check(request), options, cancellationToken);

    /// <summary>Lists a service's files, all of them: pages are asked for as they are needed.</summary>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public IAsyncEnumerable<FileObject> ListAsync(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = request ?? new();
        Check(asked);
        return Pages.AllAsync((after, token) => ListPageAsync(after is null ? asked : asked with { After = after }, options, token), cancellationToken);
    }

    /// <summary>Lists one page of a service's files.</summary>
    /// <exception cref="BadRequestException">The limit or the place to begin at cannot be; nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    public Task<Page<FileObject>> ListPageAsync(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        request ??= new();
        var provider = Check(request);
        if (request.After is { } after) request = request with { After = FileIds.At(after, provider, _targets, "after") };
        return _router.SendAsync(Verbs.FileList, request, provider, options, cancellationToken);
    }

    /// <summary>Looks at a file.</summary>
    /// <param name="id">The file, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NotFoundException">There is no such file.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public Task<FileObject> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        return _router.SendAsync(Verbs.FileRetrieve, new(own), provider, options, cancellationToken);
    }

    /// <summary>Gives what a file holds as it comes; the reply is there when its first bytes are. Disposing it ends the call.</summary>
    /// <exception cref="NotFoundException">There is no such file.</exception>
    /// <exception cref="BadRequestException">The service does not give this file's content: Anthropic gives only what its tools made.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider gives no file's content; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public Task<FileContent> ContentAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        return _router.OpenAsync(Verbs.FileContent, new(own), provider, options, cancellationToken);
    }

    /// <summary>
    /// Writes what a file holds to disk: under a temporary name first, which becomes the file's own when all is there. A file of that name is replaced then. In a directory the
    /// file gets its own name, made harmless, and a number where that is taken.
    /// </summary>
    /// <param name="id">The file, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="path">A file, or a directory that is there.</param>
    /// <param name="progress">Told how many bytes have come.</param>
    /// <param name="cancellationToken">Ends the call; nothing is left behind.</param>
    /// <returns>Where it was written to.</returns>
    /// <exception cref="StreamInterruptedException">The content broke off; nothing is left behind.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="LlmException">As <see cref="ContentAsync"/>.</exception>
    public async Task<string> DownloadAsync(string id, string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = Directory.Exists(path) ? await NameAsync(id, cancellationToken).ConfigureAwait(false) : null;
        var content = await ContentAsync(id, null, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var target = name is null ? Path.GetFullPath(path) : FileNames.Free(Path.GetFullPath(path), name);
            await content.SaveAsync(target, progress, cancellationToken).ConfigureAwait(false);
            return target;
        }
    }

    /// <summary>
    /// Deletes a file. It may be asked for once more where no answer came; one that is gone then was deleted by the first time.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such file.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public async Task<FileDeleted> DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        try
        {
            return await _router.SendAsync(Verbs.FileDelete, new(own), provider, options, cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException e) when (RetryPolicy.WasDoneBefore(e))
        {
            return new() { Id = own, Deleted = true, Call = new(provider.Name, e.Attempts, new(), []) };
        }
    }

    /// <summary>Waits until the service is done with a file: it can be used then, or its status is <see cref="FileStatus.Error"/>. A service that tells no status is done at once.</summary>
    /// <exception cref="ApiTimeoutException">It took longer than the limit.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync"/>.</exception>
    public async Task<FileObject> WaitAsync(string id, FileWaiting? waiting = null, CancellationToken cancellationToken = default)
    {
        waiting ??= new();
        var (provider, own) = _targets.Owned(id);
        return await new Polling(provider, $"the file {own}", waiting.Interval, waiting.Limit, _clock)
            .UntilAsync(() => RetrieveAsync(id, null, cancellationToken), static file => !IsUnderWay(file.Status), static file => file.Status?.Value, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>OpenAI's word, and those that others have for the same.</summary>
    private static bool IsUnderWay(FileStatus? status) => status?.Value is "uploaded" or "pending" or "processing" or "in_progress" or "running";

    /// <summary>What a file may be called on this machine.</summary>
    private async Task<string> NameAsync(string id, CancellationToken cancellationToken)
    {
        var file = await RetrieveAsync(id, null, cancellationToken).ConfigureAwait(false);
        return FileNames.Safe(file.Filename) ?? FileNames.Safe(file.Id) ?? "file";
    }

    private Provider Check(FileListRequest request)
    {
        if (request.Limit < 1) throw Wrong.Request("limit", $"'limit' is {request.Limit}: a page holds one file or more");
        return _targets.Owner(request.Provider);
    }

    private Provider Check(FileCreateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.File);
        var provider = _targets.Owner(request.Provider);
        if (request.File.Length == 0) throw Wrong.Request("file", $"the file '{request.File.Filename}' is empty", provider.Name);
        if (request.ExpiresAfter is { Seconds: < FileExpiration.Least or > FileExpiration.Most } expiration)
            throw Wrong.Request("expires_after", $"'expires_after' is {expiration.Seconds} s: it must be from {FileExpiration.Least} (an hour) to {FileExpiration.Most} (30 days)", provider.Name);
        if ((request.Purpose?.Value ?? provider.Files?.DefaultPurpose) is { } purpose && provider.Files?.JsonLines.Contains(purpose) == true) CheckLines(request.File, purpose, provider);
        return provider;
    }

    /// <summary>A file that must be JSON lines is called so, and its first line is an object.</summary>
    private static void CheckLines(FileSource file, string purpose, Provider provider)
    {
        if (!file.Filename.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            throw Wrong.Request("file", $"{provider.Name}: a file for {purpose} must be JSON lines, with a name that ends in .jsonl; this one is '{file.Filename}'", provider.Name);
        if (file.Head(LineBytes) is { } head && !StartsWithObject(JsonReading.WithoutMark(head), isWhole: head.Length < LineBytes))
            throw Wrong.Request("file", $"{provider.Name}: a file for {purpose} must be JSON lines; the first line of '{file.Filename}' is no JSON object", provider.Name);
    }

    private static bool StartsWithObject(ReadOnlySpan<byte> head, bool isWhole)
    {
        var end = head.IndexOf((byte)'\n');
        // Of a line that is longer than what was read, the beginning must do.
        if (end < 0 && !isWhole) return head.TrimStart(" \t\r"u8).StartsWith("{"u8);
        try
        {
            return RawJson.Parse(end < 0 ? head : head[..end]).ToElement().ValueKind == System.Text.Json.JsonValueKind.Object;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    /// <exception cref="BadRequestException">It is too large for parts, too.</exception>
    private static bool NeedsParts(FileCreateRequest request, Provider provider)
    {
        if (provider is not { Uploads: { } uploads, Files: { MaxBytes: > 0 } files } || !(request.File.Length > files.MaxBytes) || request.File.Length > files.MostFor(request.Purpose)) return false;
        return request.File.Length <= uploads.MaxBytes ? true
            : throw Wrong.Request("file", $"{provider.Name}: a file may have {FilesDialect.Megabytes(uploads.MaxBytes)}; '{request.File.Filename}' has {FilesDialect.Megabytes(request.File.Length.Value)}", provider.Name);
    }
}
