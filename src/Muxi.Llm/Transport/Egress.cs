using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Muxi.Llm;

/// <summary>An address that somebody else has named, and how far it may be followed.</summary>
/// <param name="Url">As it was told.</param>
/// <param name="MaxBytes">How much is read at most.</param>
internal sealed record EgressRequest(string Url, long MaxBytes)
{
    /// <summary>An origin that is read even where it is http, or in this network: the server that whoever runs us has set up, which has been called anyway. Null for none.</summary>
    public Uri? Own { get; init; }

    /// <summary>Who told the address; null where nobody knows.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether whoever gets the error may be somebody outside, who is not to learn this network's addresses.</summary>
    public bool IsStrangers { get; init; }

    /// <summary>What errors call it.</summary>
    public string What { get; init; } = "the address";

    /// <summary>What is said of an address that leads to more, where whoever makes the request has named it and must name another; null where it is the fault of who told it.</summary>
    public string? TooMuch { get; init; }
}

/// <summary>
/// Reads what an address leads to that did not come from our user: a picture's, in a reply. It is the one place that does, and what may be read is decided here:
/// <code>
///   https (or the own origin) ─► the host's addresses ─ all public ─► connect to the very address that was looked at ─► GET, without keys, headers or cookies
///                                                                            └─ redirect (three at most): from the start, with the same check
/// </code>
/// </summary>
/// <remarks>
/// With a proxy it is the proxy that connects; a host that this machine can resolve is looked at all the same, another one is left to the proxy. Connections are its own and not
/// those of the client, which a caller may have given an authenticating handler.
/// </remarks>
internal sealed class Egress : IDisposable
{
    private const int MaxRedirects = 3;
    private const int FirstBuffer = 1 << 16;

    private readonly LlmOptions _options;
    private readonly Timeouts _timeouts;
    private readonly EgressNetwork _network;
    private readonly IWebProxy _proxy;
    private readonly Lazy<HttpClient> _public;
    private readonly Lazy<HttpClient> _own;

    public Egress(LlmOptions options) : this(options, options.Network ?? new()) { }

    /// <summary>With a network of a test's own.</summary>
    internal Egress(LlmOptions options, EgressNetwork network)
    {
        (_options, _network) = (options, network);
        _timeouts = (options.Timeouts ?? (options.Configuration ?? LlmConfiguration.Empty).Timeouts.Over(new())).Checked();
        _proxy = ProxyWithoutUser.For(options.Proxy) ?? HttpClient.DefaultProxy;
        // Two, so that a connection to a private address is never one that a public name may use again.
        _public = new(() => Client(isOwn: false));
        _own = new(() => Client(isOwn: true));
    }

    /// <summary>Reads all that the address leads to.</summary>
    /// <exception cref="BadRequestException">The address is one that is not read; nothing was sent there.</exception>
    /// <exception cref="ApiException">It answered with an error, or with more than is read.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    public async Task<byte[]> ReadAsync(EgressRequest request, CancellationToken cancellationToken)
    {
        using var waiting = new Waiting(_timeouts, _options.TimeProvider, _options.TimeProvider.GetTimestamp(), cancellationToken);
        try
        {
            using var response = await FollowAsync(request, waiting).ConfigureAwait(false);
            return await BodyAsync(request, response, waiting).ConfigureAwait(false);
        }
        catch (EgressRefusal refusal)
        {
            throw refusal.For(request);
        }
        catch (HttpRequestException e) when (e.InnerException is EgressRefusal refusal)
        {
            throw refusal.For(request);
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            throw Explain(e, request, waiting);
        }
    }

    public void Dispose()
    {
        if (_public.IsValueCreated) _public.Value.Dispose();
        if (_own.IsValueCreated) _own.Value.Dispose();
    }

    private async Task<HttpResponseMessage> FollowAsync(EgressRequest request, Waiting waiting)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var url)) throw new EgressRefusal("is no address");
        for (var redirects = 0; ; redirects++)
        {
            var response = await GetAsync(url, request.Own, waiting).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                    || response.Headers.Location is not { } next) throw Error(request, response);
                if (redirects == MaxRedirects) throw new EgressRefusal($"is redirected more than {MaxRedirects} times");
                url = new Uri(url, next);
            }
        }
    }

    private async Task<HttpResponseMessage> GetAsync(Uri url, Uri? own, Waiting waiting)
    {
        var isOwn = own is not null && Uri.Compare(url, own, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
        if (url.UserInfo.Length > 0) throw new EgressRefusal("carries a user");
        if (url.Scheme != Uri.UriSchemeHttps && !isOwn) throw new EgressRefusal($"leads to {url.Scheme}://{url.IdnHost}, and only https is read");
        waiting.Begin(TimeoutKind.FirstByte, _timeouts.FirstByte);
        // Whoever connects looks at the address; a proxy does not tell us.
        if (!isOwn && _proxy.GetProxy(url) is not null && !_proxy.IsBypassed(url)) await CheckForProxyAsync(url.IdnHost, waiting.Token).ConfigureAwait(false);
        using var message = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        if (url.Scheme == Uri.UriSchemeHttp) message.Version = HttpVersion.Version11;
        message.Headers.TryAddWithoutValidation("User-Agent", "muxi-llm");
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        return await (isOwn ? _own : _public).Value.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, waiting.Token).ConfigureAwait(false);
    }

    private static async Task<byte[]> BodyAsync(EgressRequest request, HttpResponseMessage response, Waiting waiting)
    {
        if (response.Content.Headers.ContentLength > request.MaxBytes) throw TooLarge(request);
        var stream = await response.Content.ReadAsStreamAsync(waiting.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // Where the length is told, one array of that length and a byte more, to see the end.
            var bytes = new byte[response.Content.Headers.ContentLength is { } length ? length + 1 : Math.Min(FirstBuffer, request.MaxBytes + 1)];
            var count = 0;
            while (true)
            {
                waiting.Begin(TimeoutKind.Idle, waiting.Timeouts.Idle);
                var read = await stream.ReadAsync(bytes.AsMemory(count), waiting.Token).ConfigureAwait(false);
                if (read == 0) break;
                count += read;
                if (count > request.MaxBytes) throw TooLarge(request);
                if (count == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, request.MaxBytes + 1));
            }
            if (count == 0) throw Failed(request, "has nothing to read");
            Array.Resize(ref bytes, count);
            return bytes;
        }
    }

    private HttpClient Client(bool isOwn)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = _timeouts.Connect,
            // An address that was good a while ago need not be any longer.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            Credentials = null,
            Proxy = _proxy,
            UseProxy = true,
            ActivityHeadersPropagator = null,
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseHeadersLength = 64,
            ConnectCallback = isOwn ? null : ConnectAsync,
        };
        if (_network.Trust is { } trust) sockets.SslOptions.RemoteCertificateValidationCallback = trust;
        return new(sockets) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Connects to an address that has been looked at: no name is asked for a second time, when it might say something else.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        if (!IsProxy(context.DnsEndPoint, context.InitialRequestMessage.RequestUri!)) Check(host, addresses);
        Exception? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await _network.Connect(new(address, port), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                last = e;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private bool IsProxy(DnsEndPoint endPoint, Uri url) =>
        !_proxy.IsBypassed(url) && _proxy.GetProxy(url) is { } proxy && proxy.IdnHost.Equals(endPoint.Host, StringComparison.OrdinalIgnoreCase) && proxy.Port == endPoint.Port;

    private async Task CheckForProxyAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return;
        }
        Check(host, addresses);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _network.Resolve(host, cancellationToken).ConfigureAwait(false);

    private static void Check(string host, IPAddress[] addresses)
    {
        // One of several is enough: which one is taken would be chance.
        if (Array.Find(addresses, address => !PublicAddress.IsPublic(address)) is { } special)
            throw host.Trim('[', ']') == special.ToString() ? new($"leads to {special}, which is no public address") : new EgressRefusal($"leads to {host}, which is no public address") { Behind = $"leads to {host} ({special}), which is no public address" };
    }

    /// <summary>What the status says. What else stands in a stranger's reply is nobody's business.</summary>
    private ApiException Error(EgressRequest request, HttpResponseMessage response) =>
        Blamed(Errors.Classify(new((int)response.StatusCode, default, new(response), Who(request), "", _options.TimeProvider.GetUtcNow())), request);

    private static ServerException Failed(EgressRequest request, string what) => new(Sentence(request, what)) { Provider = request.Provider, Status = HttpStatusCode.BadGateway };

    private static ApiException TooLarge(EgressRequest request) => request.TooMuch is { } told
        ? Wrong.Request("messages", Sentence(request, told), request.Provider)
        : Failed(request, string.Create(CultureInfo.InvariantCulture, $"leads to more than {request.MaxBytes / (1024d * 1024):0.##} MB, and no more is read"));

    private static Exception Explain(Exception error, EgressRequest request, Waiting waiting)
    {
        if (error is OperationCanceledException cancelled) return waiting.Explain(cancelled, Who(request), null) is var told && told is LlmException failure ? Blamed(failure, request) : told;
        var root = error;
        while (root.InnerException is { } inner) root = inner;
        return new ApiConnectionException(Sentence(request, $"gives no reply: {root.Message.ReplaceLineEndings(" ")}"), error) { Provider = request.Provider };
    }

    private static string Who(EgressRequest request) => request.Provider is { } provider ? $"{provider}: {request.What}" : request.What;

    /// <summary>The provider's name alone is its name; the sentence says more.</summary>
    private static T Blamed<T>(T error, EgressRequest request) where T : LlmException
    {
        error.Blame(request.Provider, null);
        return error;
    }

    /// <summary>Whose address does what. The address itself is not told: it may carry a signature that is as good as a key.</summary>
    internal static string Sentence(EgressRequest request, string what) => $"{Who(request)} {what}";
}

/// <summary>The names and connections of the machine; a test has its own.</summary>
internal sealed record EgressNetwork
{
    /// <summary>A host's addresses.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);

    /// <summary>A connection to an address.</summary>
    public Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Connect { get; init; } = ConnectAsync;

    /// <summary>Who is trusted besides the machine's authorities; null for nobody.</summary>
    public RemoteCertificateValidationCallback? Trust { get; init; }

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address is not read.</summary>
internal sealed class EgressRefusal(string why) : IOException(why)
{
    /// <summary>The same with what this network knows a name as; null where that adds nothing.</summary>
    public string? Behind { get; init; }

    public BadRequestException For(EgressRequest request) => Wrong.Request("url", Egress.Sentence(request, request.IsStrangers ? Message : Behind ?? Message), request.Provider);
}
