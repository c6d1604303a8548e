namespace Muxi.Llm.Tests;

/// <summary>A conversation with wire models over real HTTP, in which everything that crossed the wire is kept.</summary>
internal sealed class Conversing : IAsyncDisposable
{
    private readonly Queue<(WireModel Model, Said[] Said)> _script = new();
    private readonly List<(WireModel Model, SeenChat Seen)> _seen = [];
    private readonly bool _stream;
    private ReplayServer _server = null!;
    private LlmClient _client = null!;
    private Served? _served;
    private LlmClient? _ofServed;

    private Conversing(bool stream) => _stream = stream;

    /// <summary>What the models were sent so far.</summary>
    public IReadOnlyList<SeenChat> Seen => [.. _seen.Select(one => one.Seen)];

    /// <summary>What the models were sent last.</summary>
    public SeenChat Last => _seen[^1].Seen;

    /// <summary>Begins; replies come whole, or streamed and cut at seeded places.</summary>
    public static async Task<Conversing> BeginAsync(bool stream, int seed = 1)
    {
        var conversing = new Conversing(stream);
        conversing._server = await ReplayServer.StartAsync(seed, conversing.Answer);
        conversing._client = new(conversing.Settings);
        return conversing;
    }

    private LlmOptions Settings
    {
        get
        {
            var names = WireModel.All.Values.Where(static model => model is not ServedWireModel).Select(model => model.Name.Split('/')[0]).Distinct().ToList();
            return new()
            {
                BaseUrls = names.ToDictionary(name => name, _ => _server.Url), ApiKeys = names.ToDictionary(name => name, _ => Calls.Key),
                Environment = static _ => null, Retries = Calls.Once,
            };
        }
    }

    /// <summary>Who is asked for a model: its service, or our server before it.</summary>
    private async Task<LlmClient> ClientForAsync(WireModel model)
    {
        if (model is not ServedWireModel) return _client;
        _served ??= await Served.StartAsync(Settings with { Providers = [ServedWireModel.ChatOnly(_server.Url)] });
        return _ofServed ??= new(new() { Providers = [ServedWireModel.At(_served.Url)], Environment = static _ => null, Retries = Calls.Once });
    }

    /// <summary>Asks a model, which says these things.</summary>
    public async Task<ChatCompletion> AskAsync(WireModel model, ChatCompletionRequest request, params Said[] said)
    {
        _script.Enqueue((model, said));
        request = request with { Model = model.Name };
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
