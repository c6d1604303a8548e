namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Batches.cs.
public sealed partial record Batch
{
    /// <summary>Makes a batch of requests: <c>await Batch.CreateAsync([new("a", new ChatCompletionRequest { ... }), ...])</c>.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.CreateAsync(IEnumerable{BatchRequest}, BatchSettings?, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<Batch> CreateAsync(IEnumerable<BatchRequest> requests, BatchSettings? settings = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.CreateAsync(requests, settings, options, cancellationToken);

    /// <summary>Makes a batch of a file that the service has already.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.CreateAsync(BatchCreateRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<Batch> CreateAsync(BatchCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.CreateAsync(request, options, cancellationToken);

    /// <summary>Lists a service's batches.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.ListPageAsync"/>.</exception>
    public static IAsyncEnumerable<Batch> ListAsync(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.ListAsync(request, options, cancellationToken);

    /// <summary>Looks at a batch, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.RetrieveAsync"/>.</exception>
    public static Task<Batch> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.RetrieveAsync(id, options, cancellationToken);

    /// <summary>Stops a batch, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.CancelAsync"/>.</exception>
    public static Task<Batch> CancelAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.CancelAsync(id, options, cancellationToken);

    /// <summary>Waits until a batch has ended.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.WaitAsync"/>.</exception>
    public static Task<Batch> WaitAsync(string id, BatchWaiting? waiting = null, IProgress<Batch>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.WaitAsync(id, waiting, progress, options, cancellationToken);

    /// <summary>Gives the results of a batch that has ended.</summary>
    /// <exception cref="LlmException">As <see cref="BatchesResource.ResultsAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<BatchResult> ResultsAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Batches.ResultsAsync(id, options, cancellationToken);
}
