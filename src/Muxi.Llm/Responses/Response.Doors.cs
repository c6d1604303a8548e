namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Responses.cs.
public sealed partial record Response
{
    /// <summary>Asks a model one thing: <c>await Response.CreateAsync("openai/gpt-5-mini", "Why is the sky blue?")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.CreateAsync"/>.</exception>
    public static Task<Response> CreateAsync(string model, ResponseInput input, CancellationToken cancellationToken = default) =>
        CreateAsync(new ResponseRequest { Model = model, Input = input }, null, cancellationToken);

    /// <summary>Asks with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.CreateAsync"/>.</exception>
    public static Task<Response> CreateAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.CreateAsync(request, options, cancellationToken);

    /// <summary>Asks a model one thing and gives the events as they come.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.StreamAsync(ResponseRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ResponseStreamEvent> StreamAsync(string model, ResponseInput input, CancellationToken cancellationToken = default) =>
        StreamAsync(new ResponseRequest { Model = model, Input = input }, null, cancellationToken);

    /// <summary>Asks with every option and gives the events as they come.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.StreamAsync(ResponseRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ResponseStreamEvent> StreamAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.StreamAsync(request, options, cancellationToken);

    /// <summary>Asks in the background and gives the events as they come, over as many connections as it takes.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.StreamInBackgroundAsync"/>.</exception>
    public static IAsyncEnumerable<ResponseStreamEvent> StreamInBackgroundAsync(
        ResponseRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.StreamInBackgroundAsync(request, resuming, options, cancellationToken);

    /// <summary>Looks at a response, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.RetrieveAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<Response> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.RetrieveAsync(id, options, cancellationToken);

    /// <summary>Stops a response in the background, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.CancelAsync"/>.</exception>
    public static Task<Response> CancelAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.CancelAsync(id, options, cancellationToken);

    /// <summary>Has a service forget a response, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.DeleteAsync"/>.</exception>
    public static Task<ResponseDeleted> DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.DeleteAsync(id, options, cancellationToken);

    /// <summary>What a response, <c>provider/id</c>, was made from.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.InputItemsPageAsync"/>.</exception>
    public static IAsyncEnumerable<ResponseItem> InputItemsAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.InputItemsAsync(id, options, cancellationToken);

    /// <summary>Waits until nothing more will come of a response in the background.</summary>
    /// <exception cref="LlmException">As <see cref="ResponsesResource.WaitAsync"/>.</exception>
    public static Task<Response> WaitAsync(string id, ResponseWaiting? waiting = null, IProgress<Response>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Responses.WaitAsync(id, waiting, progress, options, cancellationToken);
}
