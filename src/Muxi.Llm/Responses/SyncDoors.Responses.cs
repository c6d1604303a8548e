namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ResponsesResource responses)
    {
        /// <summary>Makes a response, and waits for it.</summary>
        public Response Create(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.CreateAsync(request, options, cancellationToken));

        /// <summary>Makes a response, and gives its events as they come. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<ResponseStreamEvent> Stream(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.StreamAsync(request, options, cancellationToken));

        /// <summary>Takes the stream of a response in the background up.</summary>
        public IEnumerable<ResponseStreamEvent> Stream(ResponseRetrieveRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.StreamAsync(request, options, cancellationToken));

        /// <summary>Makes a response in the background and gives its events as they come, over as many connections as it takes.</summary>
        public IEnumerable<ResponseStreamEvent> StreamInBackground(
            ResponseRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.StreamInBackgroundAsync(request, resuming, options, cancellationToken));

        /// <summary>Takes the stream of a response in the background up, and again where the connection breaks.</summary>
        public IEnumerable<ResponseStreamEvent> Resume(
            ResponseRetrieveRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.ResumeAsync(request, resuming, options, cancellationToken));

        /// <summary>Looks at a response, and waits for it.</summary>
        public Response Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.RetrieveAsync(id, options, cancellationToken));

        /// <summary>Looks at a response with every option, and waits for it.</summary>
        public Response Retrieve(ResponseRetrieveRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.RetrieveAsync(request, options, cancellationToken));

        /// <summary>Stops a response in the background, and waits until the service knows.</summary>
        public Response Cancel(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.CancelAsync(id, options, cancellationToken));

        /// <summary>Has a service forget a response, and waits until it is done.</summary>
        public ResponseDeleted Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.DeleteAsync(id, options, cancellationToken));

        /// <summary>What a response was made from, each page as it is needed.</summary>
        public IEnumerable<ResponseItem> InputItems(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.InputItemsAsync(id, options, cancellationToken));

        /// <summary>What a response was made from, with every option, each page as it is needed.</summary>
        public IEnumerable<ResponseItem> InputItems(ResponseInputItemsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(responses.InputItemsAsync(request, options, cancellationToken));

        /// <summary>Waits for one page of what a response was made from.</summary>
        public Page<ResponseItem> InputItemsPage(ResponseInputItemsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.InputItemsPageAsync(request, options, cancellationToken));

        /// <summary>Asks the request's provider how many tokens the model would be given, and waits for the number.</summary>
        public ResponseInputTokens CountInputTokens(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.CountInputTokensAsync(request, options, cancellationToken));

        /// <summary>Condenses a conversation, and waits for what is left.</summary>
        public ResponseCompaction Compact(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.CompactAsync(request, options, cancellationToken));

        /// <summary>Waits until nothing more will come of a response in the background.</summary>
        public Response Wait(string id, ResponseWaiting? waiting = null, IProgress<Response>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => responses.WaitAsync(id, waiting, progress, options, cancellationToken));
    }
}

/// <summary>The synchronous doors of <see cref="Response"/>, beside the other <see cref="SyncDoors"/>: their parameters are those of other replies'.</summary>
public static class ResponseSyncDoors
{
    extension(Response)
    {
        /// <summary>Asks a model one thing and waits for the answer.</summary>
        public static Response Create(string model, ResponseInput input, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Create(new() { Model = model, Input = input }, null, cancellationToken);

        /// <summary>Asks with every option and waits for the answer.</summary>
        public static Response Create(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Create(request, options, cancellationToken);

        /// <summary>Asks a model one thing and gives the events as they come.</summary>
        public static IEnumerable<ResponseStreamEvent> Stream(string model, ResponseInput input, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Stream(new ResponseRequest { Model = model, Input = input }, null, cancellationToken);

        /// <summary>Asks with every option and gives the events as they come.</summary>
        public static IEnumerable<ResponseStreamEvent> Stream(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Stream(request, options, cancellationToken);

        /// <summary>Asks in the background and gives the events as they come, over as many connections as it takes.</summary>
        public static IEnumerable<ResponseStreamEvent> StreamInBackground(
            ResponseRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.StreamInBackground(request, resuming, options, cancellationToken);

        /// <summary>Looks at a response, and waits for it.</summary>
        public static Response Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Retrieve(id, options, cancellationToken);

        /// <summary>Stops a response in the background, and waits until the service knows.</summary>
        public static Response Cancel(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Cancel(id, options, cancellationToken);

        /// <summary>Has a service forget a response, and waits until it is done.</summary>
        public static ResponseDeleted Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Delete(id, options, cancellationToken);

        /// <summary>What a response was made from, each page as it is needed.</summary>
        public static IEnumerable<ResponseItem> InputItems(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.InputItems(id, options, cancellationToken);

        /// <summary>Waits until nothing more will come of a response in the background.</summary>
        public static Response Wait(string id, ResponseWaiting? waiting = null, IProgress<Response>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Responses.Wait(id, waiting, progress, options, cancellationToken);
    }
}
