namespace Muxi.Llm.Tests;

/// <summary>A conversation with wire models over real HTTP, in which everything that crossed the wire is kept.</summary>
internal sealed class Conversing : IAsyncDisposable
{
    private readonly Queue<(WireModel Model, Said[] Said)> _script = new();
    private readonly List<(WireModel Model, SeenChat Seen)> _seen = [];
    private readonly bool _stream;
    private ReplayServer _server = null!;
    private LlmClient _client = null!;

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
        var names = WireModel.All.Values.Select(model => model.Name.Split('/')[0]).ToList();
        conversing._client = new(new()
        {
            BaseUrls = names.ToDictionary(name => name, _ => conversing._server.Url), ApiKeys = names.ToDictionary(name => name, _ => Calls.Key),
            Environment = static _ => null, Retries = Calls.Once,
        });
        return conversing;
    }

    /// <summary>Asks a model, which says these things.</summary>
    public async Task<ChatCompletion> AskAsync(WireModel model, ChatCompletionRequest request, params Said[] said)
    {
        _script.Enqueue((model, said));
        request = request with { Model = model.Name };
        // What a caller stores and reads again must serve as well.
        request = ChatCompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes(request.ToJson()));
        var token = TestContext.Current.CancellationToken;
        return _stream
            ? await _client.Chat.Completions.StreamAsync(request, null, token).ToCompletionAsync(token)
            : await _client.Chat.Completions.CreateAsync(request, null, token);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _server.DisposeAsync();
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
