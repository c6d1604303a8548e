namespace Muxi.Llm;

/// <summary>Documents ranked by how well they fit a query, by every provider that does it.</summary>
public sealed class RerankResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal RerankResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Ranks documents. The best come first, whatever order the provider gives them in.</summary>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error, or with a ranking of other documents than it was given; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider ranks nothing; nothing was sent.</exception>
    public Task<RerankResponse> CreateAsync(RerankRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.SendAsync(Verbs.Rerank, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    private static void Check(RerankRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrEmpty(request.Query) && !request.Extra.Holds("query"u8)) throw Wrong.Request("query", "'query' is empty: say what is looked for");
        if (request.Documents is not { Count: > 0 }) throw Wrong.Request("documents", "'documents' is an empty list: give one document at least");
        for (var i = 0; i < request.Documents.Count; i++)
            if (request.Documents[i] is null) throw Wrong.Request($"documents[{i}]", $"'documents[{i}]' is null: it must be a text or an object");
        if (request.TopN < 1) throw Wrong.Request("top_n", $"'top_n' is {request.TopN}: it must be 1 or more");
        if (request.MaxTokensPerDoc < 1) throw Wrong.Request("max_tokens_per_doc", $"'max_tokens_per_doc' is {request.MaxTokensPerDoc}: it must be 1 or more");
    }
}
