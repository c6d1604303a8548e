using System.Buffers;
using System.Net;

namespace Muxi.Llm.Gateway;

/// <summary>What the headers Host and Origin tell of who asks.</summary>
internal static class Neighbours
{
    private static readonly SearchValues<char> _beyondHost = SearchValues.Create("/?#@\\ ");

    /// <summary>Whether a Host header names this machine by its loopback name or address, with whatever port.</summary>
    public static bool IsLocal(string host)
    {
        if (host.AsSpan().ContainsAny(_beyondHost)) return false;
        if (!Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var url)) return false;
        var name = url.HostNameType == UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : Name(host);
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        // Addresses as they are usually written: nobody but a trickster sends 127.1 or 2130706433.
        return IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address) && address.ToString() == name;
    }

    /// <summary>Whether the page that sends a request is one that came from this same server.</summary>
    public static bool IsSameOrigin(string? origin, string host) =>
        origin is not null && (origin.Equals($"http://{host}", StringComparison.OrdinalIgnoreCase) || origin.Equals($"https://{host}", StringComparison.OrdinalIgnoreCase));

    private static string Name(string host) => host.IndexOf(':') is >= 0 and var port ? host[..port] : host;
}
