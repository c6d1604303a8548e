using System.Buffers;

namespace Muxi.Llm;

/// <summary>Turns a model's name and the settings into a target. The only place that reads settings.</summary>
internal sealed class Targets(LlmOptions options)
{
    private static readonly string[] _secretHeaders = ["authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"];
    private static readonly SearchValues<char> _token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The service that a name means.</summary>
    public ModelName Name(string model) => Catalog.Resolve(model, options.Providers);

    /// <summary>A service by its name.</summary>
    public Provider Provider(string name) => Catalog.Find(name, options.Providers) ?? throw Catalog.Unknown(name, name, options.Providers);

    /// <summary>Where a call goes, and with which key.</summary>
    /// <exception cref="ConfigurationException">A setting cannot work, or the key is missing.</exception>
    public Target Resolve(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        var (url, isCalls, isOwn) = BaseUrl(name, request);
        var key = request?.ApiKey ?? (isCalls ? null : Key(provider));
        if (key is not null) CheckKey(name, key, isCalls: request?.ApiKey is not null);
        var headers = Headers(name, request, isCalls);
        if (key is null && provider.Auth.IsRequired && isOwn && !headers.Exists(header => header.Key.Equals(provider.Auth.Header, StringComparison.OrdinalIgnoreCase)))
            throw MissingKey(name);
        return new(provider, name.Model, url, key, headers) { Secrets = Secrets(key, url, headers) };
    }

    /// <summary>The key that is configured for a service; null when there is none.</summary>
    public string? Key(Provider provider)
    {
        if (Coded(options.ApiKeys, provider) is { Length: > 0 } key) return key;
        return provider.KeyVariables.Select(Variable).FirstOrDefault(value => value is not null);
    }

    /// <summary>Where a call's base URL is from: the call itself (which gets no configured key), and whether it is the provider's own.</summary>
    private (Uri Url, bool IsCalls, bool IsOwn) BaseUrl(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        if (request?.BaseUrl is { } calls) return (Folder(calls.OriginalString, provider), true, false);
        if (name.Host is { } host) return (AtHost(provider, host), true, false);
        if (Coded(options.BaseUrls, provider) is { } coded) return (Folder(coded.OriginalString, provider), false, false);
        var variable = provider.UrlVariables.Select(Variable).FirstOrDefault(value => value is not null);
        return variable is not null ? (Folder(variable, provider), false, false) : (Folder(provider.BaseUrl, provider), false, true);
    }

    private static Uri AtHost(Provider provider, string host)
    {
        var own = new Uri(provider.BaseUrl);
        var url = new Uri($"{own.Scheme}://{host}");
        var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        return new UriBuilder(own) { Host = url.Host, Port = hasPort ? url.Port : own.Port, Path = own.AbsolutePath.TrimEnd('/') + "/" }.Uri;
    }

    private static Uri Folder(string url, Provider provider)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var folder) || folder.Scheme is not ("http" or "https"))
            throw new ConfigurationException($"the base URL for {provider.Name} is no http(s) address{(url.Contains('@', StringComparison.Ordinal) ? "" : $": '{url}'")}") { Provider = provider.Name };
        return folder.Fragment.Length == 0 && folder.AbsolutePath.EndsWith('/') && !folder.AbsolutePath.EndsWith("//", StringComparison.Ordinal) ? folder : new($"{folder.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{folder.Query}");
    }

    private List<KeyValuePair<string, string>> Headers(ModelName name, RequestOptions? request, bool isCalls)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (!isCalls)
            foreach (var (header, variable) in name.Provider.HeaderVariables)
                if (Variable(variable) is { } value) headers.Add(new(header, value));
        // An address of the call's own gets nothing that another one is trusted with.
        headers.AddRange(isCalls ? options.Headers.Where(header => !IsSecret(header.Key)) : options.Headers);
        if (request?.Headers is { } own) headers.AddRange(own);
        foreach (var (header, value) in headers) CheckHeader(name, header, value);
        return headers;
    }

    private static void CheckHeader(ModelName name, string header, string value)
    {
        var fault = header.Length == 0 || header.AsSpan().ContainsAnyExcept(_token) ? "cannot be a header's name"
            : value is null ? "has no value"
            : value.AsSpan().ContainsAny('\r', '\n') ? "holds a line break, which would begin another header"
            : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "holds characters that a header cannot carry (plain ASCII only)"
            : null;
        if (fault is not null) throw new ConfigurationException($"the header '{header.ReplaceLineEndings(" ")}' {fault}") { Provider = name.Provider.Name, Model = name.Model };
    }

    private void CheckKey(ModelName name, string key, bool isCalls)
    {
        var fault = key.Length == 0 ? "is empty" : key.AsSpan().ContainsAnyExceptInRange('!', '~') ? "holds blanks, control characters or other than plain ASCII" : null;
        if (fault is null) return;
        var where = isCalls ? "RequestOptions.ApiKey" : Coded(options.ApiKeys, name.Provider) is { Length: > 0 } ? "LlmOptions.ApiKeys" : Source(name.Provider);
        throw new ConfigurationException($"the key for {name.Provider.Name} {fault}: look at {where}") { Provider = name.Provider.Name, Model = name.Model };
    }

    /// <summary>A setting by a service's name or, in whatever case, one of its names.</summary>
    private static T? Coded<T>(IReadOnlyDictionary<string, T> settings, Provider provider) where T : class
    {
        if (settings.TryGetValue(provider.Name, out var exact)) return exact;
        foreach (var (name, setting) in settings)
            if (provider.IsCalled(name)) return setting;
        return null;
    }

    private static bool IsSecret(string header) => _secretHeaders.Contains(header.ToLowerInvariant());

    private static List<string> Secrets(string? key, Uri url, List<KeyValuePair<string, string>> headers)
    {
        var secrets = new List<string>();
        if (key is not null) secrets.Add(key);
        if (url.UserInfo.Length > 0) secrets.Add(url.UserInfo[(url.UserInfo.IndexOf(':') + 1)..]);
        foreach (var (name, value) in headers)
            if (IsSecret(name)) secrets.Add(value[(value.LastIndexOf(' ') + 1)..]);
        return secrets;
    }

    private static ConfigurationException MissingKey(ModelName name) =>
        new($"{name.Provider.Name} needs a key: set {Source(name.Provider)}, or use a sandbox/ model, which needs none") { Provider = name.Provider.Name, Model = name.Model };

    private static string Source(Provider provider) => string.Join(" or ", provider.KeyVariables);

    private string? Variable(string name) => options.Environment(name) is { } value && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
