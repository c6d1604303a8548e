namespace Muxi.Llm;

/// <summary>Any path of a service that has no typed operation here.</summary>
public sealed class RawResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal RawResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Sends a request below the provider's base URL and gives the good reply, its headers read, its body still to be read. The caller disposes it.</summary>
    /// <param name="provider">The provider's name; <c>provider/model</c> where a model has a server of its own, at a host or started here.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">What follows the base URL, e.g. <c>models</c>; query included.</param>
    /// <param name="content">The body.</param>
    /// <param name="cancellationToken">Ends the call at the socket.</param>
    /// <exception cref="ApiException">The provider answered with an error.</exception>
    /// <exception cref="ApiConnectionException">No reply came.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing.</exception>
    public Task<HttpResponseMessage> SendAsync(string provider, HttpMethod method, string path, HttpContent? content = null, CancellationToken cancellationToken = default) =>
        SendAsync(new() { Provider = provider, Method = method, Path = path, Content = content }, cancellationToken);

    /// <summary>
    /// Sends a request below the provider's base URL, with options of its own. A failed one is sent again as the settings say where that can do no harm: GET, HEAD and
    /// OPTIONS after every failure that may pass, others only where the service got nothing or says so (429, 503), and no content that can be read but once.
    /// </summary>
    /// <exception cref="ApiException">The provider answered with an error.</exception>
    /// <exception cref="ApiConnectionException">No reply came.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing.</exception>
    public Task<HttpResponseMessage> SendAsync(RawRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options?.Checked(nameof(RequestOptions));
        if (request.Options?.Fallbacks is { Count: > 0 }) throw new ConfigurationException("a raw request has no fallbacks: its path is one provider's");
        if (request.Options is { ExtraBody.IsEmpty: false }) throw new ConfigurationException("a raw request has no ExtraBody: its body is its content alone");
        var name = request.Provider.Contains('/', StringComparison.Ordinal) ? _targets.Name(request.Provider) : new(_targets.Provider(request.Provider), "", null);
        return _router.SendAsync(request, name, cancellationToken);
    }
}

/// <summary>A request to any path of a service.</summary>
public sealed record RawRequest
{
    /// <summary>The provider's name; <c>provider/model</c> where a model has a server of its own, at a host or started here.</summary>
    public required string Provider { get; init; }

    /// <summary>The HTTP method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>What follows the base URL, query included.</summary>
    public required string Path { get; init; }

    /// <summary>What to send; null for no body. It stays the caller's, who disposes it.</summary>
    public HttpContent? Content { get; init; }

    /// <summary>Settings of this call.</summary>
    public RequestOptions? Options { get; init; }
}
