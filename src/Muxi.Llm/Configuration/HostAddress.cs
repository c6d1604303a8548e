using System.Net;

namespace Muxi.Llm;

/// <summary>
/// An address of a server of one's own as its own program is told where to listen: <c>host</c>, <c>host:port</c>, <c>:port</c>, an IPv6 address with or without brackets, or a
/// URL. The port is the service's usual one where only a machine is named, and the scheme's where there is a scheme.
/// </summary>
/// <remarks>Source: Host in envconfig/config.go of ollama/ollama.</remarks>
internal static class HostAddress
{
    /// <summary>The address as a URL; a text that is none is given back, for whoever reads URLs to refuse.</summary>
    public static string Of(string text, Provider provider)
    {
        text = text.Trim('"', '\'', ' ');
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var own = new Uri(provider.BaseUrl);
        var rest = (scheme < 0 ? text : text[(scheme + 3)..]).TrimEnd('/');
        // An IPv6 address needs no brackets where no port follows.
        if (!rest.StartsWith('[') && rest.AsSpan().Count(':') > 1 && IPAddress.TryParse(rest, out _)) rest = $"[{rest}]";
        if (rest.Length == 0 || rest.StartsWith(':')) rest = "localhost" + rest;
        if (!Uri.TryCreate($"{(scheme < 0 ? own.Scheme : text[..scheme])}://{rest}", UriKind.Absolute, out var url)) return text;
        var built = new UriBuilder(url);
        if (scheme < 0 && !HasPort(url.OriginalString)) built.Port = own.Port;
        // Where a server listens everywhere, it is met on this machine.
        if (url.Host is "0.0.0.0" or "[::]") built.Host = "localhost";
        return built.Uri.AbsoluteUri.TrimEnd('/');
    }

    private static bool HasPort(string url)
    {
        var host = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0];
        return host.LastIndexOf(':') > host.LastIndexOf(']');
    }
}
