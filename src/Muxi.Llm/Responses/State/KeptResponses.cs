using System.Net;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Keeps responses for the services that keep none themselves, and finds what a request goes on from, whoever has made it:
/// <code>
///   previous_response_id ─┬─ kept here, under this caller's name ──────────► its items go before the input
///                         ├─ kept by its maker, who alone is asked ────────► the id goes along
///                         └─ kept by its maker, and others may be asked ───► read there; the maker gets the id, the others the items
/// </code>
/// </summary>
internal sealed class KeptResponses(Router router, Targets targets, LlmOptions options)
{
    private const int MaxTurns = 200, PageSize = 100;

    private readonly IResponseStore _store = options.ResponseStore ?? new MemoryResponseStore(timeProvider: options.TimeProvider);

    /// <summary>Whether a service keeps responses itself, and tells what they were made from, so that any other can go on from them.</summary>
    public static bool IsKeeper(Provider provider) => provider.Responses is IVerb<ResponseInputItemsRequest, Page<ResponseItem>>;

    /// <summary>Whether a service goes on from its own responses by their ids.</summary>
    private static bool GoesOn(Provider provider) => provider.Responses is OpenAIResponseCreation { PreviousResponses: true };

    /// <summary>The request with what it goes on from, where the services that may be asked do not keep it all themselves.</summary>
    /// <exception cref="NotFoundException">There is no such response, or it is another caller's.</exception>
    public async Task<ResponseRequest> WithHistoryAsync(ResponseRequest request, string model, RequestOptions? call, CancellationToken cancellationToken)
    {
        if (request.PreviousResponseId is not { Length: > 0 } id) return request;
        var stops = targets.Plan(model, call);
        var (named, own) = Split(id);
        foreach (var (who, settings) in Candidates(named, stops, call))
            if (await ReadAsync(own, who, settings, call?.Tenant, cancellationToken).ConfigureAwait(false) is { } kept)
                return request with { History = new(who.Provider, own, [.. kept.Input, .. kept.Response.Output]) { IsAtOwner = GoesOn(who.Provider) } };
        var maker = named ?? stops[0].Name.Provider;
        if (GoesOn(maker) && stops.All(stop => stop.Name.Provider.Name == maker.Name)) return request;
        if (!IsKeeper(maker)) throw NotFound(id, maker, "previous_response_id");
        if (IsOfItsOwn(call) && stops.All(stop => stop.Name.Provider.Name != maker.Name))
            throw Wrong.Request("previous_response_id", $"'{id}' is at {maker.Name}, and the call has a key or an address of its own, for another service: ask {maker.Name}, or send what was said before as input", maker.Name);
        return request with { History = await AtMakerAsync(own, maker, stops, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Keeps a response that is whole, where its maker does not and it is to be kept; gives it as the caller is to see it.</summary>
    /// <param name="request">The request, with its history.</param>
    /// <param name="response">The response, or one of an event.</param>
    /// <param name="call">The call that it is of.</param>
    /// <param name="settings">The call's settings.</param>
    /// <param name="isWhole">Whether it is whole.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Response> KeepAsync(ResponseRequest request, Response response, CallRecord? call, RequestOptions? settings, bool isWhole, CancellationToken cancellationToken)
    {
        var target = call?.Target;
        if (request.History is not null && response.PreviousResponseId is null) response = response with { PreviousResponseId = request.PreviousResponseId };
        if (!isWhole || target is null || request.Store == false || IsKeeper(target.Provider)) return response;
        if (response.Id.Length == 0)
        {
            call!.Note(new("store", "the response is not kept: the service gave it no id"));
            return response;
        }
        var kept = new KeptResponse(response, [.. request.History?.Items ?? [], .. request.Input?.Items ?? []]);
        try
        {
            await _store.WriteAsync(KeptResponse.KeyOf(response.Id, target, settings?.Tenant), kept.ToUtf8(), options.TimeProvider.GetUtcNow() + KeptResponse.Lifetime, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The answer is there and paid for: that it is not kept is no reason to lose it.
            call!.Note(new("store", $"the response is not kept: {e.Message}"));
        }
        return response;
    }

    /// <summary>The same for a stream: its last event is kept before it is seen.</summary>
    public async IAsyncEnumerable<ResponseStreamEvent> KeepAsync(
        ResponseRequest request, IAsyncEnumerable<ResponseStreamEvent> events, RequestOptions? settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (one.Response is not { } response)
            {
                yield return one;
                continue;
            }
            var isWhole = one.IsLast && response.HasEnded;
            yield return one with { Response = await KeepAsync(request, response, one.Call, settings, isWhole, cancellationToken).ConfigureAwait(false) };
        }
    }

    /// <summary>A response that is kept here; null where its maker is to be asked for it.</summary>
    /// <exception cref="NotFoundException">Its maker keeps none, and it is not here, or another caller's.</exception>
    public async Task<Response?> RetrieveAsync(string id, RequestOptions? call, CancellationToken cancellationToken) =>
        await FindAsync(id, call, cancellationToken).ConfigureAwait(false) is ({ } kept, var who, _) ? Given(kept.Response, who.Provider) : null;

    /// <summary>Forgets a response that is kept here; null where its maker is to be asked.</summary>
    /// <exception cref="NotFoundException">As <see cref="RetrieveAsync"/>.</exception>
    public async Task<ResponseDeleted?> DeleteAsync(string id, RequestOptions? call, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, call, cancellationToken).ConfigureAwait(false) is not ({ } kept, var who, { } key)) return null;
        await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        // Its maker has it, too.
        if (who.Provider.Responses is IVerb<ResponseDeleteRequest, ResponseDeleted>) return null;
        return new() { Id = kept.Response.Id, Deleted = true, Call = new(who.Provider.Name, [], new(), []) };
    }

    /// <summary>Refuses to cancel what is kept here, as it is whole; false where its maker is to be asked.</summary>
    /// <exception cref="BadRequestException">It is kept here, so it is whole.</exception>
    /// <exception cref="NotFoundException">As <see cref="RetrieveAsync"/>.</exception>
    public async Task<bool> CancelAsync(string id, RequestOptions? call, CancellationToken cancellationToken) =>
        await FindAsync(id, call, cancellationToken).ConfigureAwait(false) is ({ } kept, var who, _)
            ? throw Wrong.Request("response_id", $"the response '{id}' is {kept.Response.Status}: only one that is being made in the background can be cancelled", who.Provider.Name)
            : false;

    /// <summary>A page of what a response that is kept here was made from; null where its maker is to be asked.</summary>
    /// <exception cref="BadRequestException">The limit or the place to begin at cannot be.</exception>
    /// <exception cref="NotFoundException">As <see cref="RetrieveAsync"/>.</exception>
    public async Task<Page<ResponseItem>?> InputItemsAsync(ResponseInputItemsRequest request, RequestOptions? call, CancellationToken cancellationToken)
    {
        if (await FindAsync(request.Id, call, cancellationToken).ConfigureAwait(false) is not ({ } kept, var who, _)) return null;
        var limit = request.Limit ?? 20;
        if (limit is < 1 or > 100) throw Wrong.Request("limit", $"limit is {limit}: it must be 1 to 100", who.Provider.Name);
        var items = kept.Listed();
        if (request.Order != ListOrder.Ascending) items = [.. items.Reverse()];
        var start = 0;
        if (request.After is { } after)
        {
            start = items.ToList().FindIndex(item => item.Id == after) + 1;
            if (start == 0) throw Wrong.Request("after", $"there is no item '{after}' in the response '{request.Id}'", who.Provider.Name);
        }
        IReadOnlyList<ResponseItem> page = [.. items.Skip(start).Take(limit)];
        return new() { Data = page, HasMore = start + page.Count < items.Count, FirstId = page is [var first, ..] ? first.Id : null, LastId = page is [.., var last] ? last.Id : null, Call = new(who.Provider.Name, [], new(), []) };
    }

    /// <summary>The response, as one of its maker's.</summary>
    private static Response Given(Response response, Provider provider)
    {
        response.Call = new(provider.Name, [], new(), []);
        return response;
    }

    private async Task<(KeptResponse? Kept, ModelName Who, string? Key)> FindAsync(string id, RequestOptions? call, CancellationToken cancellationToken)
    {
        var (named, own) = Split(id);
        foreach (var (who, settings) in Candidates(named, [], call))
        {
            if (KeyOf(own, who, settings, call?.Tenant) is not { } key) continue;
            if (await ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } kept) return (kept, who, key);
        }
        var maker = targets.Owned(id).Provider;
        return maker.Responses is IVerb<ResponseRetrieveRequest, Response> ? (null, new(maker, "", null), null) : throw NotFound(id, maker, "response_id");
    }

    /// <summary>
    /// Whose a response may be: the service that its id names, else those that are asked, else every one that is set up. One that is asked is asked with the call's key and at
    /// the call's address, so nothing is found there that was made with others. A call that brings such finds nothing of what was made with the settings, either: whoever
    /// makes it need not be who made them.
    /// </summary>
    private IEnumerable<(ModelName Who, RequestOptions? Settings)> Candidates(Provider? named, IReadOnlyList<Stop> stops, RequestOptions? call)
    {
        foreach (var stop in stops)
            if (named is null || stop.Name.Provider.Name == named.Name) yield return (stop.Name, stop.Options);
        if (named is not null)
        {
            if (!IsAsked(named) && (stops.Count == 0 || !IsOfItsOwn(call))) yield return (new(named, "", null), stops.Count == 0 ? call : null);
            yield break;
        }
        if (stops.Count > 0 && IsOfItsOwn(call)) yield break;
        foreach (var provider in Catalog.All.Select(known => targets.Find(known.Name) ?? known).Concat(options.Providers).DistinctBy(static provider => provider.Name))
            if (!IsKeeper(provider) && !IsAsked(provider) && (IsOfItsOwn(call) || targets.IsSetUp(provider))) yield return (new(provider, "", null), stops.Count == 0 ? call : null);

        bool IsAsked(Provider provider) => stops.Any(stop => stop.Name.Provider.Name == provider.Name);
    }

    /// <summary>Whether a call says itself with which key, or where, its service is asked.</summary>
    private static bool IsOfItsOwn(RequestOptions? call) => call is not null && (call.ApiKey is not null || call.BaseUrl is not null || call.Headers?.Keys.Any(Secrets.IsSecret) == true);

    private ValueTask<KeptResponse?> ReadAsync(string id, ModelName who, RequestOptions? settings, string? tenant, CancellationToken cancellationToken) =>
        IsKeeper(who.Provider) || KeyOf(id, who, settings, tenant) is not { } key ? default : ReadAsync(key, cancellationToken);

    private async ValueTask<KeptResponse?> ReadAsync(string key, CancellationToken cancellationToken) =>
        await _store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } bytes ? KeptResponse.Read(bytes.Span) : null;

    /// <summary>The name of an entry; null where the service is not set up, so that nothing of it can be here.</summary>
    private string? KeyOf(string id, ModelName who, RequestOptions? settings, string? tenant)
    {
        try
        {
            return KeptResponse.KeyOf(id, targets.Resolve(who, settings), tenant);
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    /// <summary>The service that an id names, if it does, and the id there.</summary>
    private (Provider? Named, string Id) Split(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && targets.Find(id[..slash]) is { } named ? (named, id[(slash + 1)..]) : (null, id);
    }

    /// <summary>Reads what its maker keeps. Where that fails, the maker can be asked all the same: only the others know nothing then.</summary>
    private async Task<ResponseHistory> AtMakerAsync(string id, Provider maker, IReadOnlyList<Stop> stops, CancellationToken cancellationToken)
    {
        var settings = stops.FirstOrDefault(stop => stop.Name.Provider.Name == maker.Name).Options;
        try
        {
            var items = await TurnsAsync(id, maker, settings is null ? null : settings with { Fallbacks = null, ExtraBody = default }, cancellationToken).ConfigureAwait(false);
            return new(maker, id, items) { IsAtOwner = true };
        }
        catch (LlmException e) when (stops[0].Name.Provider.Name == maker.Name)
        {
            return new(maker, id, []) { IsAtOwner = true, Fault = e };
        }
    }

    /// <summary>All turns up to a response, oldest first, each item once: some services list the items of earlier turns, too.</summary>
    private async Task<List<ResponseItem>> TurnsAsync(string id, Provider maker, RequestOptions? settings, CancellationToken cancellationToken)
    {
        var turns = new Stack<IEnumerable<ResponseItem>>();
        var read = new HashSet<string>(StringComparer.Ordinal);
        for (var at = id; at is not null && read.Add(at);)
        {
            if (turns.Count == MaxTurns) throw Wrong.Request("previous_response_id", $"more than {MaxTurns} responses stand before '{id}': send what is to be gone on from as input", maker.Name);
            Response response;
            try
            {
                response = await router.SendAsync(Verbs.ResponseRetrieve, new(at), maker, settings, cancellationToken).ConfigureAwait(false);
            }
            catch (NotFoundException) when (turns.Count > 0)
            {
                // An earlier turn was deleted: the later ones tell what they were made from.
                break;
            }
            if (!response.HasEnded) throw Wrong.Request("previous_response_id", $"the response '{at}' is still being made", maker.Name);
            var asked = new ResponseInputItemsRequest(at) { Limit = PageSize, Order = ListOrder.Ascending };
            var input = new List<ResponseItem>();
            await foreach (var item in Pages.AllAsync((after, token) => router.SendAsync(Verbs.ResponseInputItems, asked with { After = after }, maker, settings, token), cancellationToken).ConfigureAwait(false))
                input.Add(item);
            turns.Push([.. input, .. response.Output]);
            at = response.PreviousResponseId;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. turns.SelectMany(static turn => turn).Where(item => item.Id is not { } own || seen.Add(own))];
    }

    private static NotFoundException NotFound(string id, Provider maker, string param) => new(
        $"{maker.Name}: there is no response '{id}': it keeps none itself, and none of this id is kept here that was made with this key and address; one of another service is called provider/id")
    {
        Status = HttpStatusCode.NotFound, Param = param, Code = "previous_response_not_found", Type = "invalid_request_error", Provider = maker.Name, WasSent = false,
    };
}
