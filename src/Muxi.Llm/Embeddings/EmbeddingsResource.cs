namespace Muxi.Llm;

/// <summary>Embeddings of every provider that makes them.</summary>
public sealed class EmbeddingsResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal EmbeddingsResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>
    /// Embeds the texts of a request. More texts than the provider takes at once are sent in several requests, four at a time, and given as one reply; when one of these fails,
    /// the call fails, and a fallback begins with all texts again, as embeddings of two models cannot be compared.
    /// </summary>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider makes no embeddings; nothing was sent.</exception>
    public Task<EmbeddingResponse> CreateAsync(EmbeddingRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        var model = _targets.ModelOf(request.Model);
        if (request.Input.Count > 1 && _targets.Plan(model, options) is var stops && stops.Any(stop => request.Input.Count > EmbeddingBatches.MostOf(stop)))
            return new EmbeddingBatches(_router, request, cancellationToken).SendAsync(stops);
        return _router.SendAsync(Verbs.Embedding, request, model, options, cancellationToken);
    }

    /// <summary>Whether what is to be embedded stands under a name of the service's own: pictures, above all, which are no texts.</summary>
    private static bool IsElsewhere(Extra extra) => extra.Holds("images"u8) || extra.Holds("inputs"u8) || extra.Holds("texts"u8) || extra.Holds("input"u8);

    private static void Check(EmbeddingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Input);
        if (!(request.Input.Count == 0 && IsElsewhere(request.Extra)) && request.Input.Fault("input", mayBeEmpty: false) is { } fault) throw Wrong.Request(fault.Param, fault.Fault);
        if (request.Dimensions < 1) throw Wrong.Request("dimensions", $"'dimensions' is {request.Dimensions}: it must be 1 or more");
    }
}
