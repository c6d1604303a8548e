using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Muxi.Llm.Gateway;

/// <summary>The server: from the moment it listens until it is stopped.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LlmClient _client;

    private GatewayServer(WebApplication app, LlmClient client, Callees callees) => (_app, _client, Callees) = (app, client, callees);

    /// <summary>Where it listens, with the port that was taken.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>How this machine reaches it.</summary>
    public Uri LocalUrl => System.Net.IPAddress.TryParse(Url.Host.Trim('[', ']'), out var address) && (address.Equals(System.Net.IPAddress.Any) || address.Equals(System.Net.IPAddress.IPv6Any)) ? new UriBuilder(Url) { Host = "127.0.0.1" }.Uri : Url;

    /// <summary>Who can be asked.</summary>
    public Callees Callees { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ConfigurationException">A setting cannot work, or the port is taken.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayOptions options, CancellationToken cancellationToken)
    {
        var listening = new Listening(options);
        var client = new LlmClient(options.Client);
        var callees = new Callees(client);
        var front = new Front(options, Endpoints.All(options, client, callees));
        // An empty one reads no settings of the folder or the environment, and says nothing on standard output.
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            listening.Apply(kestrel);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            // Connections that wait for their next request are more than requests, but not without bound either.
            kestrel.Limits.MaxConcurrentConnections = options.MaxRequests * 8L;
        });
        builder.Services.AddSingleton<IHostLifetime, Lifetime>();
        var app = builder.Build();
        app.Run(front.AnswerAsync);
        var server = new GatewayServer(app, client, callees);
        try
        {
            await app.StartAsync(cancellationToken);
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            if (e is IOException or System.Net.Sockets.SocketException) throw listening.Failed(e);
            throw;
        }
    }

    /// <summary>Takes no more requests, gives those under way a while, then cancels them.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        using var patience = new CancellationTokenSource(grace, _client.Settings.TimeProvider);
        await _app.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Whoever starts the server hears the signals; the usual lifetime would hear them too.</summary>
    private sealed class Lifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
