using System.IO.Enumeration;

namespace Muxi.Llm;

/// <summary>In which form a service's address is meant, where there is one with dated versions of its API.</summary>
internal static class DatedUrls
{
    /// <summary>The address as it is asked, and the dated version that is spoken there.</summary>
    /// <param name="provider">The service.</param>
    /// <param name="url">The address as it was set; null for the service's own.</param>
    /// <param name="set">The version that is set; null for none. One in the address counts before it.</param>
    /// <param name="isCustomary">Whether the address is from a variable that by custom holds no path.</param>
    /// <exception cref="ConfigurationException">The address is of the dated form, and nobody says a version.</exception>
    public static (string? Url, string? Version) Of(Provider provider, string? url, string? set, bool isCustomary)
    {
        var dated = provider.Dated!;
        if (url is null)
        {
            if (set is null) return (null, null);
            return DatedApi.IsDate(set) ? (dated.With(dated.BaseUrl, set), set) : (dated.With(provider.BaseUrl, set), null);
        }
        var whole = dated.Cut(url);
        var version = dated.VersionIn(whole) ?? set;
        // A proxy may know the version by itself; the service itself does not.
        if (whole.Length < url.Length && version is null && !IsOwn(url, provider)) return (url, null);
        if (whole.Length < url.Length && version is null)
            throw new ConfigurationException($"{provider.Name}: the base URL names a model's own folder, which needs a version of the API: set {string.Join(" or ", provider.VersionVariables)}, or end the address before '/{dated.ModelFolder.Split('/')[0]}/'") { Provider = provider.Name };
        var isDate = version is not null && DatedApi.IsDate(version);
        if (dated.IsUndated(whole)) return (version is null || isDate ? whole : dated.With(whole, version), null);
        if (isCustomary || IsBareHost(whole, provider)) whole = Completed(whole, isDate ? dated.Suffix : provider.BaseUrlSuffix);
        return version is null ? (whole, null) : (dated.With(whole, version), isDate ? version : null);
    }

    /// <summary>Whether a host is the service's own wherever an account of it is.</summary>
    public static bool IsOwnHost(string host, Provider provider)
    {
        foreach (var glob in provider.Hosts)
            if (FileSystemName.MatchesSimpleExpression(glob, host)) return true;
        return false;
    }

    private static bool IsOwn(string url, Provider provider) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && IsOwnHost(parsed.Host, provider);

    private static bool IsBareHost(string url, Provider provider) => IsOwn(url, provider) && new Uri(url).AbsolutePath == "/";

    /// <summary>An address with what customary variables leave out, before its query.</summary>
    private static string Completed(string url, string suffix)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? at : url.Length;
        return UrlParts.Whole(url[..query], suffix) + url[query..];
    }
}
