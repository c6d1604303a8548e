using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>Turns a model's name and the settings into a target. The only place that reads settings.</summary>
internal sealed class Targets(LlmOptions options)
{
    // By reference: a record's own equality reads all of its facts. Weak, as providers come and go with Catalog.Add.
    private readonly ConditionalWeakTable<Provider, KnownProvider> _known = [];

    private static readonly string[] _secretHeaders = ["authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"];

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
        if (key is null && provider.Auth.IsRequired && !isCalls && isOwn) throw MissingKey(name);
        if (key is not null && key.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
            throw new ConfigurationException($"the key for {provider.Name} holds blanks or control characters: look at {Source(provider)}") { Provider = provider.Name, Model = name.Model };
        var headers = Headers(provider, request, isCalls);
        return new(provider, name.Model, url, key, headers) { Secrets = Secrets(key, url, headers) };
    }

    /// <summary>The key that is configured for a service; null when there is none.</summary>
    public string? Key(Provider provider)
    {
        if (options.ApiKeys.TryGetValue(provider.Name, out var key) && key.Length > 0) return key;
        return FirstSet(Known(provider).KeyVariables);
    }

    /// <summary>Where a call's base URL is from: the call itself (which gets no configured key), and whether it is the provider's own.</summary>
    private (BaseUrl Url, bool IsCalls, bool IsOwn) BaseUrl(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        if (request?.BaseUrl is { } calls) return (new(calls.OriginalString, provider), true, false);
        if (name.Host is { } host) return (new(AtHost(provider, host)), true, false);
        var known = Known(provider);
        if (options.BaseUrls.TryGetValue(provider.Name, out var coded)) return (known.BaseUrl(coded.OriginalString), false, false);
        var variable = FirstSet(known.UrlVariables);
        return (known.BaseUrl(variable ?? provider.BaseUrl), false, variable is null);
    }

    private static Uri AtHost(Provider provider, string host)
    {
        var own = new Uri(provider.BaseUrl);
        var url = new Uri($"{own.Scheme}://{host}");
        var hasPort = host.EndsWith($":{url.Port}", StringComparison.Ordinal);
        return new UriBuilder(own) { Host = url.Host, Port = hasPort ? url.Port : own.Port, Path = own.AbsolutePath.TrimEnd('/') + "/" }.Uri;
    }

    private List<KeyValuePair<string, string>> Headers(Provider provider, RequestOptions? request, bool isCalls)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (!isCalls)
            foreach (var (header, variable) in Known(provider).HeaderVariables)
                if (Variable(variable) is { } value) headers.Add(new(header, value));
        headers.AddRange(options.Headers);
        if (request?.Headers is { } own) headers.AddRange(own);
        return headers;
    }

    private static List<string> Secrets(string? key, BaseUrl url, List<KeyValuePair<string, string>> headers)
    {
        var secrets = new List<string>();
        if (key is not null) secrets.Add(key);
        if (url.Password is { } password) secrets.Add(password);
        foreach (var (name, value) in headers)
            if (_secretHeaders.Contains(name.ToLowerInvariant())) secrets.Add(value[(value.LastIndexOf(' ') + 1)..]);
        return secrets;
    }

    private KnownProvider Known(Provider provider) => _known.GetValue(provider, static provider => new(provider));

    private static ConfigurationException MissingKey(ModelName name) =>
        new($"{name.Provider.Name} needs a key: set {Source(name.Provider)}, or use a sandbox/ model, which needs none") { Provider = name.Provider.Name, Model = name.Model };

    private static string Source(Provider provider) => string.Join(" or ", provider.KeyVariables);

    private string? FirstSet(ImmutableArray<string> variables)
    {
        foreach (var variable in variables)
            if (Variable(variable) is { } value) return value;
        return null;
    }

    private string? Variable(string name) => options.Environment(name) is { } value && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
