using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>What follows from a service's facts alone, worked out once: it would be a good part of what a call costs.</summary>
internal sealed class KnownProvider(Provider provider)
{
    private BaseUrl? _last;

    public ImmutableArray<string> KeyVariables { get; } = provider.KeyVariables;

    public ImmutableArray<string> UrlVariables { get; } = provider.UrlVariables;

    /// <summary>Header name to variable.</summary>
    public ImmutableArray<KeyValuePair<string, string>> HeaderVariables { get; } = [.. provider.HeaderVariables];

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
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var folder) || folder.Scheme is not ("http" or "https"))
            throw new ConfigurationException($"the base URL for {provider.Name} is no http(s) address: '{text}'") { Provider = provider.Name };
        (Text, Folder, Password) = (text, folder, PasswordIn(folder));
    }

    /// <summary>An address that ends in a slash.</summary>
    public BaseUrl(Uri folder) => (Text, Folder, Password) = (folder.OriginalString, folder, PasswordIn(folder));

    /// <summary>As it was configured.</summary>
    public string Text { get; }

    /// <summary>The address, with a slash at its end.</summary>
    public Uri Folder { get; }

    /// <summary>The secret that stands before the host; null where there is none.</summary>
    public string? Password { get; }

    /// <summary>The address of a path below.</summary>
    public Uri At(string path)
    {
        var last = _last;
        if (last?.Item1 != path) _last = last = new(path, new(Folder, path));
        return last.Item2;
    }

    private static string? PasswordIn(Uri url) => url.UserInfo is { Length: > 0 } user ? user[(user.IndexOf(':') + 1)..] : null;
}
