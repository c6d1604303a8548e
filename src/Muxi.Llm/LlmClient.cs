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
        Settings = Layers.Effective(options);
        Targets = new(Settings);
        _transport = new(Settings);
        var retries = new RetryPolicy(Settings.Retries!, Settings.TimeProvider, Settings.Chance);
        Egress = new(Settings);
        var router = new Router(_transport, Targets, retries, new(Egress, Settings));
        Chat = new(new(router, Targets, Settings.TimeProvider));
        var counter = new TokenCounter(router, Targets, Settings);
        Responses = new(router, Targets, new(router, Targets, Settings), counter, Settings.TimeProvider);
        Audio = new(router, Targets);
        Images = new(router, Targets, Egress);
        Tokens = new(Targets, counter);
        Completions = new(router, Targets);
        Embeddings = new(router, Targets);
        Rerank = new(router, Targets);
        Moderations = new(router);
        Ocr = new(router, Targets);
        Models = new(router, Targets, new(_transport, Targets, Settings));
        Files = new(router, Targets, Settings.TimeProvider);
        Uploads = new(router, Targets);
        Batches = new(router, Targets, Files, Settings.TimeProvider);
        Raw = new(router, Targets);
    }

    /// <summary>The client of the whole program, which <see cref="ChatCompletion.CreateAsync(string, string, CancellationToken)"/> and the other doors use.</summary>
    public static LlmClient Default => _default.Value;

    /// <summary>All services that this client knows: those of its settings, then those of the <see cref="Catalog"/>.</summary>
    public IReadOnlyList<Provider> Providers => [.. Settings.Providers, .. Catalog.All.Where(provider => !Settings.Providers.Any(own => own.IsCalled(provider.Name)))];

    /// <summary>The file that the client was set up by; <see cref="LlmConfiguration.Empty"/> where there was none.</summary>
    public LlmConfiguration Configuration => Settings.Configuration!;

    /// <summary>The settings that hold: the code's over the file's.</summary>
    internal LlmOptions Settings { get; }

    /// <summary>What names, addresses and keys the settings make.</summary>
    internal Targets Targets { get; }

    /// <summary>Reads addresses that replies name.</summary>
    internal Egress Egress { get; }

    /// <summary>Conversations with a model.</summary>
    public ChatResource Chat { get; }

    /// <summary>What a model makes of a request, item by item: OpenAI's newer form of a conversation.</summary>
    public ResponsesResource Responses { get; }

    /// <summary>Texts that a model goes on with: the form before chat.</summary>
    public CompletionsResource Completions { get; }

    /// <summary>What texts mean, as numbers.</summary>
    public EmbeddingsResource Embeddings { get; }

    /// <summary>Documents by how well they fit a query.</summary>
    public RerankResource Rerank { get; }

    /// <summary>Whether texts and pictures are harmful.</summary>
    public ModerationsResource Moderations { get; }

    /// <summary>What stands in documents and pictures, read out.</summary>
    public OcrResource Ocr { get; }

    /// <summary>Which models there are.</summary>
    public ModelsResource Models { get; }

    /// <summary>Speech, transcripts and translations of speech.</summary>
    public AudioResource Audio { get; }

    /// <summary>Pictures: made, edited, varied.</summary>
    public ImagesResource Images { get; }

    /// <summary>How many tokens a text or a request has, here or by the provider's word, and conversations made to fit.</summary>
    public TokensResource Tokens { get; }

    /// <summary>Files at a service.</summary>
    public FilesResource Files { get; }

    /// <summary>Uploads in parts; <see cref="FilesResource.UploadAsync(FileCreateRequest, RequestOptions?, CancellationToken)"/> makes them by itself where a file needs it.</summary>
    public UploadsResource Uploads { get; }

    /// <summary>Many requests at once, answered when the service has time for them.</summary>
    public BatchesResource Batches { get; }

    /// <summary>Any other path of a service, with our credentials, timeouts and errors.</summary>
    public RawResource Raw { get; }

    /// <summary>Closes the connections, and ends the servers that were started for this client alone. Calls that are under way fail.</summary>
    public void Dispose()
    {
        Targets.Local.Dispose();
        _transport.Dispose();
        Egress.Dispose();
    }
}
