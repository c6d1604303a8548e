namespace Muxi.Llm.Tests;

/// <summary>
/// Who the live tests ask. MUXI_LLM_LIVE=1 means every provider whose key is set; a list (<c>groq,mistral/mistral-small-latest</c>) those, with a model of their own where one is named. Without it, it is a
/// server in this process with the simulator behind it, asked as OpenAI is, so that the same scenarios are known to work.
/// </summary>
internal sealed class LiveService : IAsyncDisposable
{
    public const string Variable = "MUXI_LLM_LIVE";

    /// <summary>What stands for the server in this process.</summary>
    public const string Here = "here";

    private readonly Served? _served;
    private readonly Provider _provider;
    private readonly string? _model;

    private LiveService(Provider provider, string? model, LlmOptions options, Served? served)
    {
        (_provider, _model, _served) = (provider, model, served);
        Client = new(options);
    }

    /// <summary>Who is asked, by the names of the rows.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Named(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable)];

    public LlmClient Client { get; }

    /// <summary>The environment in which it is asked: that of the machine, or what leads to the server in this process.</summary>
    public IReadOnlyDictionary<string, string> Variables => _served is null
        ? Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(static one => (string)one.Key, static one => (string?)one.Value ?? "")
        : new Dictionary<string, string> { ["OPENAI_API_KEY"] = Calls.Key, ["OPENAI_BASE_URL"] = new Uri(_served.Url, "v1").ToString() };

    /// <summary>Whether it is a service of somebody's, which says what it likes.</summary>
    public bool IsLive => _served is null;

    /// <summary>Whether nobody is let in without the right key.</summary>
    public bool NeedsKey => !IsLive || _provider.Auth is { IsRequired: true, Header.Length: > 0 };

    /// <summary>The services that a value of the variable means.</summary>
    public static IEnumerable<string> Named(string? value, Func<string, string?> environment)
    {
        if (string.IsNullOrWhiteSpace(value)) return [Here];
        if (value.Trim() is not ("1" or "all")) return value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Catalog.BuiltIn.Where(provider => provider.CredentialVariables.Any(variable => !string.IsNullOrWhiteSpace(environment(variable)))).Select(provider => provider.Name);
    }

    public static async Task<LiveService> StartAsync(string name)
    {
        if (name != Here)
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            var provider = Catalog.Resolve(slash < 0 ? $"{name}/-" : name).Provider;
            return new(provider, slash < 0 ? null : name[(slash + 1)..], new() { Credentials = [new AwsCredentials(), new GoogleCredentials()] }, null);
        }
        var served = await Served.SandboxAsync(options => options with { MasterKey = Calls.Key });
        return new(Providers.OpenAI, "sandbox/chat", Calls.OptionsFor(new(served.Url, "v1")), served);
    }

    /// <summary>Whether the service offers an operation.</summary>
    public bool Offers(string operation) => operation == Operations.Models ? _provider.Models is not null : Operations.Of(_provider).Contains(operation);

    /// <summary>The model for an operation; null where nobody knows one.</summary>
    public string? ModelFor(string operation)
    {
        var model = operation == Operations.Chat || !IsLive ? _model ?? Operations.DefaultModelOf(_provider, operation) : Operations.DefaultModelOf(_provider, operation);
        return model is null ? null : Name(model);
    }

    /// <summary>A model's name as it is asked for.</summary>
    public string Name(string model) => $"{_provider.Name}/{model}";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_served is not null) await _served.DisposeAsync();
    }
}
