using System.Net;

namespace Muxi.Llm.Tests;

public sealed class ProxyServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plain_request_passes_and_is_recorded()
    {
        await using var origin = await ReplayServer.StartAsync(5, CannedReply.Json("""{"ok":true}"""));
        await using var proxy = ProxyServer.Start();
        using var http = Through(proxy, null);
        var url = new Uri(origin.Url, "v1/files?purpose=batch");

        using var first = await http.PostAsync(url, new StringContent("one"), Cancel);
        using var second = await http.PostAsync(url, new StringContent("two"), Cancel);

        Assert.Equal("""{"ok":true}""", await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal([url.AbsoluteUri, url.AbsoluteUri], proxy.Requests.Select(r => r.Target));
        Assert.Equal(["one", "two"], proxy.Requests.Select(r => r.Text));
        Assert.Equal(("/v1/files?purpose=batch", "two"), (origin.Requests[1].Target, origin.Requests[1].Text));
    }

    [Fact]
    public async Task A_proxy_with_credentials_asks_for_them_and_does_not_pass_them_on()
    {
        await using var origin = await ReplayServer.StartAsync(5, CannedReply.Json("{}"));
        await using var proxy = ProxyServer.Start("ann:secret");
        using var stranger = Through(proxy, null);
        using var ann = Through(proxy, new NetworkCredential("ann", "secret"));

        using var refused = await stranger.GetAsync(origin.Url, Cancel);
        using var welcome = await ann.GetAsync(origin.Url, Cancel);

        Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
        Assert.DoesNotContain(Assert.Single(origin.Requests).Headers.Keys, h => h.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_tunnel_carries_bytes_both_ways()
    {
        await using var origin = await ReplayServer.StartAsync(5, CannedReply.Json("{}"));
        await using var proxy = ProxyServer.Start();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(proxy.Url.Host, proxy.Url.Port, Cancel);
        await using var wire = client.GetStream();
        using var lines = new StreamReader(wire);

        await wire.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"CONNECT {origin.Url.Authority} HTTP/1.1\r\n\r\n"), Cancel);
        Assert.Equal("HTTP/1.1 200 Connected", await lines.ReadLineAsync(Cancel));
        await lines.ReadLineAsync(Cancel);
        await wire.WriteAsync("GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray(), Cancel);

        Assert.Equal("HTTP/1.1 200 OK", await lines.ReadLineAsync(Cancel));
        Assert.Equal(origin.Url.Authority, Assert.Single(proxy.Requests).Target);
        Assert.Equal("/hidden", Assert.Single(origin.Requests).Target);
    }

    private static HttpClient Through(ProxyServer proxy, NetworkCredential? credentials) =>
        new(new SocketsHttpHandler { UseProxy = true, Proxy = new WebProxy(proxy.Url) { Credentials = credentials } });
}
