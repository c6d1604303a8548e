using Microsoft.CodeAnalysis;

namespace Muxi.Llm.Tests;

/// <summary>One place knows timeouts, proxies, credentials and redaction; a second client would forget one of them.</summary>
public class Law04_Only_the_transport_opens_connections
{
    private static readonly HashSet<string> _connections =
    [
        "HttpClient", "HttpClientHandler", "SocketsHttpHandler", "WinHttpHandler", "HttpMessageInvoker",
        "Socket", "TcpClient", "TcpListener", "UdpClient", "ClientWebSocket", "NetworkStream", "SslStream", "Dns", "WebClient", "WebRequest", "HttpListener",
    ];

    // Named even as types they tempt; the options' Handler and HttpClientFactory are given by the caller, not made here.
    [Fact]
    public void HTTP_clients_sockets_and_web_sockets_are_named_there_alone() =>
        Law.Holds(
            Sources.Shipped.Where(source => !source.IsUnder("src/Muxi.Llm/Transport")).SelectMany(Check),
            "Describe the request as an HttpCall (or go through client.Raw) and let the transport send it.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Routing/Planted.cs", """
            /// <summary>Not a <see cref="HttpClient"/>.</summary>
            class Planted(IHttpClientFactory factory, HttpMessageHandler handler)
            {
                object A() => new HttpClient(handler);
                HttpClient B() => new();
                object C() => new System.Net.Sockets.TcpClient("example.com", 443);
                object D() => new ClientWebSocket();
                HttpMessageHandler E() => new SocketsHttpHandler();
            }
            """);

        Law.Catches(Check(planted), 4, 5, 6, 7, 8);
    }

    private static IEnumerable<Breach> Check(Source source) =>
        source.Names().Where(name => _connections.Contains(name.ValueText)).Select(name => source.Breach(name, $"{name} outside the transport"));
}
