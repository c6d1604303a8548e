using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>What follows from a service's facts alone, worked out once: it would be a good part of what a call costs.</summary>
internal sealed class KnownProvider(Provider provider)
{
    private readonly ConcurrentDictionary<ChatDialect, Provider> _dated = new(ReferenceEqualityComparer.Instance);
    private BaseUrl? _last;

    public ImmutableArray<string> KeyVariables { get; } = provider.KeyVariables;

    public ImmutableArray<string> UrlVariables { get; } = provider.UrlVariables;

    public ImmutableArray<string> VersionVariables { get; } = provider.VersionVariables;

    /// <summary>Header name to variable.</summary>
    public ImmutableArray<KeyValuePair<string, string>> HeaderVariables { get; } = [.. provider.HeaderVariables];

    /// <summary>The service as a dated version of its API is spoken to.</summary>
    public Provider In(string version)
    {
        if (provider.Dated?.ChatIn(version) is not { } chat) return provider;
        return _dated.GetOrAdd(chat, static (chat, provider) => provider with { Chat = chat }, provider);
    }

    /// <summary>The base URL of this text, parsed anew only where the text is another one than before.</summary>
    /// <exception cref="ConfigurationException">It is no http(s) address.</exception>
    public BaseUrl BaseUrl(string text)
    {
        var last = _last;
        return last?.Text == text ? last : _last = new(text, provider);
    }
}

/// <summary>A base URL, and the last address below it that was asked for.</summary>
internal sealed class BaseUrl
{
    private Tuple<string, Uri>? _last;

    /// <summary>An address as it was configured.</summary>
    /// <exception cref="ConfigurationException">It is no http(s) address.</exception>
    public BaseUrl(string text, Provider provider)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var folder) || folder.Scheme is not ("http" or "https"))
            throw new ConfigurationException($"the base URL for {provider.Name} is no http(s) address: '{Redaction.HideUser(text)}'") { Provider = provider.Name };
        (Text, User, Query) = (text, Uri.UnescapeDataString(folder.UserInfo), folder.Query.TrimStart('?'));
        Folder = WithoutUser(new(folder.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"));
    }

    /// <summary>An address that ends in a slash.</summary>
    public BaseUrl(Uri folder) => (Text, Folder, User, Query) = (folder.OriginalString, WithoutUser(folder), Uri.UnescapeDataString(folder.UserInfo), "");

    /// <summary>As it was configured.</summary>
    public string Text { get; }

    /// <summary>The address, with a slash at its end and without a user: it is shown in errors, logs and traces.</summary>
    public Uri Folder { get; }

    /// <summary>What stands before the host, <c>user:password</c>; empty where there is nothing.</summary>
    public string User { get; }

    /// <summary>What stands behind a question mark, as <c>api-version=1</c>, and goes along with every path; empty where there is nothing.</summary>
    public string Query { get; }

    /// <summary>The address of a path below, never one of another origin, whatever the path looks like.</summary>
    public Uri At(string path)
    {
        var last = _last;
        if (last?.Item1 != path) _last = last = new(path, new(Folder.AbsoluteUri + path + (Query.Length == 0 ? "" : (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + Query)));
        return last.Item2;
    }

    private static Uri WithoutUser(Uri url) => url.UserInfo.Length == 0 ? url : new UriBuilder(url) { UserName = "", Password = "" }.Uri;
}
