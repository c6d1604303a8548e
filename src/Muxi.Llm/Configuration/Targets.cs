using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Muxi.Llm;

/// <summary>Turns a model's name and the settings into a target. The only place that reads settings.</summary>
internal sealed class Targets(LlmOptions options)
{
    /// <summary>The variable that names the default model.</summary>
    public const string ModelVariable = "MUXI_LLM_MODEL";

    private readonly LlmConfiguration _file = options.Configuration ?? LlmConfiguration.Empty;
    private readonly DefaultRules _defaults = new(options);
    private readonly FallbackRules _fallbacks = new(options);
    private readonly UrlParts _parts = new(options);

    /// <summary>The servers that are started here for models that are files.</summary>
    public LocalModels Local { get; } = new(options);

    // By reference: a record's own equality reads all of its facts. Weak, as providers come and go with Catalog.Add.
    private readonly ConditionalWeakTable<Provider, KnownProvider> _known = [];

    /// <summary>The model that is meant where none is named; null where nothing says.</summary>
    public string? DefaultModel => options.DefaultModel ?? Variable(ModelVariable) ?? _file.Model;

    /// <summary>The model that a request names, or the default one.</summary>
    /// <exception cref="ConfigurationException">It names none, and there is no default.</exception>
    public string ModelOf(string? model) => !string.IsNullOrWhiteSpace(model) ? model
        : DefaultModel ?? throw new ConfigurationException("the request names no model: set Model to provider/model, or a default by LlmOptions.DefaultModel or MUXI_LLM_MODEL");

    /// <summary>The service that a name, or what it is an alias of, means.</summary>
    public ModelName Name(string model) => Catalog.Resolve(Unaliased(model, null), options.Providers);

    /// <summary>Where a call goes, in order: its model, then the fallbacks that the call or the settings name.</summary>
    /// <exception cref="ConfigurationException">A name cannot be resolved; whose key is missing shows when its turn comes.</exception>
    public IReadOnlyList<Stop> Plan(string model, RequestOptions? request)
    {
        request?.Checked(nameof(RequestOptions));
        // Most clients have neither defaults nor fallbacks, and then it is no matter by which names a model is known.
        if (_defaults.IsEmpty && _fallbacks.IsEmpty && request?.Fallbacks is not { Count: > 0 }) return [new(Name(model), request, null)];
        var names = new List<string>(2);
        var name = Name(model, names);
        var first = new Stop(name, request, null) { Defaults = _defaults.For(names) };
        var fallbacks = request?.Fallbacks ?? _fallbacks.For(names);
        if (fallbacks.Count == 0) return [first];
        return [first, .. fallbacks.Select(fallback => At(fallback, name.Provider, request, names))];
    }

    /// <summary>What is known of a model where nobody is asked. A provider that nobody knows is no error then, as a model that nobody knows, or that has no name, is none.</summary>
    public KnownModel Known(string model)
    {
        var names = new List<string>(2);
        var meant = Unaliased(model, names);
        var slash = meant.IndexOf('/');
        if (slash >= 0 && (slash == meant.Length - 1 || Catalog.Find(meant[..slash], options.Providers) is null)) return new(meant, null, names, _defaults.For(names));
        var name = Catalog.Resolve(meant, options.Providers);
        if (names[^1] != name.ToString()) names.Add(name.ToString());
        // A bare name is OpenAI's where it is asked for, but says by itself whose it is.
        return new(slash < 0 ? meant : $"{name.Provider.Name}/{name.Model}", name.Provider.Name, names, _defaults.For(names));
    }

    /// <summary>As the other; takes every name on the way, from how it was called to <c>provider/model</c>.</summary>
    private ModelName Name(string model, List<string> names)
    {
        var name = Catalog.Resolve(Unaliased(model, names), options.Providers);
        if (names[^1] != name.ToString()) names.Add(name.ToString());
        return name;
    }

    private Stop At(Fallback fallback, Provider first, RequestOptions? call, List<string> ofCall)
    {
        var own = (fallback.Options ?? new()).Checked($"the fallback '{fallback.Model}'");
        if (own.Fallbacks is not null) throw new ConfigurationException($"the fallback '{fallback.Model}' has fallbacks of its own: list them after it instead");
        var names = new List<string>(2);
        var name = Name(fallback.Model, names);
        return new(name, call is null ? own : Inherited(own, call, isSame: name.Provider == first), fallback)
        {
            Defaults = _defaults.For(names, ofCall is [_, _, ..] ? ofCall : null),
        };
    }

    /// <summary>A fallback's settings, with the call's where it has none. What is meant for the call's provider, a key above all, goes to no other.</summary>
    private static RequestOptions Inherited(RequestOptions own, RequestOptions call, bool isSame)
    {
        var isSameAddress = isSame && own.BaseUrl is null;
        return own with
        {
            ApiKey = own.ApiKey ?? (isSameAddress && own.KeyVariables.Count == 0 ? call.ApiKey : null),
            BaseUrl = own.BaseUrl ?? (isSame ? call.BaseUrl : null),
            Headers = own.Headers ?? (isSameAddress ? call.Headers : call.Headers?.Where(header => !Secrets.IsSecret(header.Key)).ToDictionary()),
            ExtraBody = own.ExtraBody.IsEmpty && isSame ? call.ExtraBody : own.ExtraBody,
            MaxRetries = own.MaxRetries ?? call.MaxRetries,
            Timeouts = own.Timeouts ?? call.Timeouts,
            Strict = own.Strict || call.Strict,
            Tenant = call.Tenant,
        };
    }

    private string Unaliased(string model, List<string>? names)
    {
        names?.Add(model);
        for (var steps = 0; options.Aliases.TryGetValue(model, out var meant); model = meant)
        {
            if (++steps > options.Aliases.Count) throw new ConfigurationException($"the alias '{model}' comes back to itself");
            names?.Add(meant);
        }
        return model;
    }

    /// <summary>A service by its name.</summary>
    public Provider Provider(string name) => Catalog.Find(name, options.Providers) ?? throw Catalog.Unknown(name, name, options.Providers);

    /// <summary>A service by its name; null where there is none of it.</summary>
    public Provider? Find(string name) => Catalog.Find(name, options.Providers);

    /// <summary>Who has the files of a request: the one that it names, else OpenAI, as for an id without a name.</summary>
    /// <exception cref="ConfigurationException">There is no such service.</exception>
    public Provider Owner(string? name) => string.IsNullOrEmpty(name) ? Catalog.Resolve("-", options.Providers).Provider : Provider(name);

    /// <summary>Whose a file or another thing at a service is, <c>provider/id</c>, and its id there; without a provider's name it is OpenAI's.</summary>
    /// <exception cref="ConfigurationException">There is no such provider, or no id.</exception>
    public (Provider Provider, string Id) Owned(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        if (id.IndexOf('/') == id.Length - 1) throw new ConfigurationException($"'{id}' names nothing at a service: write {id}ID");
        var name = Catalog.Resolve(id, options.Providers);
        return (name.Provider, name.Host is null ? name.Model : $"{name.Model}@{name.Host}");
    }

    /// <summary>Where a call goes, and with which key.</summary>
    /// <exception cref="ConfigurationException">A setting cannot work, or the key is missing.</exception>
    public Target Resolve(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        var (url, source, dated) = BaseUrl(name, request);
        var (auth, key) = OwnKey(name, request) is { } own ? (provider.Auth, own) : Credential(provider, source);
        if (key is not null) CheckKey(name, key, isCalls: request?.ApiKey is not null);
        var headers = Headers(name, request, source);
        if (key is not null) headers.InsertRange(0, auth.Headers);
        var isDemanded = provider.Auth.IsRequired && IsServicesOwn(url, source, provider);
        var isTold = key is not null || headers.Exists(header => IsCredential(header.Key, provider.Auth));
        var credentials = isTold ? null : CredentialsOf(provider, source);
        if (!isTold && isDemanded && credentials is null) throw MissingKey(name, source);
        if (url.User.Length > 0 && key is null) headers.Insert(0, new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(url.User))));
        IReadOnlyList<string> secrets = Secrets.Of(options.Proxy, url, auth.Header, key, headers);
        if (_file.Secrets.Count > 0 || credentials is not null) secrets = (List<string>)[.. secrets, .. _file.Secrets];
        // A stranger's file may not make us read the addresses of this network.
        var isOwn = source is UrlSource.Environment or UrlSource.Code or UrlSource.File or UrlSource.Call || (source is UrlSource.Provider && (provider.IsSelfHosted || url.Folder.Scheme == Uri.UriSchemeHttp));
        var target = new Target(dated ?? provider, name.Model, url, key, headers)
        {
            Auth = auth, Dated = dated?.Dated, IsOwn = isOwn && provider.InProcess is null, IsVendors = source is UrlSource.Provider, Secrets = secrets,
            File = source is UrlSource.Provider ? ModelFile.Find(name, options) : null,
        };
        target = Introduced(target, source);
        return credentials is null ? target : target with { Credentials = (credentials, ContextFor(provider, isDemanded, (List<string>)secrets)) };
    }

    /// <summary>The target with the token that its key is exchanged for, and with what it is told of whose call it is.</summary>
    private Target Introduced(Target target, UrlSource source)
    {
        if (target is { Key: { } key, Auth.Exchange: { } exchange } && TokenOrder.For(exchange, key, target.Provider, target.BaseUrl.Folder, IsServicesOwn(target.BaseUrl, source, target.Provider), Variable) is { } order)
            target = target with { Key = null, Order = order, Secrets = (List<string>)[.. target.Secrets, .. order.Secrets] };
        return source is UrlSource.Call or UrlSource.Stranger or UrlSource.DefinedByStranger ? target : target with { Account = AccountOf(target.Provider) };
    }

    /// <summary>What a service is told of whose call it is.</summary>
    private Account? AccountOf(Provider provider)
    {
        foreach (var member in provider.AccountMembers)
            if (FirstSet(member.Variables) is { } value) return new(member.Name, value, provider.AccountMembers);
        return null;
    }

    /// <summary>Whether an address is the service's own, where nobody is answered without a key: that of its facts, or of an account that a setting names.</summary>
    private static bool IsServicesOwn(BaseUrl url, UrlSource source, Provider provider) =>
        source is UrlSource.Provider or UrlSource.DefinedByStranger || (source is not (UrlSource.Call or UrlSource.Stranger) && DatedUrls.IsOwnHost(url.Folder.Host, provider));

    /// <summary>What tells a service who asks where there is no key; null for nothing. An address that somebody else has named gets none.</summary>
    private ICredentialSource? CredentialsOf(Provider provider, UrlSource source) =>
        provider.Auth.Source is { } need && source is not (UrlSource.Call or UrlSource.Stranger or UrlSource.DefinedByStranger) ? options.Credentials.FirstOrDefault(one => one.Name == need.Name) : null;

    private CredentialContext ContextFor(Provider provider, bool isRequired, List<string> secrets) => new(provider.Name, options.TimeProvider, options.Environment)
    {
        IsRequired = isRequired, KeyVariables = provider.KeyVariables, UrlParts = _parts.Known(provider), Protect = secrets.Add,
    };

    /// <summary>The variable or setting that holds a service's key and the one that a call would use, never the key itself; null when there is none.</summary>
    public string? KeySource(Provider provider)
    {
        var source = Source(provider);
        if (source is not (UrlSource.Stranger or UrlSource.DefinedByStranger))
        {
            if (Coded(options.ApiKeys, provider) is { Length: > 0 }) return "LlmOptions.ApiKeys";
            if (provider.CredentialVariables.FirstOrDefault(name => Variable(name) is not null) is { } variable) return variable;
            if (KeptKey(provider) is { } kept) return kept.Path;
            if (CredentialsOf(provider, Source(provider)) is not null && provider.Auth.Source!.Variables.FirstOrDefault(name => Variable(name) is not null) is { } other) return other;
        }
        return FileSettings(provider) is { ApiKey: not null } settings ? _file.PlaceOf(settings.Path + ".api_key") : null;
    }

    /// <summary>Whether a server is started on this machine for a model: its name is one of a file, and nothing says where a server runs.</summary>
    public bool IsStartedHere(ModelName name) => ModelFile.IsNamed(name) && Source(name.Provider) is UrlSource.Provider;

    /// <summary>Names of the models that a server of a service can be started for.</summary>
    public IReadOnlyList<string> FilesOf(Provider provider) =>
        provider.Launch is { } program && !IsElsewhere(provider) ? [.. ModelFile.All(program, options).Select(name => $"{provider.Name}/{name}")] : [];

    /// <summary>Where the address of a service's calls is from.</summary>
    public UrlSource Source(Provider provider) => Address(new(provider, "", null), null).Source;

    /// <summary>Whether a service's calls go to another address than the one that it is defined with.</summary>
    public bool IsElsewhere(Provider provider) => Source(provider) is not (UrlSource.Provider or UrlSource.DefinedByStranger);

    /// <summary>Whether somebody has set a service up: its key, an address of it, or all of one that needs no key.</summary>
    public bool IsSetUp(Provider provider) => KeySource(provider) is not null || IsElsewhere(provider) || (!provider.Auth.IsRequired && IsAdded(provider));

    private static bool IsAdded(Provider provider) => Catalog.BuiltIn.All(builtIn => builtIn.Name != provider.Name);

    /// <summary>The address of a service's calls.</summary>
    public BaseUrl AddressOf(Provider provider) => BaseUrl(new(provider, "", null), null).Url;

    /// <summary>How a service is told who asks, and with what.</summary>
    private (Auth Auth, string? Key) Credential(Provider provider, UrlSource source)
    {
        var auth = provider.Auth;
        if (source is UrlSource.Call) return (auth, null);
        // A stranger's address gets what the stranger has put beside it.
        if (source is not (UrlSource.Stranger or UrlSource.DefinedByStranger))
        {
            if (Coded(options.ApiKeys, provider) is { Length: > 0 } key) return (auth, key);
            if (FirstSet(Known(provider).KeyVariables) is { } set) return (auth, set);
            foreach (var other in auth.Others)
                if (FirstSet(other.Variables) is { } token) return (other, token);
            if (KeptKey(provider) is { } kept) return (auth, kept.Key);
        }
        return (auth, FileSettings(provider)?.ApiKey);
    }

    /// <summary>The key that a service's own program keeps in a file. Where a configuration names the variables, no other place counts.</summary>
    private (string Path, string Key)? KeptKey(Provider provider) => provider.Auth.KeyFiles.IsEmpty || provider.OwnKeyVariables.Length > 0 ? null : KeyFiles.Read(provider.Auth.KeyFiles, options.Environment);

    /// <summary>The key that is set for a service, wherever its calls go; null where there is none.</summary>
    /// <exception cref="ConfigurationException">It cannot be a key.</exception>
    public string? KeyOf(Provider provider)
    {
        var key = Credential(provider, UrlSource.Provider).Key;
        if (key is not null) CheckKey(new(provider, "", null), key, isCalls: false);
        return key;
    }

    /// <summary>Where a call goes, and the service as it is spoken to there in a dated version of its API; null for the usual form.</summary>
    private (BaseUrl Url, UrlSource Source, Provider? Dated) BaseUrl(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        var (text, source, isCustomary) = Address(name, request);
        string? version = null;
        if (provider.Dated is not null && name.Host is null) (text, version) = DatedUrls.Of(provider, text, VersionOf(provider), isCustomary);
        var dated = version is null ? null : Known(provider).In(version);
        if (source is UrlSource.Call) return (text is null ? new(AtHost(provider, name.Host!)) : new(text, provider), source, dated);
        return (Known(provider).BaseUrl(text is null ? _parts.Own(provider) : _parts.Fill(text, provider)), source, dated);
    }

    /// <summary>The version of a service's API that is set; null for none.</summary>
    private string? VersionOf(Provider provider) => Coded(options.ApiVersions, provider) ?? FirstSet(Known(provider).VersionVariables) ?? FileSettings(provider)?.ApiVersion;

    /// <summary>The variable or setting that holds a version of a service's API; null where there is none.</summary>
    public string? VersionSource(Provider provider)
    {
        if (provider.Dated is null) return null;
        if (Coded(options.ApiVersions, provider) is not null) return "LlmOptions.ApiVersions";
        return provider.VersionVariables.FirstOrDefault(name => Variable(name) is not null) ?? (FileSettings(provider) is { ApiVersion: not null } settings ? _file.PlaceOf(settings.Path + ".api_version") : null);
    }

    /// <summary>The address as it is written where it is from, and whether that place by custom holds no path; null for the service's own, or a host in the model's name.</summary>
    private (string? Text, UrlSource Source, bool IsCustomary) Address(ModelName name, RequestOptions? request)
    {
        var provider = name.Provider;
        if (request?.BaseUrl is { } calls) return (calls.OriginalString, UrlSource.Call, false);
        if (name.Host is not null) return (null, UrlSource.Call, false);
        if (Coded(options.BaseUrls, provider) is { } coded) return (coded.OriginalString, UrlSource.Code, false);
        foreach (var variable in Known(provider).UrlVariables)
            if (Variable(variable) is { } value) return (InVariable(value, variable, provider), UrlSource.Environment, provider.BaseUrlVariables.Contains(variable));
        var settings = FileSettings(provider);
        if (settings?.BaseUrl is { } own) return (own, _file.IsOfWorkingDirectory ? UrlSource.Stranger : UrlSource.File, false);
        return (null, settings is { IsDefinedHere: true } && _file.IsOfWorkingDirectory ? UrlSource.DefinedByStranger : UrlSource.Provider, false);
    }

    /// <summary>An address in a variable; in which form one with dated versions is meant is seen later.</summary>
    private static string InVariable(string value, string variable, Provider provider) =>
        provider.HostVariables.Contains(variable) ? HostAddress.Of(value, provider) : provider.Dated is null ? UrlParts.Whole(value, provider) : value;

    /// <summary>What the file says of a service; a service of the code's own that has another address is not the one that the file defines.</summary>
    private ProviderSettings? FileSettings(Provider provider) =>
        _file.Settings.GetValueOrDefault(provider.Name) is { } settings && (!settings.IsDefinedHere || ReferenceEquals(settings.Provider, provider)) ? settings : null;

    private static Uri AtHost(Provider provider, string host)
    {
        var own = new Uri(provider.BaseUrl);
        var url = new Uri($"{own.Scheme}://{host}");
        var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        return new UriBuilder(own) { UserName = "", Password = "", Host = url.Host, Port = hasPort ? url.Port : own.Port, Path = own.AbsolutePath.TrimEnd('/') + "/" }.Uri;
    }

    private List<KeyValuePair<string, string>> Headers(ModelName name, RequestOptions? request, UrlSource source)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var isForeign = source is UrlSource.Call or UrlSource.Stranger or UrlSource.DefinedByStranger;
        if (!isForeign)
            foreach (var (header, variable) in Known(name.Provider).HeaderVariables)
                if (Variable(variable) is { } value) headers.Add(new(header, value));
        AddFileHeaders(headers, name.Provider, source);
        // An address of the call's own, or a stranger's, gets nothing that another one is trusted with.
        headers.AddRange(isForeign ? options.Headers.Where(header => !Secrets.IsSecret(header.Key) && !header.Key.Equals(name.Provider.Auth.Header, StringComparison.OrdinalIgnoreCase)) : options.Headers);
        if (request?.Headers is { } own) headers.AddRange(own);
        foreach (var (header, value) in headers)
            if (Muxi.Llm.Headers.Fault(header, value) is { } fault) throw new ConfigurationException($"the header {fault}") { Provider = name.Provider.Name, Model = name.Model };
        return headers;
    }

    private void AddFileHeaders(List<KeyValuePair<string, string>> headers, Provider provider, UrlSource source)
    {
        foreach (var (header, value, isSecret) in _file.Headers)
            if (source is not UrlSource.Call || (!isSecret && !header.Equals(provider.Auth.Header, StringComparison.OrdinalIgnoreCase))) headers.Add(new(header, value));
        if (source is not UrlSource.Call && FileSettings(provider) is { } settings)
            foreach (var (header, value, _) in settings.Headers) headers.Add(new(header, value));
    }

    private static bool IsCredential(string header, Auth auth) =>
        header.Equals(auth.Header, StringComparison.OrdinalIgnoreCase) || auth.Others.Any(other => header.Equals(other.Header, StringComparison.OrdinalIgnoreCase));

    private void CheckKey(ModelName name, string key, bool isCalls)
    {
        var fault = key.Length == 0 ? "is empty" : key.AsSpan().ContainsAnyExceptInRange('!', '~') ? "holds blanks, control characters or other than plain ASCII" : null;
        if (fault is null) return;
        var where = isCalls ? "RequestOptions.ApiKey" : Coded(options.ApiKeys, name.Provider) is { Length: > 0 } ? "LlmOptions.ApiKeys" : Variables(name.Provider);
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

    /// <summary>The key that the call, or a file for its fallback, brings.</summary>
    private string? OwnKey(ModelName name, RequestOptions? request)
    {
        if (request is null or { ApiKey: null, KeyVariables.Count: 0 }) return null;
        if ((request.ApiKey ?? FirstSet([.. request.KeyVariables])) is { } key) return key;
        // Another key than the one that is named would be a surprise on somebody's bill.
        throw new ConfigurationException($"the fallback {name} needs a key: set {string.Join(" or ", request.KeyVariables)}") { Provider = name.Provider.Name, Model = name.Model, IsMissingKey = true };
    }

    private ConfigurationException MissingKey(ModelName name, UrlSource source)
    {
        var mend = source is UrlSource.DefinedByStranger
            ? $"its address is from {_file.Name}, which was found in the working directory and gets no key of the environment: name the file in {LlmConfiguration.Variable} to trust it, or put api_key beside the address"
            : name.Provider.Auth.Source is { } other ? $"set {Variables(name.Provider)}, or give LlmOptions.Credentials those of the package {other.Package}"
            : $"set {Variables(name.Provider)}, or use a sandbox/ model, which needs none{(Catalog.Find(name.Model, options.Providers) is { } meant ? $"; if {meant.Name} is meant, write {meant.Name}/MODEL" : "")}";
        return new($"{name.Provider.Name} needs a key: {mend}") { Provider = name.Provider.Name, Model = name.Model, IsMissingKey = true };
    }

    private static string Variables(Provider provider) => string.Join(" or ", provider.CredentialVariables);

    private string? FirstSet(ImmutableArray<string> variables)
    {
        foreach (var variable in variables)
            if (Variable(variable) is { } value) return value;
        return null;
    }

    private string? Variable(string name) => options.Environment(name) is { } value && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}

/// <summary>A model as it is known without being asked.</summary>
/// <param name="Model">As <c>provider/model</c>, or bare as it was called.</param>
/// <param name="Provider">Whose it is; null for a name that we do not know.</param>
/// <param name="Names">As it was called, what that is an alias of, and <c>provider/model</c>.</param>
/// <param name="Defaults">What holds for it where a request leaves it out.</param>
internal sealed record KnownModel(string Model, string? Provider, IReadOnlyList<string> Names, IReadOnlyList<RequestDefaults> Defaults)
{
    /// <summary>The request as it would be asked.</summary>
    public ChatCompletionRequest Filled(ChatCompletionRequest request) => Defaults.Aggregate(request, ChatDefaults.Apply);
}
