namespace Muxi.Llm;

/// <summary>Any path of a service that has no typed operation here.</summary>
public sealed class RawResource
{
    private readonly Transport _transport;
    private readonly Targets _targets;

    internal RawResource(Transport transport, Targets targets) => (_transport, _targets) = (transport, targets);

    /// <summary>Sends a request below the provider's base URL and gives the good reply, its headers read, its body still to be read. The caller disposes it.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">What follows the base URL, e.g. <c>models</c>; query included.</param>
    /// <param name="content">The body.</param>
    /// <param name="cancellationToken">Ends the call at the socket.</param>
    /// <exception cref="ApiException">The provider answered with an error.</exception>
    /// <exception cref="ApiConnectionException">No reply came.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing.</exception>
    public Task<HttpResponseMessage> SendAsync(string provider, HttpMethod method, string path, HttpContent? content = null, CancellationToken cancellationToken = default) =>
        SendAsync(new() { Provider = provider, Method = method, Path = path, Content = content }, cancellationToken);

    /// <summary>Sends a request below the provider's base URL, with options of its own.</summary>
    /// <exception cref="ApiException">The provider answered with an error.</exception>
    /// <exception cref="ApiConnectionException">No reply came.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing.</exception>
    public async Task<HttpResponseMessage> SendAsync(RawRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = _targets.Resolve(new(_targets.Provider(request.Provider), "", null), request.Options);
        // The limits hold until the headers are there; the body is the caller's to read, under the caller's token.
        using var waiting = new Waiting(_transport.TimeoutsFor(request.Options), _transport.Clock, cancellationToken);
        using var message = new HttpRequestMessage(request.Method, target.At(request.Path.TrimStart('/'))) { Content = request.Content };
        var attempt = new AttemptInProgress(target, default, "raw", isStrict: false, _transport.Logger);
        try
        {
            return await _transport.SendAsync(target, message, waiting, attempt.Trace).ConfigureAwait(false);
        }
        catch (LlmException e)
        {
            attempt.Failed(e, waiting);
            throw;
        }
    }
}

/// <summary>A request to any path of a service.</summary>
public sealed record RawRequest
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The HTTP method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>What follows the base URL, query included.</summary>
    public required string Path { get; init; }

    /// <summary>What to send; null for no body.</summary>
    public HttpContent? Content { get; init; }

    /// <summary>Settings of this call.</summary>
    public RequestOptions? Options { get; init; }
}
