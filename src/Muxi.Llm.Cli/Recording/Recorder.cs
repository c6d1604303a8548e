using System.Globalization;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Cli;

/// <summary>
/// Makes a fixture of a live call. The reply's bytes are scrubbed first and read again from what is left, twice, at two times: so the expected values fit the bytes beside them, and what we make up
/// ourselves (ids, times) is not taken for the service's.
/// </summary>
/// <param name="terminal">Knows keys and addresses.</param>
/// <param name="provider">Who is asked.</param>
/// <param name="model">Its model, without the provider's name.</param>
internal sealed class Recorder(Terminal terminal, Provider provider, string model)
{
    /// <summary>Shorter ones are placeholders, such as <c>none</c>: taking those out everywhere would spoil words.</summary>
    private const int ShortestOfOthers = 16;

    /// <summary>Shorter names of accounts and hosts are words that replies have anyway.</summary>
    private const int ShortestOfPlaces = 6;

    /// <summary>How headers begin that tell of the request and not of who makes it.</summary>
    private static readonly string[] _plain = ["Accept", "Content-", "Host", "User-Agent", "traceparent", "X-Amz-Date", "X-Amz-Content"];

    /// <summary>Asks and makes the files; nothing is written yet.</summary>
    /// <exception cref="LlmException">The call failed, and not as the scenario wants it.</exception>
    /// <exception cref="FailureException">The reply cannot be made a fixture.</exception>
    public async Task<FixtureFolder> RecordAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        var name = $"{provider.Name}/{(scenario.Name.StartsWith("unknown-model", StringComparison.Ordinal) ? "no-such-model" : model)}";
        RecordingHandler? handler = null;
        using var live = terminal.Connect(options => options with { Handler = handler = new(Transport.Sockets(options)), Retries = new() { Max = 0 } });
        using var recording = handler!;
        var (_, error) = await TryAsync(scenario, live, name, cancellationToken);
        if (error is not null && !(scenario.IsOfAnError && error is ApiException && recording.Exchanges.Count > 0)) throw error;
        if (recording.Exchanges is not [.., var last]) throw new FailureException($"{provider.Name} answers in this process: there is nothing to record");

        var scrubber = new Scrubber([.. Secrets(live).Concat(Told(last)).Concat(Places(last)).Distinct()]);
        var clean = last with { Request = scrubber.Clean(last.Request), Reply = scrubber.Clean(last.Reply), Got = scrubber.Reply(last.Got) };
        var folder = new FixtureFolder();
        folder.Add("request.json", scrubber.Clean(scenario.Request(name)));
        folder.AddRequest(clean.Request);
        if (scrubber.Request(last.Sent, provider) is { Count: > 0 } headers) folder.Add("wire-headers.json", new JsonObject(headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value))));
        folder.AddReply(clean, scenario.IsStreamed);
        await AddReadingAsync(folder, scenario, name, clean, cancellationToken);
        folder.Add("notes.md", scrubber.Clean(Notes(last, live, recording.Exchanges.Count)));
        foreach (var (file, bytes) in folder.Files)
            if (scrubber.Gives(bytes)) throw new FailureException($"{file} would hold a key: nothing was written");
        return folder;
    }

    /// <summary>What the scrubbed bytes are read as.</summary>
    private async Task AddReadingAsync(FixtureFolder folder, Scenario scenario, string name, Exchange clean, CancellationToken cancellationToken)
    {
        var (first, error) = await ReadAsync(TimeSpan.Zero);
        var (second, _) = await ReadAsync(TimeSpan.FromDays(400));
        if (first is not null && second is not null)
        {
            folder.Add("reply.json", FixtureFolder.Common(JsonNode.Parse(first.Reply), JsonNode.Parse(second.Reply))!);
            if (first.Warnings.Count > 0) folder.Add("warnings.json", new JsonArray([.. first.Warnings.Select(warning => (JsonNode)warning.Param)]));
        }
        else folder.Add("error.json", Said(error!));

        async Task<(Outcome?, LlmException?)> ReadAsync(TimeSpan later)
        {
            using var replaying = new ReplayingHandler(clean);
            using var client = terminal.Connect(options => options with { Handler = replaying, Retries = new() { Max = 0 }, TimeProvider = new LaterClock(options.TimeProvider, later) });
            return await TryAsync(scenario, client, name, cancellationToken);
        }
    }

    private static async Task<(Outcome?, LlmException?)> TryAsync(Scenario scenario, LlmClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await scenario.AskAsync(client, name, cancellationToken), null);
        }
        catch (LlmException e)
        {
            return (null, e);
        }
    }

    private static JsonObject Said(LlmException error)
    {
        var said = new JsonObject { ["exception"] = error.GetType().Name };
        if (error is not ApiException api) return said;
        said["status"] = (int)api.Status;
        if (api.Code is { } code) said["code"] = code;
        if (api.Type is { } type) said["type"] = type;
        if (api.Param is { } param) said["param"] = param;
        return said;
    }

    private string Notes(Exchange exchange, LlmClient client, int calls)
    {
        var path = exchange.Address.AbsolutePath;
        var folder = client.Targets.AddressOf(provider).Folder.AbsolutePath;
        if (path.StartsWith(folder, StringComparison.Ordinal)) path = path[folder.Length..];
        return string.Create(CultureInfo.InvariantCulture, $"""
            Recorded on {terminal.Clock.GetUtcNow():yyyy-MM-dd} from {provider.DisplayName} with {model}: {exchange.Method} {path.TrimStart('/')}{(calls > 1 ? $", the last of {calls} calls" : "")}. Keys, ids of accounts and requests, and addresses are scrubbed.
            reply.json or error.json is what this library read in it then: hold it against the bytes before you trust it.

            """);
    }

    /// <summary>Everything that must not be in a file: the credentials of the call, and those of every other service that this machine knows.</summary>
    private List<string> Secrets(LlmClient client)
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var known in terminal.Providers)
        {
            var least = known.Name == provider.Name ? 1 : ShortestOfOthers;
            var variables = known.CredentialVariables.Concat(known.Auth.Source?.Variables ?? []).Concat(known.HeaderVariables.Values);
            foreach (var secret in variables.Select(terminal.Variable).Concat(OfTarget(client, known)))
                if (secret?.Length >= least) secrets.Add(secret);
        }
        if (terminal.Variable("MUXI_LLM_MASTER_KEY") is { } master) secrets.Add(master);
        return [.. secrets];
    }

    /// <summary>
    /// What the request told in headers: a token that was made for it is in no variable. Headers that say nothing of the caller may stay. Only a scheme is cut off, since to take a piece of a
    /// key out is to leave the other.
    /// </summary>
    private IEnumerable<string> Told(Exchange exchange) =>
        from header in exchange.Sent
        where !_plain.Any(plain => header.Key.StartsWith(plain, StringComparison.OrdinalIgnoreCase)) && !Scrubber.IsOfFormat(header.Key, provider)
        from part in header.Value.Split(' ').Append(header.Value)
        where part.Length >= ShortestOfOthers
        select part;

    /// <summary>Where the caller's own account or server is, which services tell in errors and addresses. Regions are everybody's, and an address of this machine's own is nobody's.</summary>
    private IEnumerable<string> Places(Exchange exchange)
    {
        foreach (var part in provider.UrlParts.Where(static part => part is { Default: null, BaseUrls.IsEmpty: true, Name: not "region" }))
            foreach (var value in part.Variables.Select(terminal.Variable))
                if (value?.Length >= ShortestOfPlaces) yield return value;
        if (!exchange.Address.IsLoopback && !provider.BaseUrl.Contains($"//{exchange.Address.Host}/", StringComparison.OrdinalIgnoreCase) && exchange.Address.Host.Length >= ShortestOfPlaces) yield return exchange.Address.Host;
    }

    private static IReadOnlyList<string> OfTarget(LlmClient client, Provider known)
    {
        try
        {
            return client.Targets.Resolve(new(known, "model", null), null).Secrets;
        }
        catch (ConfigurationException)
        {
            // It has no key here, so there is none to hide.
            return [];
        }
    }
}
