namespace Muxi.Llm;

/// <summary>Counts the tokens that a request would be charged for.</summary>
public sealed class TokensResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal TokensResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Asks the request's provider how many tokens its prompt has; nothing is generated.</summary>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider does not count tokens, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public Task<TokenCount> CountAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatCompletionsResource.Check(request);
        return _router.SendAsync(Verbs.TokenCount, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }
}
