using System.Runtime.InteropServices;

namespace Muxi.Llm.Cli;

/// <summary>What the doctor looks at.</summary>
internal sealed class Examination(LlmClient client, Terminal terminal)
{
    /// <summary>A server on this machine answers at once or is not there.</summary>
    private static readonly Timeouts _local = new() { FirstByte = TimeSpan.FromSeconds(1.5), Total = TimeSpan.FromSeconds(2) };
    private static readonly Timeouts _remote = new() { FirstByte = TimeSpan.FromSeconds(15), Total = TimeSpan.FromSeconds(20) };

    public IEnumerable<Finding> Machine()
    {
        yield return new("machine", Level.Good, $"muxi-llm {typeof(Examination).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
        foreach (var variable in EffectiveSettings.ProxyVariables.Concat(["no_proxy", "NO_PROXY"]))
            if (terminal.Variable(variable) is { } value) yield return new("machine", Level.Good, $"{variable} is {Redaction.HideUser(value)}");
        if (client.Configuration.Proxy is not null) yield return new("machine", Level.Good, $"the proxy is set in {client.Configuration.PlaceOf("proxy")}");
    }

    public IEnumerable<Finding> Files()
    {
        var file = client.Configuration;
        if (file.Name.Length == 0)
        {
            yield return new("configuration", Level.Absent, $"no file: {LlmConfiguration.Variable} names none, and there is neither ./{LlmConfiguration.FileName} nor {LlmConfiguration.HomeFile(terminal.Environment) ?? "a home folder"}");
            yield break;
        }
        yield return new("configuration", Level.Good, $"{file.Name} ({file.File.Count}; muxi-llm config show lists them)");
        if (file is { IsOfWorkingDirectory: true, HasAddresses: true })
            yield return new("configuration", Level.Warning, "it was found in the working directory: its addresses get no key of the environment") { Mend = $"if you trust it: export {LlmConfiguration.Variable}={file.Name}" };
        var holdsKeys = file.Settings.Values.Any(settings => settings.ApiKey is not null) || file.Fallbacks.Values.Any(list => list.Any(fallback => fallback.Options?.ApiKey is not null));
        var path = Path.GetFullPath(file.Name, terminal.WorkingDirectory);
        if (holdsKeys && OthersMayRead(path)) yield return new("configuration", Level.Warning, "it holds a key, and others may read it") { Mend = $"chmod 600 {path}, or better: api_key_env and a variable" };
    }

    public IEnumerable<Finding> Keys()
    {
        var others = 0;
        foreach (var provider in client.Providers.Where(provider => !provider.KeyVariables.IsEmpty))
        {
            var source = client.Targets.KeySource(provider);
            var fault = FaultOf(provider);
            // Who has no account there need not say in which region.
            if (source is null && !provider.UrlParts.IsEmpty && !client.Targets.IsElsewhere(provider)) fault = null;
            if (fault is not null) yield return new("providers", Level.Wrong, $"{provider.Name}: {fault}") { Mend = $"look at {string.Join(", ", provider.UrlParts.SelectMany(static part => part.Variables).Concat(provider.UrlVariables).Concat(provider.KeyVariables))}" };
            else if (source is not null) yield return new("providers", Level.Good, $"{provider.Name}: its key is in {source}") { CanAnswer = true };
            // Of a hundred services nobody has most; those that are best known here are named.
            else if (provider.Auth.IsRequired && (provider.Evidence == Evidence.Recorded || client.Targets.IsElsewhere(provider))) yield return new("providers", Level.Absent, $"{provider.Name}: no key") { Mend = Mend(provider) };
            else if (provider.Auth.IsRequired) others++;
        }
        if (others > 0) yield return new("providers", Level.Absent, $"{others} others: no key") { Mend = "muxi-llm providers lists them with their variables" };
    }

    /// <summary>Programs that are started for models' files.</summary>
    public IEnumerable<Finding> Programs()
    {
        foreach (var provider in client.Providers)
        {
            if (provider.Launch is not { } program) continue;
            yield return LocalPrograms.TryFind(program, client.Settings) is { } path
                ? new("local servers", Level.Good, $"{provider.DisplayName}: {path} is started for {provider.Name}/MODEL{program.FileEnding}")
                : new("local servers", Level.Absent, $"{provider.DisplayName}: {Fault(program)}");
        }

        string Fault(LocalServer program)
        {
            try
            {
                return LocalPrograms.Find(program, client.Settings);
            }
            catch (ConfigurationException e)
            {
                return e.Message;
            }
        }
    }

    public async Task<IReadOnlyList<Finding>> LocalServersAsync(CancellationToken cancellationToken)
    {
        return await Task.WhenAll(client.Providers.Where(provider => provider is { IsSelfHosted: true, Models: not null, InProcess: null } && (!provider.Auth.IsRequired || client.Targets.KeySource(provider) is not null)).Select(AskAsync));

        async Task<Finding> AskAsync(Provider provider)
        {
            if (FaultOf(provider) is { } fault) return new("local servers", Level.Wrong, $"{provider.DisplayName}: {fault}");
            var address = ProvidersCommand.BaseUrl(client, provider);
            return await ListsAsync(client, provider, _local, cancellationToken) is null
                ? new("local servers", Level.Good, $"{provider.DisplayName} answers at {address}") { CanAnswer = true }
                : new("local servers", Level.Absent, $"{provider.DisplayName}: nobody answers at {address}") { Mend = $"{provider.StartHint ?? "start it"}, or set {(provider.HostVariables is [var host, ..] ? host : provider.UrlVariables[0])}" };
        }
    }

    public async Task<IReadOnlyList<Finding>> OnlineAsync(CancellationToken cancellationToken) => await Task.WhenAll(
        client.Providers.Where(provider => provider is { Models: not null, IsSelfHosted: false, InProcess: null } && FaultOf(provider) is null && client.Targets.KeySource(provider) is not null).Select(async provider =>
        {
            var source = client.Targets.KeySource(provider);
            return await ListsAsync(client, provider, _remote, cancellationToken) switch
            {
                null => new Finding("online", Level.Good, $"{provider.Name} takes the key in {source}"),
                AuthenticationException or PermissionDeniedException => new("online", Level.Wrong, $"{provider.Name} refuses the key in {source}") { Mend = $"set another one{(provider.Documentation is { } page ? $"; see {page}" : "")}" },
                var error => new("online", Level.Warning, $"{provider.Name}: {error.Message}") { Mend = "check the network, the proxy and the base URL" },
            };
        }));

    public IEnumerable<Finding> Verdict(List<Finding> findings)
    {
        var canAnswer = findings.Exists(finding => finding.CanAnswer);
        if (!canAnswer) yield return new("answers", Level.Wrong, "no service can answer; the sandbox inside muxi-llm does, for trying things out") { Mend = "set a key, as export OPENAI_API_KEY=..., or start a local server" };
        DefaultModel? chosen = null;
        string? fault = null;
        try
        {
            chosen = DefaultModel.Find(Operations.Chat, client, terminal);
        }
        catch (FailureException e)
        {
            fault = e.Message;
        }
        yield return chosen is null ? new("answers", Level.Wrong, fault!) { Mend = $"set {DefaultModel.Variable} to provider/model" } : new("answers", Level.Good, $"without -m, {chosen.Name} answers ({chosen.Why})");
    }

    private string Mend(Provider provider) => client.Targets.Source(provider) is UrlSource.DefinedByStranger
        ? $"put api_key beside its address, or trust the file: export {LlmConfiguration.Variable}={client.Configuration.Name}"
        : $"export {provider.CustomaryVariable}=...{(provider.Auth.Source is { Variables: [var first, ..] } other ? $", or {other.Name} credentials ({first}, ...)" : "")}";

    /// <summary>What keeps a service's calls from being made at all: an address or a key that is none.</summary>
    private string? FaultOf(Provider provider)
    {
        try
        {
            client.Targets.Resolve(new(provider, "", null), null);
            return null;
        }
        catch (ConfigurationException e)
        {
            return e.IsMissingKey ? null : e.Message;
        }
    }

    /// <summary>Asks for the list of models; gives what went wrong, null where nothing did.</summary>
    private static async Task<LlmException?> ListsAsync(LlmClient with, Provider provider, Timeouts timeouts, CancellationToken cancellationToken)
    {
        try
        {
            await with.Models.AllAsync(provider, new() { Timeouts = timeouts, MaxRetries = 0 }, cancellationToken).CountAsync(cancellationToken);
            return null;
        }
        catch (LlmException e)
        {
            return e;
        }
    }

    private static bool OthersMayRead(string path) => !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;
}
