namespace Muxi.Llm;

/// <summary>Looking whether texts and pictures are harmful.</summary>
public sealed class ModerationsResource
{
    /// <summary>Who is asked where no model is named, as OpenAI does it.</summary>
    internal static string DefaultModel => $"{Providers.OpenAI.Name}/{Operations.DefaultModelOf(Providers.OpenAI, Operations.Moderations)}";

    private readonly Router _router;

    internal ModerationsResource(Router router) => _router = router;

    /// <summary>Looks whether something is harmful. That it is, is no error.</summary>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no moderation; nothing was sent.</exception>
    public Task<ModerationResponse> CreateAsync(ModerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Input);
        if (request.Input.Fault() is { } fault) throw Wrong.Request(fault.Param, fault.Fault);
        return _router.SendAsync(Verbs.Moderation, request, string.IsNullOrWhiteSpace(request.Model) ? DefaultModel : request.Model, options, cancellationToken);
    }
}
