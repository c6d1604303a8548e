namespace Muxi.Llm.Cli;

/// <summary>One request and its reply, as they crossed the wire.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Address">Where it went.</param>
/// <param name="Sent">The request's headers.</param>
/// <param name="Request">The request's body; empty for none.</param>
/// <param name="Status">The reply's status.</param>
/// <param name="Got">The reply's headers.</param>
/// <param name="Reply">The reply's body, decompressed.</param>
internal sealed record Exchange(HttpMethod Method, Uri Address, IReadOnlyDictionary<string, string> Sent, byte[] Request, int Status, IReadOnlyDictionary<string, string> Got, byte[] Reply);

/// <summary>Passes requests on and keeps what is sent and what comes, whole.</summary>
internal sealed class RecordingHandler(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    /// <summary>What has crossed the wire so far.</summary>
    public List<Exchange> Exchanges { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        // From here on the content is in memory, so that the client reads the same bytes.
        var got = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Exchanges.Add(new(request.Method, request.RequestUri!, Named(request.Headers, request.Content?.Headers), sent, (int)response.StatusCode, Named(response.Headers, response.Content.Headers), got));
        return response;
    }

    private static Dictionary<string, string> Named(params IEnumerable<KeyValuePair<string, IEnumerable<string>>>?[] headers) =>
        headers.SelectMany(some => some ?? []).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>Answers with a recorded reply in place of a service: nothing is sent.</summary>
internal sealed class ReplayingHandler(Exchange exchange) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)exchange.Status) { Content = new ByteArrayContent(exchange.Reply), RequestMessage = request };
        foreach (var (name, value) in exchange.Got)
            if (!response.Headers.TryAddWithoutValidation(name, value)) response.Content.Headers.TryAddWithoutValidation(name, value);
        return Task.FromResult(response);
    }
}

/// <summary>A clock that goes by another one, some time ahead.</summary>
internal sealed class LaterClock(TimeProvider clock, TimeSpan ahead) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + ahead;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
