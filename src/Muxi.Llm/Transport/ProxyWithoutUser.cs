using System.Collections.Concurrent;
using System.Net;

namespace Muxi.Llm;

/// <summary>
/// A proxy whose address carries a user (<c>http://user:password@host</c>), as HTTPS_PROXY does. The runtime quotes that address in its exceptions and traces, so
/// it is given the bare one, and the user when it is asked for.
/// </summary>
internal sealed class ProxyWithoutUser(IWebProxy proxy) : IWebProxy, ICredentials
{
    private static readonly Uri[] _probes = [new("https://proxied.invalid/"), new("http://proxied.invalid/")];

    private readonly ConcurrentDictionary<Uri, NetworkCredential> _users = new();

    public ICredentials? Credentials
    {
        get => this;
        set => proxy.Credentials = value;
    }

    /// <summary>The proxy to use in place of a configured one, or of the system's. The runtime's own ones go past us where their address carries no user.</summary>
    public static IWebProxy? For(IWebProxy? configured)
    {
        if (configured is not null) return new ProxyWithoutUser(configured);
        var system = HttpClient.DefaultProxy;
        return Array.Exists(_probes, probe => system.GetProxy(probe)?.UserInfo.Length > 0) ? new ProxyWithoutUser(system) : null;
    }

    public Uri? GetProxy(Uri destination)
    {
        var address = proxy.GetProxy(destination);
        if (address is null || address.UserInfo.Length == 0) return address;
        var bare = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        var (user, password) = address.UserInfo.Split(':', 2) is [var name, var secret] ? (name, secret) : (address.UserInfo, "");
        _users.TryAdd(bare, new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)));
        return bare;
    }

    public bool IsBypassed(Uri host) => proxy.IsBypassed(host);

    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        proxy.Credentials?.GetCredential(uri, authType) ?? (authType is "Basic" or "Digest" ? _users.GetValueOrDefault(uri) : null);
}
