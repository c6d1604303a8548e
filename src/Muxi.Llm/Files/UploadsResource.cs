namespace Muxi.Llm;

/// <summary>Uploads in parts, step by step. An upload is called <c>provider/id</c> (<see cref="Upload.QualifiedId"/>); a bare id is OpenAI's.</summary>
public sealed class UploadsResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal UploadsResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Begins an upload. It must be completed within an hour at OpenAI.</summary>
    /// <exception cref="BadRequestException">The file's size cannot be; nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider takes no parts; nothing was sent.</exception>
    public Task<Upload> CreateAsync(UploadCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Bytes < 1) throw Wrong.Request("bytes", $"'bytes' is {request.Bytes}: a file has one byte or more");
        if (string.IsNullOrEmpty(request.Filename)) throw Wrong.Request("filename", "'filename' is empty");
        if (request.ExpiresAfter is { Seconds: < FileExpiration.Least or > FileExpiration.Most } expiration)
            throw Wrong.Request("expires_after", $"'expires_after' is {expiration.Seconds} s: it must be from {FileExpiration.Least} (an hour) to {FileExpiration.Most} (30 days)");
        return _router.SendAsync(Verbs.UploadCreate, request, _targets.Owner(request.Provider), options, cancellationToken);
    }

    /// <summary>Adds a part; several may be added at the same time.</summary>
    /// <param name="request">The upload and the bytes.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public Task<UploadPart> AddPartAsync(UploadPartRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Data.Length == 0) throw Wrong.Request("data", "the part is empty");
        var (provider, id) = _targets.Owned(request.UploadId);
        return _router.SendAsync(Verbs.UploadPart, request with { UploadId = id }, provider, options, cancellationToken);
    }

    /// <summary>Makes the file of the parts.</summary>
    /// <returns>The upload, with its <see cref="Upload.File"/>.</returns>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public Task<Upload> CompleteAsync(UploadCompleteRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.PartIds.Count == 0) throw Wrong.Request("part_ids", "'part_ids' names no part");
        var (provider, id) = _targets.Owned(request.UploadId);
        IReadOnlyList<string> parts = [.. request.PartIds.Select((part, i) => FileIds.At(part, provider, _targets, $"part_ids[{i}]"))];
        return _router.SendAsync(Verbs.UploadComplete, request with { UploadId = id, PartIds = parts }, provider, options, cancellationToken);
    }

    /// <summary>Gives an upload up.</summary>
    /// <param name="uploadId">The upload, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public Task<Upload> CancelAsync(string uploadId, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, id) = _targets.Owned(uploadId);
        return _router.SendAsync(Verbs.UploadCancel, new(id), provider, options, cancellationToken);
    }
}
