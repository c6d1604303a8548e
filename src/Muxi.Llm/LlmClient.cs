namespace Muxi.Llm;

/// <summary>
/// The door to every service. Make one and keep it: it pools connections, is safe to use from many threads, and holds nothing of a call.
/// </summary>
public sealed class LlmClient : IDisposable
{
    private static readonly Lazy<LlmClient> _default = new(static () => new LlmClient());

    private readonly Transport _transport;

    /// <summary>A client set up by the environment alone.</summary>
    public LlmClient() : this(new LlmOptions()) { }

    /// <summary>A client with settings of its own.</summary>
    /// <exception cref="ConfigurationException">A setting cannot work.</exception>
    public LlmClient(LlmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var provider in options.Providers) Catalog.Check(provider);
        var targets = new Targets(options);
        _transport = new(options);
        var retries = new RetryPolicy(options.Retries.Checked(), options.TimeProvider, options.Chance);
        var router = new Router(_transport, targets, retries);
        Chat = new(new(router));
        Tokens = new(router);
        Raw = new(router, targets);
    }

    /// <summary>The client of the whole program, which <see cref="ChatCompletion.CreateAsync(string, string, CancellationToken)"/> and the other doors use.</summary>
    public static LlmClient Default => _default.Value;

    /// <summary>Conversations with a model.</summary>
    public ChatResource Chat { get; }

    /// <summary>How many tokens a request has.</summary>
    public TokensResource Tokens { get; }

    /// <summary>Any other path of a service, with our credentials, timeouts and errors.</summary>
    public RawResource Raw { get; }

    /// <summary>Closes the connections. Calls that are under way fail.</summary>
    public void Dispose() => _transport.Dispose();
}
