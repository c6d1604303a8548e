using System.Net;

namespace Muxi.Llm;

/// <summary>From a YAML file to a configuration: its top level.</summary>
internal sealed class ConfigurationReader
{
    private readonly YamlFile _file;
    private readonly Dictionary<string, string> _aliases = [];
    private readonly Dictionary<string, IReadOnlyList<Fallback>> _fallbacks = [];
    private readonly Dictionary<string, Extra> _defaults = [];
    private readonly List<string> _secrets = [];

    private ConfigurationReader(YamlFile file) => _file = file;

    /// <exception cref="ConfigurationException">The text cannot be used.</exception>
    public static LlmConfiguration Read(YamlFile file, string yaml) => Read(file, YamlReader.Read(file, yaml));

    /// <exception cref="ConfigurationException">The values cannot be used.</exception>
    public static LlmConfiguration Read(YamlFile file, YamlNode? root)
    {
        if (root is null or { IsNull: true }) return new(file);
        return new ConfigurationReader(file).Read(new Field(file, "", root).Section());
    }

    private LlmConfiguration Read(Section top)
    {
        var timeouts = top["timeouts"] is { } limits ? SettingReader.Timeouts(limits, hasConnect: true) : new();
        var providers = top["providers"] is { } services ? new ProviderReader(_file, _secrets).Read(services) : [];
        var fallbacks = new FallbackReader(timeouts, providers, _secrets);
        ReadAliases(top["aliases"], fallbacks);
        ReadDefaults(top["defaults"]);
        if (top["fallbacks"] is { } lists)
            foreach (var (name, list) in lists.Entries()) AddFallbacks(name, list, fallbacks);
        var configuration = new LlmConfiguration(_file)
        {
            Model = top["model"]?.Text(),
            Aliases = _aliases, Fallbacks = _fallbacks, Defaults = _defaults, Timeouts = timeouts,
            Retries = top["retries"] is { } retries ? SettingReader.Retries(retries) : null,
            Headers = top["headers"] is { } headers ? SettingReader.Headers(headers, _secrets) : [],
            Proxy = top["proxy"] is { } proxy ? Proxy(proxy) : null,
            Tokenizers = top["tokenizers"] is { } tokenizers ? Tokenizers(tokenizers) : new Dictionary<string, TokenizerSource>(),
            FetchMedia = top["fetch_media"]?.Flag(),
            LocalServers = top["local_servers"] is { } servers ? SettingReader.LocalServers(servers) : null,
            ResponseFolder = top["responses"] is { } responses ? ResponseFolder(responses.Section()) : null,
            Settings = providers.ToDictionary(settings => settings.Provider.Name),
            Providers = [.. providers.Where(settings => settings.IsDefinedHere || Catalog.Find(settings.Provider.Name, []) != settings.Provider).Select(settings => settings.Provider)],
            Secrets = _secrets,
        };
        top.End();
        return configuration;
    }

    private void ReadAliases(Field? aliases, FallbackReader fallbacks)
    {
        if (aliases is not { } map) return;
        foreach (var (name, alias) in map.Entries())
        {
            if (!alias.IsMap)
            {
                _aliases[name] = alias.Text();
                continue;
            }
            var section = alias.Section();
            _aliases[name] = section["model"]?.Text() ?? throw alias.Error("this names no model: write model: provider/model");
            if (section["fallbacks"] is { } list) AddFallbacks(name, list, fallbacks);
            if (section["defaults"] is { } defaults) AddDefaults(name, defaults, [.. defaults.AllEntries()]);
            section.End();
        }
    }

    /// <summary>Members for every call stand beside globs, which hold a slash or a star and a map.</summary>
    private void ReadDefaults(Field? defaults)
    {
        if (defaults is not { } map) return;
        var entries = map.AllEntries().ToLookup(static entry => entry.Value.IsMap && entry.Name.AsSpan().ContainsAny('/', '*'));
        foreach (var (glob, members) in entries[true]) AddDefaults(glob, members, [.. members.AllEntries()]);
        if (entries[false].Any()) AddDefaults("*", map, [.. entries[false]]);
    }

    private void AddDefaults(string glob, Field at, List<(string Name, Field Value)> entries)
    {
        var members = default(Extra);
        foreach (var (name, value) in entries) members = members.With(name, YamlJson.Value(value));
        if (_defaults.ContainsKey(glob)) throw at.Error($"there are defaults for '{glob}' already: put them together");
        if (RequestDefaults.FaultOf(members) is var (fault, member) && fault is not null)
            throw (entries.Find(entry => entry.Name == member).Value is { Node: not null } culprit ? culprit : at).Error(fault);
        _defaults[glob] = members;
    }

    private void AddFallbacks(string name, Field list, FallbackReader reader)
    {
        if (!_fallbacks.TryAdd(name, reader.Read(list))) throw list.Error($"there are fallbacks for '{name}' already: put them together");
    }

    /// <summary>Tokenizers are read when they are needed: a file may name more than there are on this machine.</summary>
    private Dictionary<string, TokenizerSource> Tokenizers(Field map)
    {
        var tokenizers = new Dictionary<string, TokenizerSource>();
        foreach (var (glob, field) in map.Entries()) tokenizers[glob] = TokenizerSource.At(field.Expanded(), _file.Folder, $"{_file.Name}{(_file.HasLines ? $":{field.Line}" : "")}: {field.Path}");
        return tokenizers;
    }

    private string? ResponseFolder(Section responses)
    {
        var folder = responses["folder"];
        responses.End();
        if (folder is { } set && _file.IsOfWorkingDirectory) throw _file.Untrusted(set.Line, set.Path, "a folder", "have conversations written where they can read them");
        return folder?.Expanded();
    }

    private IWebProxy Proxy(Field proxy)
    {
        if (_file.IsOfWorkingDirectory) throw _file.Untrusted(proxy.Line, proxy.Path, "a proxy");
        return proxy.Text() == "none" ? new WebProxy() : new WebProxy(proxy.Url());
    }
}
