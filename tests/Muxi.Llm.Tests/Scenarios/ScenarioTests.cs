using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Every scenario of scenarios.json, with every family of wire formats, by every way that users take: against models of the services that refuse what these would, and against a third party's mock.
/// </summary>
public sealed class ScenarioTests(ScenarioMock shared) : IClassFixture<ScenarioMock>
{
    /// <summary>Families whose service another one's model stands for here: our own server is a way of its own.</summary>
    private static IEnumerable<KeyValuePair<string, WireModel>> Families => WireModel.All.Concat(WireModel.Toolless).Where(static family => family.Value is not ServedWireModel);

    public static TheoryData<string, string, string> Chats
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var family in Families)
                foreach (var scenario in Scenario.All.Values.Where(scenario => scenario.Embed is null))
                    foreach (var road in Road.All.Keys)
                        if (IsFor(scenario, family)) rows.Add(family.Key, scenario.Name, road);
            return rows;
        }
    }

    private static bool IsFor(Scenario scenario, KeyValuePair<string, WireModel> family) =>
        (scenario.Tools is null || !WireModel.Toolless.ContainsKey(family.Key)) && (scenario.Schema is null || family.Value.TakesSchemas);

    [Theory, MemberData(nameof(Chats))]
    public async Task A_model_of_the_service_is_content_with_it(string family, string name, string road)
    {
        var (model, scenario) = (Families.First(one => one.Key == family).Value, Scenario.All[name]);
        if (scenario.Leaves)
        {
            var reply = model.Say(stream: true, scenario.Says);
            await using var stalling = FaultServer.Start(Fault.StallAfter(reply.Body.Length * 2 / 3, reply));
            scenario.Check(await Road.All[road].GoAsync(scenario, model.Name, Variables(model.Name, stalling.Url), stalling.Stalled));
            await stalling.ClientGone.SoonAsync();
            return;
        }
        var refused = new List<string>();
        await using var server = await ReplayServer.StartAsync(5, request =>
        {
            if (scenario.Fails is { } failure) return failure;
            try
            {
                model.Read(request);
            }
            catch (Exception e)
            {
                refused.Add($"{e.Message} in {request.Text}");
            }
            return model.Say(model.Streams(request), scenario.Says);
        });

        var seen = await Road.All[road].GoAsync(scenario, model.Name, Variables(model.Name, server.Url), null);

        Assert.Empty(refused);
        scenario.Check(seen);
        Assert.Single(server.Requests);
    }

    /// <summary>Who makes embeddings in another form than OpenAI's, and a reply for two texts in it. (The mock gives one where Ollama gives two, and has no batches of Gemini's.)</summary>
    private static readonly (string Model, string Reply)[] _embedders =
    [
        ("ollama/nomic-embed-text", """{"model":"nomic-embed-text","embeddings":[[0.25,-0.5],[0.5,0.75]],"prompt_eval_count":8}"""),
        ("gemini/gemini-embedding-001", """{"embeddings":[{"values":[0.25,-0.5]},{"values":[0.5,0.75]}]}"""),
        ("cohere/embed-v4.0", """{"id":"e-1","texts":["a red apple","the sea at night"],"embeddings":{"float":[[0.25,-0.5],[0.5,0.75]]},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":8}},"response_type":"embeddings_by_type"}"""),
        ("huggingface/thenlper/gte-large", "[[0.25,-0.5],[0.5,0.75]]"),
        ("watsonx/ibm/slate-125m-english-rtrvr-v2", """{"model_id":"ibm/slate-125m-english-rtrvr-v2","created_at":"2026-02-02T02:02:02Z","results":[{"embedding":[0.25,-0.5]},{"embedding":[0.5,0.75]}],"input_token_count":8}"""),
        ("mistral/mistral-embed", """{"id":"e-1","object":"list","data":[{"object":"embedding","embedding":[0.25,-0.5],"index":0},{"object":"embedding","embedding":[0.5,0.75],"index":1}],"model":"mistral-embed","usage":{"prompt_tokens":8,"completion_tokens":0,"total_tokens":8}}"""),
    ];

    public static TheoryData<string, string> Embedders
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (model, _) in _embedders)
                foreach (var road in Road.All.Keys) rows.Add(model, road);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Embedders))]
    public async Task Embeddings_come_in_every_form(string model, string road)
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Json(_embedders.First(one => one.Model == model).Reply));

        var seen = await Road.All[road].GoAsync(Scenario.All["embeddings"], model, Variables(model, server.Url), null);

        Scenario.All["embeddings"].Check(seen);
        Assert.Single(server.Requests);
    }

    public static TheoryData<string, string, string> Mocked
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var (family, _, embeddings) in _mocked)
                foreach (var scenario in Scenario.All.Values.Where(scenario => !scenario.Leaves && (scenario.Embed is null || embeddings is not null)))
                    foreach (var road in Road.All.Keys) rows.Add(family, scenario.Name, road);
            return rows;
        }
    }

    /// <summary>What the mock speaks: the model, the path of its base URL, and the model for embeddings where it has them.</summary>
    private static readonly (string Model, string Path, string? Embeddings)[] _mocked =
    [
        ("openai/gpt-4o-mini", "v1", "openai/text-embedding-3-small"), ("anthropic/claude-sonnet-4-5", "v1", null), ("gemini/gemini-2.5-flash", "v1beta", null),
        ("ollama/llama3.2", "", null), ("groq/llama-3.3-70b-versatile", "v1", null), ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "", null), ("cohere/command-a-03-2025", "v2", null),
    ];

    [Theory, MemberData(nameof(Mocked))]
    public async Task A_third_partys_mock_is_content_with_it(string family, string name, string road)
    {
        var (scenario, (model, path, embeddings)) = (Scenario.All[name], _mocked.First(one => one.Model == family));
        var mock = await shared.StartedAsync();

        var seen = await Road.All[road].GoAsync(scenario, scenario.Embed is null ? model : embeddings!, Variables(model, path.Length == 0 ? mock.Url : new(mock.Url, path)), null);

        scenario.Check(seen);
    }

    /// <summary>What a user sets for a provider: a key and an address, under the names that every provider has.</summary>
    private static Dictionary<string, string> Variables(string model, Uri url)
    {
        var name = model.Split('/')[0].ToUpperInvariant().Replace('-', '_');
        return new() { [$"{name}_API_KEY"] = Calls.Key, [$"{name}_BASE_URL"] = url.AbsoluteUri.TrimEnd('/') };
    }
}

/// <summary>The mock with all scenarios, started once for all rows.</summary>
public sealed class ScenarioMock : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private AimockServer? _mock;

    internal async Task<AimockServer> StartedAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _mock ??= await AimockServer.StartAsync(Fixtures(), "--chunk-size", "7");
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_mock is not null) await _mock.DisposeAsync();
        _starting.Dispose();
    }

    /// <summary>The scenarios in the mock's own form.</summary>
    private static string Fixtures() => new JsonObject
    {
        ["fixtures"] = new JsonArray([.. Scenario.All.Values.SelectMany(static scenario => scenario.Embed?.Select(Embedding) ?? [Chat(scenario)])]),
    }.ToJsonString();

    private static JsonNode Embedding(string text) => new JsonObject { ["match"] = new JsonObject { ["inputText"] = text }, ["response"] = new JsonObject { ["embedding"] = new JsonArray(0.25, -0.5, text.Length) } };

    private static JsonNode Chat(Scenario scenario) => new JsonObject
    {
        ["match"] = new JsonObject { ["userMessage"] = scenario.Prompt },
        ["response"] = scenario.Row["fails"] is { } fails
            ? new JsonObject { ["error"] = fails["body"]!["error"]!.DeepClone(), ["status"] = fails["status"]!.DeepClone() }
            : scenario.Says is [Said.Call call]
                ? new JsonObject { ["toolCalls"] = new JsonArray(new JsonObject { ["id"] = call.Id, ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments) }) }
                : new JsonObject { ["content"] = ((Said.Words)scenario.Says[0]).Text },
    };
}
