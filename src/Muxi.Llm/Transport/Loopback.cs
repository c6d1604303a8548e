using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Muxi.Llm;

/// <summary>This machine's own address: its free ports, and whether a server that we have started answers. No proxy stands between.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromSeconds(30) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>A port that nobody listens at now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The status of what answers; null where nobody does.</summary>
    /// <param name="address">What is asked for.</param>
    /// <param name="key">The key to show; null for none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<HttpStatusCode?> StatusAsync(Uri address, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
