using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>A setting as it holds.</summary>
/// <param name="Name">Its path, as in a configuration file.</param>
/// <param name="Value">What holds; of a key only that there is one.</param>
/// <param name="Source">A variable, a file and its line, or that it is built in.</param>
internal sealed record Setting(string Name, string Value, string Source);

/// <summary>Every setting that holds here, and where it is from.</summary>
internal sealed class EffectiveSettings(LlmClient client, Terminal terminal)
{
    private const string BuiltIn = "built in";

    private readonly LlmConfiguration _file = client.Configuration;

    public IEnumerable<Setting> All() => [.. General(), .. Waiting(), .. Repeating(), .. Models(), .. client.Providers.SelectMany(OfProvider)];

    private IEnumerable<Setting> General()
    {
        yield return new("configuration", _file.Name.Length > 0 ? _file.Name : "none", terminal.Variable(LlmConfiguration.Variable) is not null ? LlmConfiguration.Variable : _file.IsOfWorkingDirectory ? "the working directory" : _file.Name.Length > 0 ? "the home folder" : "");
        var model = DefaultModel.Find(Operations.Chat, client, terminal);
        yield return new("model", model.Name, model.Source);
        if (_file.Proxy is { } proxy) yield return new("proxy", proxy.GetProxy(new("https://x.invalid")) is { Host: not "x.invalid" } address ? Redaction.HideUser(address.ToString()) : "none", _file.PlaceOf("proxy")!);
        else if (ProxyVariable() is { } variable) yield return new("proxy", Redaction.HideUser(terminal.Variable(variable)!), variable);
        if (_file.FetchMedia is { } fetches) yield return new("fetch_media", fetches ? "true" : "false", _file.PlaceOf("fetch_media")!);
        if (_file.ResponseFolder is { } folder) yield return new("responses.folder", Path.GetFullPath(folder), _file.PlaceOf("responses.folder")!);
        foreach (var setting in LocalServers()) yield return setting;
        foreach (var header in _file.Headers) yield return new($"headers.{header.Name}", header.IsSecret ? "(not shown)" : header.Value, _file.PlaceOf(YamlFile.Below("headers", header.Name))!);
    }

    private IEnumerable<Setting> LocalServers()
    {
        if (_file.LocalServers is not { } servers) yield break;
        foreach (var (name, value) in ((string, string?)[])
            [
                ("command", servers.Command), ("arguments", string.Join(' ', servers.Arguments)), ("models_folder", servers.ModelsFolder), ("start_timeout", Durations.Text(servers.StartTimeout)),
                ("idle_time", Durations.Text(servers.IdleTime)), ("max_servers", Number(servers.MaxServers)),
            ])
            if (_file.PlaceOf($"local_servers.{name}") is { } place) yield return new($"local_servers.{name}", value!, place);
    }

    private IEnumerable<Setting> Waiting()
    {
        var limits = _file.Timeouts.Over(new());
        foreach (var (name, limit) in ((string, TimeSpan)[])[("connect", limits.Connect), ("first_byte", limits.FirstByte), ("idle", limits.Idle), ("total", limits.Total)])
            yield return new($"timeouts.{name}", Durations.Text(limit), _file.PlaceOf($"timeouts.{name}") ?? BuiltIn);
    }

    private IEnumerable<Setting> Repeating()
    {
        var retries = client.Settings.Retries!;
        foreach (var (name, value) in ((string, string)[])
            [
                ("max", Number(retries.Max)), ("initial_delay", Durations.Text(retries.InitialDelay)), ("max_delay", Durations.Text(retries.MaxDelay)),
                ("max_retry_after", Durations.Text(retries.MaxRetryAfter)), ("budget_ratio", Number(retries.BudgetRatio)), ("budget_per_second", Number(retries.BudgetPerSecond)),
            ])
            yield return new($"retries.{name}", value, _file.PlaceOf($"retries.{name}") ?? BuiltIn);
    }

    private IEnumerable<Setting> Models()
    {
        foreach (var (name, model) in _file.Aliases) yield return new(YamlFile.Below("aliases", name), model, Place(YamlFile.Below("aliases", name)));
        foreach (var (glob, members) in _file.Defaults)
            foreach (var member in members.Names)
                yield return new(YamlFile.Below(YamlFile.Below("defaults", glob), member), members[member].ToString(), Place(YamlFile.Below("defaults", glob), YamlFile.Below(YamlFile.Below("aliases", glob), "defaults"), "defaults"));
        foreach (var (glob, source) in _file.Tokenizers) yield return new(YamlFile.Below("tokenizers", glob), source.ToString(), Place(YamlFile.Below("tokenizers", glob)));
        foreach (var (name, list) in _file.Fallbacks)
            yield return new(YamlFile.Below("fallbacks", name), string.Join(", ", list.Select(fallback => fallback.Model)), Place(YamlFile.Below("fallbacks", name), YamlFile.Below(YamlFile.Below("aliases", name), "fallbacks")));
    }

    private IEnumerable<Setting> OfProvider(Provider provider)
    {
        var settings = _file.Settings.GetValueOrDefault(provider.Name);
        var path = settings?.Path ?? $"providers.{provider.Name}";
        if (client.Targets.KeySource(provider) is { } key) yield return new($"{path}.api_key", "found", key);
        if (client.Targets.Source(provider) is not UrlSource.Provider || settings is { IsDefinedHere: true }) yield return new($"{path}.base_url", ProvidersCommand.BaseUrl(client, provider), UrlSourceOf(provider, path));
        if (client.Targets.VersionSource(provider) is { } version) yield return new($"{path}.api_version", provider.VersionVariables.Contains(version) ? terminal.Variable(version)! : settings!.ApiVersion!, version);
        foreach (var part in provider.UrlParts)
            if (part.Variables.FirstOrDefault(name => terminal.Variable(name) is not null) is { } variable) yield return new($"{path}.{part.Name}", terminal.Variable(variable)!, variable);
        if (settings is null) yield break;
        foreach (var header in settings.Headers) yield return new(YamlFile.Below($"{path}.headers", header.Name), header.IsSecret ? "(not shown)" : header.Value, Place(YamlFile.Below($"{path}.headers", header.Name), path));
        foreach (var (name, limit) in ((string, TimeSpan?)[])[("first_byte", settings.Timeouts.FirstByte), ("idle", settings.Timeouts.Idle), ("total", settings.Timeouts.Total)])
            if (limit is { } set) yield return new($"{path}.timeouts.{name}", Durations.Text(set), Place($"{path}.timeouts.{name}"));
        foreach (var (quirk, line) in _file.File.Lines)
            if (quirk.StartsWith($"{path}.chat.", StringComparison.Ordinal)) yield return new(quirk, "set", $"{_file.Name}:{line}");
    }

    private string UrlSourceOf(Provider provider, string path) =>
        provider.UrlVariables.FirstOrDefault(name => terminal.Variable(name) is not null) ?? Place($"{path}.base_url", path);

    private string Place(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (_file.PlaceOf(path) is { } place) return place;
        return _file.Name;
    }

    private string? ProxyVariable() => ProxyVariables.FirstOrDefault(name => terminal.Variable(name) is not null);

    /// <summary>The variables that the runtime takes its proxy from.</summary>
    public static IReadOnlyList<string> ProxyVariables { get; } = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}
