namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(BatchesResource batches)
    {
        /// <summary>Makes a batch of requests, and waits until the service has it.</summary>
        public Batch Create(IEnumerable<BatchRequest> requests, BatchSettings? settings = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.CreateAsync(requests, settings, options, cancellationToken));

        /// <summary>Makes a batch of a file that the service has, and waits until it is there.</summary>
        public Batch Create(BatchCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.CreateAsync(request, options, cancellationToken));

        /// <summary>Lists a service's batches, each page as it is needed.</summary>
        public IEnumerable<Batch> List(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(batches.ListAsync(request, options, cancellationToken));

        /// <summary>Lists one page, and waits for it.</summary>
        public Page<Batch> ListPage(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.ListPageAsync(request, options, cancellationToken));

        /// <summary>Looks at a batch, and waits for its description.</summary>
        public Batch Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.RetrieveAsync(id, options, cancellationToken));

        /// <summary>Stops a batch, and waits until the service knows.</summary>
        public Batch Cancel(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.CancelAsync(id, options, cancellationToken));

        /// <summary>Deletes a batch, and waits until it is done.</summary>
        public BatchDeleted Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.DeleteAsync(id, options, cancellationToken));

        /// <summary>Waits until a batch has ended.</summary>
        public Batch Wait(string id, BatchWaiting? waiting = null, IProgress<Batch>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => batches.WaitAsync(id, waiting, progress, options, cancellationToken));

        /// <summary>Gives the results of a batch that has ended, each when it has come.</summary>
        public IEnumerable<BatchResult> Results(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(batches.ResultsAsync(id, options, cancellationToken));

        /// <summary>Gives a result for each request, in the requests' order.</summary>
        public IEnumerable<BatchResult> Results(Batch batch, IEnumerable<BatchRequest> requests, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(batches.ResultsAsync(batch, requests, options, cancellationToken));
    }
}

/// <summary>The synchronous doors of <see cref="Batch"/>, beside the other <see cref="SyncDoors"/>: their parameters are those of <see cref="FileObject"/>'s.</summary>
public static class BatchSyncDoors
{
    extension(Batch)
    {
        /// <summary>Makes a batch of requests, and waits until the service has it.</summary>
        public static Batch Create(IEnumerable<BatchRequest> requests, BatchSettings? settings = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Create(requests, settings, options, cancellationToken);

        /// <summary>Makes a batch of a file that the service has, and waits until it is there.</summary>
        public static Batch Create(BatchCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Create(request, options, cancellationToken);

        /// <summary>Lists a service's batches, each page as it is needed.</summary>
        public static IEnumerable<Batch> List(BatchListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.List(request, options, cancellationToken);

        /// <summary>Looks at a batch, and waits for its description.</summary>
        public static Batch Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Retrieve(id, options, cancellationToken);

        /// <summary>Stops a batch, and waits until the service knows.</summary>
        public static Batch Cancel(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Cancel(id, options, cancellationToken);

        /// <summary>Waits until a batch has ended.</summary>
        public static Batch Wait(string id, BatchWaiting? waiting = null, IProgress<Batch>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Wait(id, waiting, progress, options, cancellationToken);

        /// <summary>Gives the results of a batch that has ended, each when it has come.</summary>
        public static IEnumerable<BatchResult> Results(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Batches.Results(id, options, cancellationToken);
    }
}
