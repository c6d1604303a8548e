namespace Muxi.Llm;

/// <summary>Lays the code's settings over the file's, and checks them all: what cannot work is told when a client is made, by the option's name.</summary>
internal static class Layers
{
    /// <summary>The settings with everything in them that a client needs, whoever says it.</summary>
    /// <exception cref="ConfigurationException">A setting cannot work.</exception>
    public static LlmOptions Effective(LlmOptions options)
    {
        var file = options.Configuration ?? LlmConfiguration.OfEnvironment(options.Environment) ?? LlmConfiguration.Empty;
        CheckProviders(options);
        var effective = options with
        {
            Configuration = file,
            Retries = (options.Retries ?? file.Retries ?? new()).Checked(),
            // Connections of the code's own have their proxy themselves.
            Proxy = options.Proxy ?? (options.HasOurConnections || (options.Handler is null && options.HttpClientFactory is null) ? file.Proxy : null),
            Providers = [.. options.Providers, .. file.Providers.Where(one => !options.Providers.Any(other => other.IsCalled(one.Name)))],
            FetchMedia = options.FetchMedia ?? file.FetchMedia ?? true,
            Aliases = Merged(options.Aliases, file.Aliases),
        };
        options.Timeouts?.Checked();
        options.LocalServers?.Checked();
        CheckByProvider(effective);
        CheckHeaders(options);
        CheckDefaults(options);
        CheckTokenizers(options);
        CheckNames(options, effective);
        if (options.HttpClientName is null) throw new ConfigurationException("LlmOptions.HttpClientName is null: leave it out, or give a name");
        return options.ResponseStore is null && file.ResponseFolder is { } folder ? effective with { ResponseStore = StoreIn(folder, file, options.TimeProvider) } : effective;
    }

    private static FileResponseStore StoreIn(string folder, LlmConfiguration file, TimeProvider clock)
    {
        try
        {
            return new(folder, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{file.PlaceOf("responses.folder") ?? file.Name}: responses.folder: '{folder}' cannot hold responses: {e.Message}");
        }
    }

    private static IReadOnlyDictionary<string, string> Merged(IReadOnlyDictionary<string, string> code, IReadOnlyDictionary<string, string> file) =>
        file.Count == 0 ? code : code.Concat(file.Where(alias => !code.ContainsKey(alias.Key))).ToDictionary();

    private static void CheckProviders(LlmOptions options)
    {
        foreach (var provider in options.Providers) Catalog.Check(provider);
    }

    private static void CheckByProvider(LlmOptions options)
    {
        foreach (var name in options.ApiKeys.Keys) CheckProvider(name, nameof(LlmOptions.ApiKeys), options);
        foreach (var (name, version) in options.ApiVersions)
        {
            CheckProvider(name, nameof(LlmOptions.ApiVersions), options);
            var fault = VersionFault(Catalog.Find(name, options.Providers)!, version);
            if (fault is not null) throw new ConfigurationException($"LlmOptions.ApiVersions[\"{name}\"]: {fault}") { Provider = name };
        }
        foreach (var (name, url) in options.BaseUrls)
        {
            CheckProvider(name, nameof(LlmOptions.BaseUrls), options);
            if (url is null || !url.IsAbsoluteUri || url.Scheme is not ("http" or "https"))
                throw new ConfigurationException($"LlmOptions.BaseUrls[\"{name}\"] is no http(s) address: '{Redaction.HideUser(url?.OriginalString ?? "")}'") { Provider = name };
        }
    }

    /// <summary>What is wrong with a version of a service's API; null for nothing.</summary>
    public static string? VersionFault(Provider provider, string version) =>
        provider.Dated is null ? $"the addresses of {provider.Name} say no version" : string.IsNullOrWhiteSpace(version) ? "it is empty: leave it out, or write a version as 2024-10-21" : null;

    private static void CheckProvider(string name, string option, LlmOptions options)
    {
        if (Catalog.Find(name, options.Providers) is null) throw new ConfigurationException($"LlmOptions.{option}: {Catalog.Unknown(name, name, options.Providers).Message}");
    }

    private static void CheckHeaders(LlmOptions options)
    {
        foreach (var (name, value) in options.Headers)
            if (Headers.Fault(name, value) is { } fault) throw new ConfigurationException($"LlmOptions.Headers: the header {fault}");
    }

    private static void CheckTokenizers(LlmOptions options)
    {
        foreach (var (glob, source) in options.Tokenizers)
            if (source is null) throw new ConfigurationException($"LlmOptions.Tokenizers[\"{glob}\"] is null: name a tokenizer, an encoding or a file");
    }

    private static void CheckDefaults(LlmOptions options)
    {
        foreach (var (glob, members) in options.Defaults)
            if (RequestDefaults.FaultOf(members) is var (fault, _) && fault is not null) throw new ConfigurationException($"LlmOptions.Defaults[\"{glob}\"]: {fault}");
    }

    /// <summary>Every model that the settings name can be asked.</summary>
    private static void CheckNames(LlmOptions code, LlmOptions all)
    {
        var targets = new Targets(all);
        var file = all.Configuration!;
        if (code.DefaultModel is { } model) Check(targets, model, "LlmOptions.DefaultModel");
        else if (file.Model is { } named) Check(targets, named, Place(file, "model"));
        foreach (var (alias, meant) in all.Aliases)
            Check(targets, alias, code.Aliases.ContainsKey(alias) ? $"LlmOptions.Aliases[\"{alias}\"]" : Place(file, YamlFile.Below("aliases", alias)), meant);
        foreach (var (name, list) in code.Fallbacks)
            foreach (var fallback in list) Check(targets, fallback.Model, $"LlmOptions.Fallbacks[\"{name}\"]");
        foreach (var (name, list) in file.Fallbacks)
            foreach (var fallback in list)
                Check(targets, fallback.Model, Place(file, file.PlaceOf(YamlFile.Below("fallbacks", name)) is null ? YamlFile.Below(YamlFile.Below("aliases", name), "fallbacks") : YamlFile.Below("fallbacks", name)));
    }

    private static string Place(LlmConfiguration file, string path) => $"{file.PlaceOf(path) ?? file.Name}: {path}";

    private static void Check(Targets targets, string model, string where, string? meant = null)
    {
        if (string.IsNullOrWhiteSpace(meant ?? model)) throw new ConfigurationException($"{where} names no model: write provider/model");
        try
        {
            targets.Name(model);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{where}: {e.Message}", e) { Provider = e.Provider };
        }
    }
}
