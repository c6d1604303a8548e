using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Muxi.Llm;

/// <summary>Turns a model's name and the settings into a target. The only place that reads settings.</summary>
internal sealed class Targets(LlmOptions options)
{
    private static readonly SearchValues<char> _token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // By reference: a record's own equality reads all of its facts. Weak, as providers come and go with Catalog.Add.
    private readonly ConditionalWeakTable<Provider, KnownProvider> _known = [];

    /// <summary>The service that a name, or what it is an alias of, means.</summary>
    public ModelName Name(string model) => Catalog.Resolve(Unaliased(model), options.Providers);

    /// <summary>Where a call goes, in order: its model, then the fallbacks that the call or the settings name.</summary>
    /// <exception cref="ConfigurationException">A name cannot be resolved; whose key is missing shows when its turn comes.</exception>
    public IReadOnlyList<Stop> Plan(string model, RequestOptions? request)
    {
        if (request?.MaxRetries < 0) throw new ConfigurationException($"RequestOptions.MaxRetries is {request.MaxRetries}: it must be 0 (for none) or more");
        var first = new Stop(Name(model), request, null);
        var fallbacks = request?.Fallbacks ?? Fallbacks(model, first.Name);
        if (fallbacks.Count == 0) return [first];
        return [first, .. fallbacks.Select(fallback => At(fallback, first.Name.Provider, request))];
    }

    private IReadOnlyList<Fallback> Fallbacks(string model, ModelName name)
    {
        if (options.Fallbacks.Count == 0) return [];
        return options.Fallbacks.GetValueOrDefault(model) ?? options.Fallbacks.GetValueOrDefault(name.ToString()) ?? options.Fallbacks.GetValueOrDefault("*") ?? [];
    }

    private Stop At(Fallback fallback, Provider first, RequestOptions? call)
    {
        var own = fallback.Options ?? new();
        if (own.Fallbacks is not null) throw new ConfigurationException($"the fallback '{fallback.Model}' has fallbacks of its own: list them after it instead");
        if (own.MaxRetries < 0) throw new ConfigurationException($"MaxRetries of the fallback '{fallback.Model}' is {own.MaxRetries}: it must be 0 (for none) or more");
        var name = Name(fallback.Model);
        return new(name, call is null ? own : Inherited(own, call, isSame: name.Provider == first), fallback);
    }

    /// <summary>A fallback's settings, with the call's where it has none. What is meant for the call's provider, a key above all, goes to no other.</summary>
    private static RequestOptions Inherited(RequestOptions own, RequestOptions call, bool isSame)
    {
        var isSameAddress = isSame && own.BaseUrl is null;
        return own with
        {
            ApiKey = own.ApiKey ?? (isSameAddress ? call.ApiKey : null),
            BaseUrl = own.BaseUrl ?? (isSame ? call.BaseUrl : null),
            Headers = own.Headers ?? (isSameAddress ? call.Headers : call.Headers?.Where(header => !Secrets.IsSecret(header.Key)).ToDictionary()),
            ExtraBody = own.ExtraBody.IsEmpty && isSame ? call.ExtraBody : own.ExtraBody,
            MaxRetries = own.MaxRetries ?? call.MaxRetries,
            Timeouts = own.Timeouts ?? call.Timeouts,
            Strict = own.Strict || call.Strict,
        };
    }

    private string Unaliased(string model)
    {
        for (var steps = 0; options.Aliases.TryGetValue(model, out var meant); model = meant)
            if (++steps > options.Aliases.Count) throw new ConfigurationException($"the alias '{model}' comes back to itself");
        return model;
    }

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
        if (url.User.Length > 0 && key is null) headers.Insert(0, new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(url.User))));
        return new(provider, name.Model, url, key, headers) { Secrets = Secrets.Of(options.Proxy, url, provider.Auth.Header, key, headers) };
    }

    /// <summary>The key that is configured for a service; null when there is none.</summary>
    public string? Key(Provider provider)
    {
        if (Coded(options.ApiKeys, provider) is { Length: > 0 } key) return key;
        return FirstSet(Known(provider).KeyVariables);
    }

    /// <summary>Where a call's base URL is from: the call itself (which gets no configured key), and whether it is the provider's own.</summary>
    private (BaseUrl Url, bool IsCalls, bool IsOwn) BaseUrl(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        if (request?.BaseUrl is { } calls) return (new(calls.OriginalString, provider), true, false);
        if (name.Host is { } host) return (new(AtHost(provider, host)), true, false);
        var known = Known(provider);
        if (Coded(options.BaseUrls, provider) is { } coded) return (known.BaseUrl(coded.OriginalString), false, false);
        var variable = FirstSet(known.UrlVariables);
        return (known.BaseUrl(variable ?? provider.BaseUrl), false, variable is null);
    }

    private static Uri AtHost(Provider provider, string host)
    {
        var own = new Uri(provider.BaseUrl);
        var url = new Uri($"{own.Scheme}://{host}");
        var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        return new UriBuilder(own) { UserName = "", Password = "", Host = url.Host, Port = hasPort ? url.Port : own.Port, Path = own.AbsolutePath.TrimEnd('/') + "/" }.Uri;
    }

    private List<KeyValuePair<string, string>> Headers(ModelName name, RequestOptions? request, bool isCalls)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (!isCalls)
            foreach (var (header, variable) in Known(name.Provider).HeaderVariables)
                if (Variable(variable) is { } value) headers.Add(new(header, value));
        // An address of the call's own gets nothing that another one is trusted with.
        headers.AddRange(isCalls ? options.Headers.Where(header => !Secrets.IsSecret(header.Key) && !header.Key.Equals(name.Provider.Auth.Header, StringComparison.OrdinalIgnoreCase)) : options.Headers);
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

    private KnownProvider Known(Provider provider) => _known.GetValue(provider, static provider => new(provider));

    private static ConfigurationException MissingKey(ModelName name) =>
        new($"{name.Provider.Name} needs a key: set {Source(name.Provider)}, or use a sandbox/ model, which needs none") { Provider = name.Provider.Name, Model = name.Model, IsMissingKey = true };

    private static string Source(Provider provider) => string.Join(" or ", provider.KeyVariables);

    private string? FirstSet(ImmutableArray<string> variables)
    {
        foreach (var variable in variables)
            if (Variable(variable) is { } value) return value;
        return null;
    }

    private string? Variable(string name) => options.Environment(name) is { } value && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
