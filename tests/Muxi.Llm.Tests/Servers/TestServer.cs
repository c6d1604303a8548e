using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>A real Kestrel on a free loopback port: the common ground of the servers that speak well-formed HTTP.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    /// <summary>The origin, without a trailing path.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>Starts a server that answers every request with the handler.</summary>
    public static async Task<TestServer> StartAsync(RequestDelegate handler)
    {
        // Empty: others watch files for settings, each server with one of the few watchers (inotify) that a user may have.
        var builder = WebApplication.CreateEmptyBuilder(new());
        // A test ends when it has seen enough; a stalled answer must not hold it.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new TestServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
