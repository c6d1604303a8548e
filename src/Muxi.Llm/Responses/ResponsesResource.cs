using System.Globalization;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Responses of every provider that makes them. One that a service keeps is called <c>provider/id</c> (<see cref="Response.QualifiedId"/>); a bare id is OpenAI's.
/// </summary>
public sealed class ResponsesResource
{
    private readonly Router _router;
    private readonly Targets _targets;
    private readonly KeptResponses _kept;
    private readonly TokenCounter _counter;
    private readonly TimeProvider _clock;

    internal ResponsesResource(Router router, Targets targets, KeptResponses kept, TokenCounter counter, TimeProvider clock) =>
        (_router, _targets, _kept, _counter, _clock) = (router, targets, kept, counter, clock);

    /// <summary>Makes a response, and waits for it; one in the background is given at once, as it is then.</summary>
    /// <exception cref="ApiException">The provider answered with an error, or the response failed; the subclass says which. Or the request is wrong in itself (a <see cref="BadRequestException"/>), and nothing was sent.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider makes no responses, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public Task<Response> CreateAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return MakeAsync(request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>
    /// Makes a response, and gives its events as they come, unknown ones too. Nothing is sent before the first event is asked for; leaving the loop ends the call at the provider,
    /// but for one in the background, which goes on.
    /// </summary>
    /// <exception cref="StreamInterruptedException">The stream broke, or the response failed, after content had come; <see cref="StreamInterruptedException.Partial"/> holds it as a <see cref="Response"/>.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>, before any content.</exception>
    public IAsyncEnumerable<ResponseStreamEvent> StreamAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return MakeStreamAsync(request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>
    /// Makes a response in the background and gives its events as they come; where the connection breaks, the stream is taken up again behind the last event. Each event comes once,
    /// and none is left out.
    /// </summary>
    /// <exception cref="StreamInterruptedException">The stream broke too often, or where it could not be taken up; <see cref="StreamInterruptedException.Partial"/> holds all that came.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>, before the response was begun.</exception>
    public IAsyncEnumerable<ResponseStreamEvent> StreamInBackgroundAsync(
        ResponseRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        var begun = StreamAsync(request with { Background = true }, options, cancellationToken);
        return new ResumedStream((id, provider, after) => TakeUp(id, provider, after, request.Model, options, cancellationToken), resuming ?? new(), _clock).ReadAsync(begun, cancellationToken);
    }

    /// <summary>Looks at a response that the service keeps; one that failed is given with that status.</summary>
    /// <param name="id">The response, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NotFoundException">There is no such response, or it was not kept.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider keeps no responses; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public Task<Response> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        RetrieveAsync(new ResponseRetrieveRequest(id), options, cancellationToken);

    /// <summary>Looks at a response that the service keeps, with every option.</summary>
    /// <exception cref="LlmException">As the other.</exception>
    public async Task<Response> RetrieveAsync(ResponseRetrieveRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (provider, own) = _targets.Owned(request.Id);
        return await _kept.RetrieveAsync(request.Id, options, cancellationToken).ConfigureAwait(false)
            ?? await _router.SendAsync(Verbs.ResponseRetrieve, request with { Id = own }, provider, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the stream of a response in the background up: from its beginning, or behind the event of <see cref="ResponseRetrieveRequest.StartingAfter"/>.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke after an event had come.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync(string, RequestOptions?, CancellationToken)"/>, before any event.</exception>
    public IAsyncEnumerable<ResponseStreamEvent> StreamAsync(ResponseRetrieveRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (provider, own) = _targets.Owned(request.Id);
        return _router.StreamAsync(Verbs.ResponseResume, request with { Id = own }, provider, options, cancellationToken);
    }

    /// <summary>Takes the stream of a response in the background up, and again where the connection breaks, as <see cref="StreamInBackgroundAsync"/> does.</summary>
    /// <param name="request">The response, and behind which event to begin.</param>
    /// <param name="resuming">How often it is taken up.</param>
    /// <param name="options">Settings of each call.</param>
    /// <param name="cancellationToken">Ends the calls; the response goes on.</param>
    /// <exception cref="LlmException">As <see cref="StreamAsync(ResponseRetrieveRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public IAsyncEnumerable<ResponseStreamEvent> ResumeAsync(
        ResponseRetrieveRequest request, ResponseResuming? resuming = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        _targets.Owned(request.Id);
        return new ResumedStream((_, _, after) => StreamAsync(request with { StartingAfter = after }, options, cancellationToken), resuming ?? new(), _clock)
            .ReadAsync(request.Id, request.StartingAfter, cancellationToken);
    }

    /// <summary>Stops a response in the background; one that is done stays as it is.</summary>
    /// <exception cref="NotFoundException">There is no such response.</exception>
    /// <exception cref="BadRequestException">It is not made in the background.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public async Task<Response> CancelAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        await _kept.CancelAsync(id, options, cancellationToken).ConfigureAwait(false);
        return await _router.SendAsync(Verbs.ResponseCancel, new(own), provider, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has a service forget a response. It may be asked for once more where no answer came; one that is gone then was deleted by the first time.</summary>
    /// <exception cref="NotFoundException">There is no such response.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public async Task<ResponseDeleted> DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = _targets.Owned(id);
        if (await _kept.DeleteAsync(id, options, cancellationToken).ConfigureAwait(false) is { } forgotten) return forgotten;
        try
        {
            return await _router.SendAsync(Verbs.ResponseDelete, new(own), provider, options, cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException e) when (RetryPolicy.WasDoneBefore(e))
        {
            return new() { Id = own, Deleted = true, Call = new(provider.Name, e.Attempts, new(), []) };
        }
    }

    /// <summary>What a response was made from, all of it: pages are asked for as they are needed.</summary>
    /// <exception cref="LlmException">As <see cref="InputItemsPageAsync"/>.</exception>
    public IAsyncEnumerable<ResponseItem> InputItemsAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        InputItemsAsync(new ResponseInputItemsRequest(id), options, cancellationToken);

    /// <summary>What a response was made from, with every option; <see cref="ResponseInputItemsRequest.Limit"/> is the size of a page.</summary>
    /// <exception cref="LlmException">As <see cref="InputItemsPageAsync"/>.</exception>
    public IAsyncEnumerable<ResponseItem> InputItemsAsync(ResponseInputItemsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return Pages.AllAsync((after, token) => InputItemsPageAsync(after is null ? request : request with { After = after }, options, token), cancellationToken);
    }

    /// <summary>One page of what a response was made from.</summary>
    /// <exception cref="NotFoundException">There is no such response.</exception>
    /// <exception cref="BadRequestException">The limit cannot be; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public async Task<Page<ResponseItem>> InputItemsPageAsync(ResponseInputItemsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (provider, own) = Check(request);
        return await _kept.InputItemsAsync(request, options, cancellationToken).ConfigureAwait(false)
            ?? await _router.SendAsync(Verbs.ResponseInputItems, request with { Id = own }, provider, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks the request's provider how many tokens the model would be given. Only what counts is sent: the input, tools, and what shapes the answer. Where the provider, or the server that stands for it, does not count, the number is this
    /// machine's, which a warning says; <see cref="ResponseInputTokens.IsExact"/> says how far to trust it.
    /// </summary>
    /// <exception cref="UnsupportedFeatureException"><see cref="RequestOptions.Strict"/> is set, and the provider does not count, or something would be left out; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public async Task<ResponseInputTokens> CountInputTokensAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        var model = _targets.ModelOf(request.Model);
        request = await _kept.WithHistoryAsync(request, model, options, cancellationToken).ConfigureAwait(false);
        var count = await _counter.AskAsync(Verbs.ResponseInputTokens, new Asked<ResponseRequest>(request, model), options, (_, whole, attempts, warning) => Counted(model, whole, attempts, warning), cancellationToken).ConfigureAwait(false);
        return count.Provider is null ? count : count with { IsExact = true };
    }

    private ResponseInputTokens Counted(string model, ResponseRequest request, IReadOnlyList<Attempt> attempts, Warning? warning)
    {
        var count = _counter.Count(model, request);
        var told = warning ?? new("input_tokens", "counted on this machine: the provider does not count");
        var trust = count.IsExact ? "exact" : string.Create(CultureInfo.InvariantCulture, $"an estimate, of which 9 in 10 are no more than {count.ErrorBand * 100:0.#} % off");
        return TokenCounter.Told(new ResponseInputTokens(count.InputTokens) { IsExact = count.IsExact, ErrorBand = count.ErrorBand }, attempts, [told with { Message = $"{told.Message}; {trust}" }, .. count.Warnings]);
    }

    /// <summary>Condenses a conversation: <see cref="ResponseCompaction.Output"/> is the next request's input. Only the input, instructions and the cache's settings are sent.</summary>
    /// <exception cref="UnsupportedFeatureException">The provider does not condense; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync"/>.</exception>
    public Task<ResponseCompaction> CompactAsync(ResponseRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.SendAsync(Verbs.ResponseCompaction, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>Waits until nothing more will come of a response in the background: it is whole, cut, stopped or failed, as its status says.</summary>
    /// <param name="id">The response, <c>provider/id</c> or an id of OpenAI's.</param>
    /// <param name="waiting">How often to ask, and for how long.</param>
    /// <param name="progress">Told of the response each time it was looked at.</param>
    /// <param name="options">Settings of each call.</param>
    /// <param name="cancellationToken">Ends the waiting; the response goes on.</param>
    /// <exception cref="ApiTimeoutException">It took longer than the limit.</exception>
    /// <exception cref="LlmException">As <see cref="RetrieveAsync(string, RequestOptions?, CancellationToken)"/>.</exception>
    public async Task<Response> WaitAsync(string id, ResponseWaiting? waiting = null, IProgress<Response>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        waiting ??= new();
        var (provider, own) = _targets.Owned(id);
        return await new Polling(provider, $"the response {own}", waiting.Interval, waiting.Limit, _clock)
            .UntilAsync(() => RetrieveAsync(id, options, cancellationToken), static response => response.HasEnded, static response => response.Status?.Value, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Response> MakeAsync(ResponseRequest request, string model, RequestOptions? options, CancellationToken cancellationToken)
    {
        request = await _kept.WithHistoryAsync(request, model, options, cancellationToken).ConfigureAwait(false);
        var response = await _router.SendAsync(request.Background == true ? Verbs.BackgroundResponse : Verbs.Response, request, model, options, cancellationToken).ConfigureAwait(false);
        return await _kept.KeepAsync(request, response, response.Call, options, response.HasEnded, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<ResponseStreamEvent> MakeStreamAsync(ResponseRequest request, string model, RequestOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request = await _kept.WithHistoryAsync(request, model, options, cancellationToken).ConfigureAwait(false);
        var events = _router.StreamAsync(request.Background == true ? Verbs.BackgroundResponseStream : Verbs.ResponseStream, request, model, options, cancellationToken);
        await foreach (var one in _kept.KeepAsync(request, events, options, cancellationToken).ConfigureAwait(false)) yield return one;
    }

    /// <summary>Takes a stream up where it was begun: at the service that answered, with the settings that were meant for it.</summary>
    private IAsyncEnumerable<ResponseStreamEvent> TakeUp(string id, string? provider, long? after, string model, RequestOptions? options, CancellationToken cancellationToken)
    {
        var stops = _targets.Plan(_targets.ModelOf(model), options);
        var stop = stops.FirstOrDefault(stop => stop.Name.Provider.Name == provider, stops[0]);
        var settings = stop.Options is { } own ? own with { Fallbacks = null, ExtraBody = default } : null;
        return _router.StreamAsync(Verbs.ResponseResume, new(id) { StartingAfter = after }, stop.Name.Provider, settings, cancellationToken);
    }

    private (Provider Provider, string Id) Check(ResponseInputItemsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Limit < 1) throw Wrong.Request("limit", $"'limit' is {request.Limit}: a page holds one item or more");
        return _targets.Owned(request.Id);
    }

    private static void Check(ResponseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request is { Input: null, Prompt.IsEmpty: true, Conversation.IsEmpty: true, PreviousResponseId: null } && !request.Extra.Holds("input"u8))
            throw Wrong.Request("input", "the request has no 'input': give a text, or items");
        if (request.Input is { Text: null, Items.Count: 0 } && request.PreviousResponseId is null && request.Prompt.IsEmpty && request.Conversation.IsEmpty)
            throw Wrong.Request("input", "'input' is an empty list: give one item at least");
        if (request.PreviousResponseId is not null && !request.Conversation.IsEmpty)
            throw Wrong.Request("previous_response_id", "a request goes on either from a response or in a conversation: leave PreviousResponseId or Conversation out");
    }
}
