namespace Muxi.Llm.Gateway;

/// <summary>Whom the clients of this server may have asked: names are looked at here before anything is sent.</summary>
internal sealed class Callees(LlmClient client)
{
    /// <summary>The member, or the form's field, that names who is asked when the model fails: ours, and never sent on.</summary>
    public const string FallbacksMember = "fallbacks";

    private const int MostFallbacks = 16;
    private const int LongestName = 500;

    private static readonly RequestOptions _plain = new();

    private readonly HashSet<(string Provider, string Host)> _hosts = Hosts(client.Settings);

    /// <summary>The models that are files and may have a server started: as the configuration names them.</summary>
    private readonly HashSet<string> _files = [.. Listed(client.Settings).Where(static name => name.Provider.Launch is not null).Select(static name => name.ToString())];

    /// <summary>Names, keys and addresses, as the client resolves them.</summary>
    public Targets Targets => client.Targets;

    /// <summary>Every service, the configured ones first.</summary>
    public IReadOnlyList<Provider> Providers => client.Providers;

    /// <summary>The other names that the configuration gives to models.</summary>
    public IReadOnlyDictionary<string, string> Aliases => client.Settings.Aliases;

    /// <summary>Whether the operator has set this service up: its key, or an address of it.</summary>
    public bool IsSetUp(Provider provider) => !provider.IsSimulated && Targets.IsSetUp(provider);

    /// <summary>Whether a service is there without anything set, or has been set up.</summary>
    public bool MayList(Provider provider) => provider.IsSimulated || IsSetUp(provider);

    /// <summary>The settings of one call: who is asked when its model fails, and the client's headers that pass.</summary>
    /// <param name="call">Has the client's headers.</param>
    /// <param name="model">The name that the client sent.</param>
    /// <param name="fallbacks">The names that it sent for when that fails; null for the configured ones.</param>
    /// <exception cref="RefusalException">400 or 404: a name means nobody that may be asked.</exception>
    public RequestOptions OptionsFor(Incoming call, string model, IReadOnlyList<string>? fallbacks)
    {
        var headers = PassedHeaders.Of(call.Request.Headers);
        var first = Check(model, "model");
        if (fallbacks is { Count: > MostFallbacks }) throw new RefusalException(new(400, $"'fallbacks' may name {MostFallbacks} models at most") { Param = FallbacksMember });
        List<Fallback>? others = null;
        if (fallbacks is not null)
        {
            others = [];
            foreach (var name in fallbacks)
            {
                Check(name, FallbacksMember);
                others.Add(name);
            }
        }
        if (headers is null) return others is null ? _plain : new() { Fallbacks = others };
        others ??= [.. Targets.Plan(model, null).Skip(1).Select(stop => stop.Fallback!)];
        return new() { Headers = headers.For(first), Fallbacks = [.. others.Select(other => With(headers, other))] };
    }

    /// <summary>Whom a name that a client sent means.</summary>
    /// <exception cref="RefusalException">404: nobody; 400: a machine that the operator has not listed.</exception>
    public ModelName Check(string sent, string param)
    {
        if (sent.Length > LongestName) throw new RefusalException(new(400, $"a model's name has {LongestName} letters at most") { Code = "invalid_value", Param = param });
        ModelName name;
        try
        {
            name = Targets.Name(sent);
        }
        catch (ConfigurationException e)
        {
            throw new RefusalException(new(404, e.Message) { Code = "model_not_found", Param = param });
        }
        if (name.Host is { } host && !Aliases.ContainsKey(sent) && !IsListed(name, host))
            throw new RefusalException(new(400, $"the host '{host}' in '{sent}' is not one of this server's configuration: its operator can list it there, e.g. behind an alias") { Code = "unknown_host", Param = param });
        if (!Aliases.ContainsKey(sent) && Targets.IsStartedHere(name) && !_files.Contains(name.ToString()))
            throw new RefusalException(new(400, $"no server is started for '{sent}', as this server's configuration does not list it: its operator can list it there, e.g. behind an alias") { Code = "unknown_model_file", Param = param });
        return name;
    }

    /// <summary>A fallback with the client's headers that belong to its own wire format.</summary>
    private Fallback With(PassedHeaders headers, Fallback fallback)
    {
        var own = fallback.Options ?? new();
        return fallback with { Options = own with { Headers = headers.For(Targets.Name(fallback.Model), own.Headers) } };
    }

    private bool IsListed(ModelName name, string host) =>
        _hosts.Contains((name.Provider.Name, host.ToLowerInvariant()))
        || (Targets.IsElsewhere(name.Provider) && Targets.AddressOf(name.Provider).Folder.Authority.Equals(host, StringComparison.OrdinalIgnoreCase));

    private static HashSet<(string, string)> Hosts(LlmOptions options) =>
        [.. Listed(options).Where(static name => name.Host is not null).Select(static name => (name.Provider.Name, name.Host!.ToLowerInvariant()))];

    /// <summary>The models that the operator has named somewhere.</summary>
    private static IEnumerable<ModelName> Listed(LlmOptions options)
    {
        var file = options.Configuration!;
        var ofFallbacks = options.Fallbacks.Concat(file.Fallbacks).SelectMany(static list => list.Value.Select(static fallback => fallback.Model).Prepend(list.Key));
        string?[] usual = [options.DefaultModel ?? options.Environment(Targets.ModelVariable) ?? file.Model];
        foreach (var model in options.Aliases.Values.Concat(ofFallbacks).Concat(usual.OfType<string>()))
        {
            ModelName? name = null;
            try
            {
                name = Catalog.Resolve(model, options.Providers);
            }
            catch (ConfigurationException)
            {
                // Another alias, or "*".
            }
            if (name is not null) yield return name;
        }
    }
}
