namespace Muxi.Llm;

/// <summary>
/// Batches of every service that has them: many requests at once, answered within a day for less money. A batch is called <c>provider/id</c> (<see cref="Batch.QualifiedId"/>); a bare id is
/// OpenAI's.
/// </summary>
public sealed class BatchesResource
{
    private readonly Router _router;
    private readonly Targets _targets;
    private readonly FilesResource _files;
    private readonly TimeProvider _clock;
    private readonly BatchResults _results;

    internal BatchesResource(Router router, Targets targets, FilesResource files, TimeProvider clock) =>
        (_router, _targets, _files, _clock, _results) = (router, targets, files, clock, new(router, clock));

    /// <summary>
    /// Makes a batch of requests: they are put into the service's own form as they are enumerated, looked over, handed over (in a file, where the service wants one), and begun. All of them ask
    /// one service for the same thing; OpenAI wants one model besides.
    /// </summary>
    /// <param name="requests">The requests, enumerated once.</param>
    /// <param name="settings">What holds for the batch.</param>
    /// <param name="options">Settings of the calls.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BadRequestException">There are none or too many, a name comes twice or cannot be, or they do not belong together; nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no batches, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public async Task<Batch> CreateAsync(IEnumerable<BatchRequest> requests, BatchSettings? settings = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        settings ??= new();
        Check(settings.OutputExpiresAfter, null);
        using var body = new BatchBody(_targets, _clock);
        body.Take(requests, cancellationToken);
        var provider = body.Provider;
        if (options?.Strict == true && body.Warnings.Count > 0)
            throw new UnsupportedFeatureException($"{provider.Name}: {string.Join("; ", body.Warnings.Select(static warning => $"{warning.Param}: {warning.Message}"))}") { Provider = provider.Name };
        if (provider.Batches is IVerb<BatchSubmitRequest, Batch>) return await SubmitAsync(body, settings, options, cancellationToken).ConfigureAwait(false);
        var file = await _files.UploadAsync(new()
        {
            File = body.ToSource(settings.Filename) with { Progress = settings.Progress, ContentType = "application/jsonl" }, Purpose = provider.Batches is { } batches ? new(batches.FilePurpose) : FilePurpose.Batch, Provider = provider.Name,
        }, Plain(options), cancellationToken).ConfigureAwait(false);
        try
        {
            return await CreateAsync(new()
            {
                InputFileId = file.Id, Endpoint = body.Endpoint, Model = body.Model, CompletionWindow = settings.CompletionWindow, Metadata = settings.Metadata, OutputExpiresAfter = settings.OutputExpiresAfter,
                Provider = provider.Name, Warnings = body.Warnings,
            }, options, cancellationToken).ConfigureAwait(false);
        }
        catch (LlmException e) when (RetryPolicy.HadNoEffect(e))
        {
            await ForgetAsync(file, options).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes a batch of a file that the service has already, with <see cref="FilePurpose.Batch"/>.</summary>
    /// <exception cref="BadRequestException">The file is another provider's, or what is asked for cannot be; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider makes no batches of files: Anthropic takes the requests themselves; nothing was sent.</exception>
    /// <exception cref="LlmException">As the other.</exception>
    public Task<Batch> CreateAsync(BatchCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.InputFileId)) throw Wrong.Request("input_file_id", "'input_file_id' is empty");
        var provider = request.Provider is { Length: > 0 } named ? _targets.Provider(named) : _targets.Owned(request.InputFileId).Provider;
        Check(request.OutputExpiresAfter, provider);
        if (provider.Batches is IVerb<BatchCreateRequest, Batch> && provider.Batches.Endpoints is { IsEmpty: false } endpoints && !endpoints.Contains(request.Endpoint.Value))
            throw Wrong.Request("endpoint", $"{provider.Name}: 'endpoint' is '{request.Endpoint}', and batches are for {string.Join(", ", endpoints)}", provider.Name);
        return _router.SendAsync(Verbs.BatchCreate, request with { InputFileId = FileIds.At(request.InputFileId, provider, _targets, "input_file_id") }, provider, options, cancellationToken);
    }

    /// <summary>Lists a service's batches, the newest first, all of them: pages are asked for as they are needed.</summary>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public IAsyncEnumerable<Batch> ListAsync(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = request ?? new();
        Check(asked);
        return Pages.AllAsync((after, token) => ListPageAsync(after is null ? asked : asked with { After = after }, options, token), cancellationToken);
    }

    /// <summary>Lists one page of a service's batches.</summary>
    /// <exception cref="BadRequestException">The limit or the place to begin at cannot be; nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no batches; nothing was sent.</exception>
    public Task<Page<Batch>> ListPageAsync(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        request ??= new();
        var provider = Check(request);
        if (request.After is { } after) request = request with { After = FileIds.At(after, provider, _targets, "after") };
        return _router.SendAsync(Verbs.BatchList, request, provider, options, cancellationToken);
    }

    /// <summary>Looks at a batch.</summary>
    /// <param name="id">The batch, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NotFoundException">There is no such batch.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public Task<Batch> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        return _router.SendAsync(Verbs.BatchRetrieve, new(own), provider, options, cancellationToken);
    }

    /// <summary>Stops a batch. It takes some minutes until it has stopped; what was answered by then can be read.</summary>
    /// <exception cref="NotFoundException">There is no such batch.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public Task<Batch> CancelAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        return _router.SendAsync(Verbs.BatchCancel, new(own), provider, options, cancellationToken);
    }

    /// <summary>Deletes a batch that has ended, with its results: Anthropic does so, OpenAI deletes files alone. One that is gone when it is asked for again was deleted by the first time.</summary>
    /// <exception cref="NotFoundException">There is no such batch.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider deletes no batches; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListPageAsync"/>.</exception>
    public async Task<BatchDeleted> DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        try
        {
            return await _router.SendAsync(Verbs.BatchDelete, new(own), provider, options, cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException e) when (RetryPolicy.WasDoneBefore(e))
        {
            return new() { Id = own, Deleted = true, Call = new(provider.Name, e.Attempts, new(), []) };
        }
    }

    /// <summary>Waits until a batch has ended, in whatever way: <see cref="Batch.Status"/> says in which. Asking that fails in passing does not end the wait.</summary>
    /// <param name="id">The batch, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="waiting">How often to ask, and for how long.</param>
    /// <param name="progress">Told of the batch each time.</param>
    /// <param name="options">Settings of each call.</param>
    /// <param name="cancellationToken">Ends the wait; the batch goes on.</param>
    /// <exception cref="ApiTimeoutException">It took longer than the limit; the batch goes on.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync"/>.</exception>
    public async Task<Batch> WaitAsync(string id, BatchWaiting? waiting = null, IProgress<Batch>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        waiting ??= new();
        var (provider, own) = _targets.Owned(id);
        return await new Polling(provider, $"the batch {own}", waiting.Interval, waiting.Limit, _clock)
            .UntilAsync(() => RetrieveAsync(id, options, cancellationToken), static batch => batch.HasEnded, static batch => batch.Status.Value, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the results of a batch that has ended as they are read, in the service's order, errors among them: <see cref="BatchResult.CustomId"/> says whose each is.</summary>
    /// <param name="id">The batch, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="options">Settings of the calls.</param>
    /// <param name="cancellationToken">Ends the call under way.</param>
    /// <exception cref="BadRequestException">The batch has not ended, or has failed as such.</exception>
    /// <exception cref="StreamInterruptedException">The results broke off.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync"/>.</exception>
    public async IAsyncEnumerable<BatchResult> ResultsAsync(string id, RequestOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (provider, _) = _targets.Owned(id);
        var batch = Ended(await RetrieveAsync(id, Plain(options), cancellationToken).ConfigureAwait(false), provider);
        if (batch is { Status.Value: "failed", OutputFileId: null, ErrorFileId: null })
            throw new BadRequestException($"{provider.Name}: {BatchResults.FailureOf(batch)}") { Provider = provider.Name, Model = batch.Model, Code = batch.Errors is [var first, ..] ? first.Code : null, Status = System.Net.HttpStatusCode.BadRequest };
        await foreach (var result in _results.ReadAsync(provider, batch, Plain(options), cancellationToken).ConfigureAwait(false)) yield return result;
    }

    /// <summary>
    /// Gives a result for each request, in the requests' order, as soon as it has been read; results that come before their turn are kept until then. A request of which the service tells
    /// nothing has an error that says why. What the service tells besides stands behind them.
    /// </summary>
    /// <param name="batch">The batch, ended.</param>
    /// <param name="requests">Its requests, or others with the same names.</param>
    /// <param name="options">Settings of the calls.</param>
    /// <param name="cancellationToken">Ends the call under way.</param>
    /// <exception cref="BadRequestException">The batch has not ended.</exception>
    /// <exception cref="StreamInterruptedException">The results broke off.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync"/>.</exception>
    public IAsyncEnumerable<BatchResult> ResultsAsync(Batch batch, IEnumerable<BatchRequest> requests, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(requests);
        var (provider, _) = _targets.Owned(batch.QualifiedId);
        return _results.ReadAsync(provider, Ended(batch, provider), requests, Plain(options), cancellationToken);
    }

    private async Task<Batch> SubmitAsync(BatchBody body, BatchSettings settings, RequestOptions? options, CancellationToken cancellationToken)
    {
        var warnings = new Warnings();
        foreach (var warning in body.Warnings) warnings.Add(warning.Param, warning.Message);
        foreach (var (name, value) in (ReadOnlySpan<(string, object?)>)[("completion_window", settings.CompletionWindow), ("metadata", settings.Metadata), ("output_expires_after", settings.OutputExpiresAfter)])
            if (value is not null) warnings.Add(name, "left out: the service's batches have none");
        return await _router.SendAsync(Verbs.BatchSubmit, new(body.ToSource("batch.json") with { Progress = settings.Progress }) { Headers = body.Headers, Warnings = warnings.Given }, body.Provider, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a file back that no batch was made of. What else went wrong is told to the caller, not whether this did.</summary>
    private async Task ForgetAsync(FileObject file, RequestOptions? options)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), _clock);
        try
        {
            await _files.DeleteAsync(file.QualifiedId, Plain(options), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LlmException or OperationCanceledException)
        {
            // It stays, and harms nobody.
        }
    }

    private static Batch Ended(Batch batch, Provider provider) => batch.HasEnded ? batch
        : throw Wrong.Request("batch_id", $"{provider.Name}: the batch {batch.Id} is '{batch.Status}' still: its results are there when it has ended", provider.Name);

    /// <summary>The settings for the calls beside the one that makes the batch: further members are the batch's, and a key against repetition is for one call.</summary>
    private static RequestOptions? Plain(RequestOptions? options) => options is null ? null : options with
    {
        ExtraBody = default, Headers = options.Headers?.Where(static header => !header.Key.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase)).ToDictionary(),
    };

    private Provider Check(BatchListRequest request)
    {
        if (request.Limit < 1) throw Wrong.Request("limit", $"'limit' is {request.Limit}: a page holds one batch or more");
        return _targets.Owner(request.Provider);
    }

    private static void Check(FileExpiration? expiration, Provider? provider)
    {
        if (expiration is { Seconds: < FileExpiration.Least or > FileExpiration.Most })
            throw Wrong.Request("output_expires_after", $"'output_expires_after' is {expiration.Seconds} s: it must be from {FileExpiration.Least} (an hour) to {FileExpiration.Most} (30 days)", provider?.Name);
    }
}
