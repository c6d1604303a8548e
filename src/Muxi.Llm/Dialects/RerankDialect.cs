namespace Muxi.Llm;

/// <summary>A wire format of ranking documents.</summary>
public abstract record RerankDialect : VariedDialect<RerankDialect>, IVerb<RerankRequest, RerankResponse>
{
    /// <summary>The HTTP request for a ranking.</summary>
    public abstract HttpCall Render(RerankRequest request, CallContext context);

    /// <summary>The reply in an HTTP reply, the best first.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract RerankResponse Parse(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public virtual IExchange<RerankResponse> Begin(RerankRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Fitting(request, Parse(reply, context), context));

    /// <summary>The reply as the request asks for it: no more than the best, with their documents, each of which must be one that was given.</summary>
    private static RerankResponse Fitting(RerankRequest request, RerankResponse reply, CallContext context)
    {
        // Documents of a form of the caller's own cannot be counted.
        var given = request.Extra.Holds("documents"u8) ? null : request.Documents;
        var seen = new HashSet<int>();
        foreach (var result in reply.Results)
            if (result.Index < 0 || result.Index >= given?.Count || !seen.Add(result.Index)) throw Unusable($"a result names document {result.Index}, {(seen.Contains(result.Index) ? "which another one names too" : $"and {given?.Count ?? 0} were given")}", context);
        if (reply.IsInOrder && given is not null && given.Count != reply.Results.Count) throw Unusable($"{reply.Results.Count} scores came, and {given.Count} documents were given", context);
        IEnumerable<RerankResult> results = reply.Results;
        if (request.TopN is { } top && reply.Results.Count > top) results = results.Take(top);
        if (request.ReturnDocuments == true && given is not null) results = results.Select(result => result.Document is null ? result with { Document = given[result.Index] } : result);
        return ReferenceEquals(results, reply.Results) ? reply : reply with { Results = [.. results] };
    }

    private static ServerException Unusable(string what, CallContext context) =>
        new($"{context.Provider}: {what}") { Provider = context.Provider, Model = context.Model, Status = System.Net.HttpStatusCode.BadGateway };
}
