using System.Net;
using System.Text;

namespace Muxi.Llm;

/// <summary>What of a call's settings must not be shown anywhere.</summary>
internal static class Secrets
{
    private static readonly string[] _headers = ["Authorization", "Proxy-Authorization", "x-api-key", "api-key", "x-goog-api-key", "Cookie"];

    /// <summary>Whether a header carries a credential by custom.</summary>
    public static bool IsSecret(string header) => _headers.Contains(header, StringComparer.OrdinalIgnoreCase);

    /// <summary>The secrets among them all, in each form in which they may come back.</summary>
    public static IReadOnlyList<string> Of(IWebProxy? proxy, BaseUrl url, string keyHeader, string? key, List<KeyValuePair<string, string>> headers)
    {
        var secrets = new List<string>();
        if (key is not null) secrets.Add(key);
        if (url.User.Length > 0) AddUser(url.User, secrets);
        foreach (var (name, value) in headers)
            if (IsSecret(name) || name.Equals(keyHeader, StringComparison.OrdinalIgnoreCase)) AddHeader(value, secrets);
        if (proxy is not null) AddProxy(proxy, url.Folder, secrets);
        return secrets;
    }

    private static void AddHeader(string value, List<string> secrets)
    {
        secrets.Add(value[(value.LastIndexOf(' ') + 1)..]);
        if (value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) AddBasic(value["Basic ".Length..].Trim(), secrets);
        // A cookie's value, a signature's parameter.
        foreach (var part in value.Split([';', ','], StringSplitOptions.TrimEntries))
            if (part.IndexOf('=') is > 0 and var equals && equals < part.TrimEnd('=').Length) secrets.Add(part[(equals + 1)..].Trim('"'));
    }

    private static void AddBasic(string encoded, List<string> secrets)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var count)) return;
        AddUser(Encoding.UTF8.GetString(bytes, 0, count), secrets);
    }

    private static void AddProxy(IWebProxy proxy, Uri url, List<string> secrets)
    {
        if (proxy.GetProxy(url) is not { } address || address == url) return;
        if (address.UserInfo.Length > 0) AddUser(Uri.UnescapeDataString(address.UserInfo), secrets);
        if (proxy.Credentials?.GetCredential(address, "Basic")?.Password is { Length: > 0 } password) secrets.Add(password);
    }

    private static void AddUser(string user, List<string> secrets) => secrets.Add(user[(user.IndexOf(':') + 1)..]);
}
