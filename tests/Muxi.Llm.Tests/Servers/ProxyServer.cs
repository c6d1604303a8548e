using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>
/// A small forward proxy that keeps what passes: whole requests of plain HTTP, and the CONNECT line of a tunnel. It closes
/// after each exchange, so that every request is seen. With credentials it asks for them first (407).
/// </summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly string? _credentials;
    private readonly Task _accepting;

    private ProxyServer(string? credentials)
    {
        _credentials = credentials;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>What was asked of the proxy: the target is the absolute URL, or host:port of a tunnel.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>A proxy for everybody.</summary>
    public static ProxyServer Start() => new(null);

    /// <summary>A proxy that wants "user:password".</summary>
    public static ProxyServer Start(string credentials) => new(credentials);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The listener is closed; between two accepts it says that it does not listen.
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await PassAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Either side went away; closing the other is all a proxy can do.
            }
        }
    }

    private async Task PassAsync(NetworkStream wire)
    {
        await using var input = new BufferedStream(wire);
        if (await HttpWire.ReadRequestAsync(input, _stop.Token) is not { } request)
            return;
        _requests.Enqueue(request);
        if (!IsWelcome(request))
        {
            var challenge = new CannedReply(407, new Dictionary<string, string> { ["proxy-authenticate"] = "Basic realm=\"test\"" }, []);
            await wire.WriteAsync(HttpWire.Head(challenge, "content-length: 0", "connection: close"), _stop.Token);
            return;
        }
        var tunnel = request.Method == "CONNECT";
        var target = new Uri(tunnel ? $"http://{request.Target}" : request.Target);
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(target.Host, target.Port, _stop.Token);
        var far = upstream.GetStream();
        await (tunnel
            ? wire.WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), _stop.Token)
            : far.WriteAsync(OriginForm(request, target), _stop.Token));

        using var done = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task[] ways = [input.CopyToAsync(far, done.Token), far.CopyToAsync(wire, done.Token)];
        await Task.WhenAny(ways);
        await done.CancelAsync();
        await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsWelcome(SeenRequest request) =>
        _credentials is null
        || request.Headers.GetValueOrDefault("proxy-authorization") == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(_credentials));

    private static byte[] OriginForm(SeenRequest request, Uri target)
    {
        var head = new StringBuilder().Append(request.Method).Append(' ').Append(target.PathAndQuery).Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in request.Headers)
        {
            if (!name.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase) && name.ToUpperInvariant() is not ("CONNECTION" or "CONTENT-LENGTH" or "TRANSFER-ENCODING"))
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        head.Append("connection: close\r\ncontent-length: ").Append(request.Body.Length).Append("\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. request.Body];
    }
}
