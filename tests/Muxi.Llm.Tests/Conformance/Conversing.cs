namespace Muxi.Llm.Tests;

/// <summary>A conversation with wire models over real HTTP, in which everything that crossed the wire is kept.</summary>
internal sealed class Conversing : IAsyncDisposable
{
    private readonly Queue<(WireModel Model, Said[] Said)> _script = new();
    private readonly List<(WireModel Model, SeenChat Seen)> _seen = [];
    private readonly bool _stream;
    private readonly Func<LlmOptions, LlmOptions> _set;
    private ReplayServer _server = null!;
    private LlmClient _client = null!;
    private Served? _served;
    private LlmClient? _ofServed;

    private Conversing(bool stream, Func<LlmOptions, LlmOptions> set) => (_stream, _set) = (stream, set);

    /// <summary>What the models were sent so far.</summary>
    public IReadOnlyList<SeenChat> Seen => [.. _seen.Select(one => one.Seen)];

    /// <summary>What the models were sent last.</summary>
    public SeenChat Last => _seen[^1].Seen;

    /// <summary>All that happened in the loops of tools that streamed.</summary>
    public List<ToolLoopEvent> Events { get; } = [];

    /// <summary>Begins; replies come whole, or streamed and cut at seeded places.</summary>
    public static Task<Conversing> BeginAsync(bool stream, int seed = 1) => BeginAsync(stream, static options => options, seed);

    /// <summary>As the other, by a client that is set up otherwise.</summary>
    public static async Task<Conversing> BeginAsync(bool stream, Func<LlmOptions, LlmOptions> set, int seed = 1)
    {
        var conversing = new Conversing(stream, set);
        conversing._server = await ReplayServer.StartAsync(seed, conversing.Answer);
        conversing._client = new(set(conversing.Settings));
        return conversing;
    }

    private LlmOptions Settings
    {
        get
        {
            var names = WireModel.All.Values.Concat(WireModel.Toolless.Values).Where(static model => model is not ServedWireModel).Select(model => model.Name.Split('/')[0]).Distinct().ToList();
            return new()
            {
                BaseUrls = names.ToDictionary(name => name, _ => _server.Url), ApiKeys = names.ToDictionary(name => name, _ => Calls.Key),
                Environment = static _ => null, Retries = Calls.Once,
            };
        }
    }

    /// <summary>What a model will say to the next request that is not told of yet.</summary>
    public Conversing Expect(WireModel model, params Said[] said)
    {
        _script.Enqueue((model, said));
        return this;
    }

    /// <summary>Runs a loop of tools with a model that says what is expected.</summary>
    public async Task<ChatCompletion> RunAsync(WireModel model, ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, CancellationToken? token = null)
    {
        request = request with { Model = model.Name };
        var cancellation = token ?? TestContext.Current.CancellationToken;
        var client = await ClientForAsync(model.Name);
        if (!_stream) return await client.Chat.Completions.RunToolsAsync(request, tools, loop, null, cancellation);
        await foreach (var it in client.Chat.Completions.StreamToolsAsync(request, tools, loop, null, cancellation)) Events.Add(it);
        Assert.Equal(ToolLoopEventType.Completed, Events[^1].Type);
        return Events[^1].Completion!;
    }

    /// <summary>Asks a model, which says what is expected, for a value.</summary>
    public async Task<ChatCompletion<T>> AskAsync<T>(string model, ChatCompletionRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        request = request with { Model = model };
        var token = TestContext.Current.CancellationToken;
        var client = await ClientForAsync(model);
        if (!_stream) return await client.Chat.Completions.CreateAsync(request, type, null, token);
        ChatCompletionChunk<T>? last = null;
        await foreach (var chunk in client.Chat.Completions.StreamAsync(request, type, null, token))
        {
            Assert.Null(last?.Completion);
            last = chunk;
        }
        return last!.Completion!;
    }

    /// <summary>Asks a model, which says these things.</summary>
    public Task<ChatCompletion> AskAsync(WireModel model, ChatCompletionRequest request, params Said[] said)
    {
        if (said.Length > 0) _script.Enqueue((model, said));
        return AskAsync(model.Name, request);
    }

    /// <summary>Asks a model; whoever answers says what is expected.</summary>
    public async Task<ChatCompletion> AskAsync(string model, ChatCompletionRequest request)
    {
        request = request with { Model = model };
        // What a caller stores and reads again must serve as well.
        request = ChatCompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes(request.ToJson()));
        var token = TestContext.Current.CancellationToken;
        var client = await ClientForAsync(model);
        return _stream
            ? await client.Chat.Completions.StreamAsync(request, null, token).ToCompletionAsync(token)
            : await client.Chat.Completions.CreateAsync(request, null, token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _ofServed?.Dispose();
        if (_served is not null) await _served.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Who is asked for a model: its service, or our server before it.</summary>
    private async Task<LlmClient> ClientForAsync(string model)
    {
        if (!model.StartsWith(ServedWireModel.Prefix, StringComparison.Ordinal)) return _client;
        _served ??= await Served.StartAsync(Settings with { Providers = [ServedWireModel.ChatOnly(_server.Url)] });
        return _ofServed ??= new(_set(new() { Providers = [ServedWireModel.At(_served.Url)], Environment = static _ => null, Retries = Calls.Once }));
    }

    private CannedReply Answer(SeenRequest request)
    {
        var (model, said) = _script.Dequeue();
        try
        {
            _seen.Add((model, model.Read(request)));
        }
        catch (Exception e)
        {
            // A service would refuse it too; the test fails with what was wrong.
            return CannedReply.Json(new System.Text.Json.Nodes.JsonObject { ["error"] = new System.Text.Json.Nodes.JsonObject { ["message"] = $"{e.Message} in {request.Text[..Math.Min(request.Text.Length, 2000)]}", ["type"] = "invalid_request_error" } }.ToJsonString(), 400);
        }
        return model.Say(_stream, said);
    }
}
