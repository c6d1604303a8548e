using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>
/// Recorded completions, embeddings, moderations and models over real HTTP, cut at any place, against what the official SDK makes of the same bytes. Differences are judged
/// one by one in judged-texts.json.
/// </summary>
public sealed partial class TextReplayTests(TextsOracle oracle) : IClassFixture<TextsOracle>
{
    private static readonly Dictionary<string, string[]> _judged = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "judged-texts.json")))!.AsObject()
        .ToDictionary(one => one.Key, one => one.Value!["fields"]!.AsArray().Select(field => (string)field!).ToArray());

    private static readonly string[] _own = ["venice", "doubleword", "together", "voyage", "openrouter", "vllm", "writer"];

    [Theory]
    [InlineData("completions", 36)]
    [InlineData("embeddings", 58)]
    [InlineData("moderations", 11)]
    [InlineData("models", 8)]
    public async Task Every_recording_says_what_the_official_client_reads(string endpoint, int atLeast)
    {
        var readings = await oracle.ReadAsync(endpoint);
        var differences = new List<string>();
        var needed = new HashSet<string>();
        Assert.Equal(Cassettes.Where(endpoint).Where(Reads).Select(cassette => cassette.Id).Order(), readings.Keys.Where(id => Reads(Cassettes.Get(id))).Order());
        foreach (var (id, expected) in readings)
        {
            var cassette = Cassettes.Get(id);
            if (!Reads(cassette)) continue;
            var actual = await ReadAsync(endpoint, cassette);
            foreach (var (name, value) in expected)
            {
                if (name == "id" || Same(value, actual[name])) continue;
                if (_judged.GetValueOrDefault(id)?.Contains(name) == true) needed.Add($"{id} {name}");
                else differences.Add($"{id} {name}: {Short(value)} but {Short(actual[name])}");
            }
        }

        Assert.True(readings.Count >= atLeast, $"only {readings.Count} recordings");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal([], _judged.Where(one => readings.ContainsKey(one.Key)).SelectMany(one => one.Value.Select(field => $"{one.Key} {field}")).Except(needed));
    }

    [Fact]
    public void Every_judgement_has_a_reason()
    {
        var judged = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "judged-texts.json")))!.AsObject();

        Assert.All(judged, one => Assert.False(string.IsNullOrWhiteSpace((string?)one.Value!["reason"]), one.Key));
    }

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette cassette) => cassette.Endpoint is "completions" or "embeddings" or "moderations" or "models" && OfAnOperation().IsMatch(cassette.Request.Url) && IsOfTheOperation(cassette);

    /// <summary>As the oracle chooses.</summary>
    [GeneratedRegex(@"/(completions|embeddings|moderations|models(/[^/?]+)?)(\?|$)")]
    private static partial Regex OfAnOperation();

    /// <summary>Other formats under paths of the same end: Anthropic's old completions, Cohere's and Gemini's, pages of an organisation's use, deletions.</summary>
    private static bool IsOfTheOperation(Cassette cassette) =>
        cassette.Provider is not ("anthropic" or "cohere" or "gemini" or "ollama" or "replicate" or "vertex" or "huggingface") || (cassette.Provider, cassette.Endpoint) is ("anthropic", "models") or ("huggingface", "completions")
        ? cassette.Request.Method != "DELETE" && !cassette.Request.Url.Contains("/usage/", StringComparison.Ordinal) && !cassette.Request.Url.Contains("/chat/moderations", StringComparison.Ordinal) : false;

    private static async Task<JsonObject> ReadAsync(string endpoint, Cassette cassette)
    {
        await using var server = await ReplayServer.StartAsync(cassette.Id.Length, CannedReply.From(cassette));
        // A service that the catalogue has is met as it is there.
        var service = Catalog.BuiltIn.FirstOrDefault(one => one.Name == cassette.Provider && _own.Contains(one.Name))
            ?? new("recorded", "http://localhost", Auth.None) { Completions = new OpenAICompletions(), Embeddings = new OpenAIEmbeddings(), Moderations = new OpenAIModerations() };
        var provider = service with { Name = "recorded", Aliases = [], BaseUrl = server.Url.ToString().TrimEnd('/'), Auth = Auth.None };
        using var client = new LlmClient(new() { Providers = [provider], Retries = Calls.Once, Environment = static _ => null, Timeouts = new() { FirstByte = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(5) } });
        try
        {
            var read = endpoint switch
            {
                "completions" => await CompletionsAsync(client, cassette),
                "embeddings" => await EmbeddingsAsync(client, cassette),
                "moderations" => Moderations(await client.Moderations.CreateAsync(new() { Model = "recorded/m", Input = "x" }, null, TestContext.Current.CancellationToken)),
                _ => await ModelsAsync(client, cassette),
            };
            read["ok"] = true;
            return read;
        }
        catch (LlmException e)
        {
            return new() { ["ok"] = false, ["status"] = e is ApiException api ? (int)api.Status : null, ["code"] = (e as ApiException)?.Code };
        }
    }

    private static async Task<JsonObject> CompletionsAsync(LlmClient client, Cassette cassette)
    {
        var request = new CompletionRequest { Model = "recorded/m", Prompt = "p" };
        var isStreamed = CannedReply.From(cassette).IsStream || cassette.Reply.Body.AsSpan().StartsWith("data:"u8);
        var reply = isStreamed ? await client.Completions.StreamAsync(request, null, TestContext.Current.CancellationToken).ToCompletionAsync(TestContext.Current.CancellationToken)
            : await client.Completions.CreateAsync(request, null, TestContext.Current.CancellationToken);
        return new()
        {
            ["choices"] = new JsonArray([.. reply.Choices.Select(choice => new JsonObject { ["text"] = choice.Text, ["finish"] = choice.FinishReasonRaw ?? choice.FinishReason?.Value })]),
            ["prompt_tokens"] = reply.Usage?.PromptTokens, ["completion_tokens"] = reply.Usage?.CompletionTokens,
        };
    }

    private static async Task<JsonObject> EmbeddingsAsync(LlmClient client, Cassette cassette)
    {
        // As many texts as there are embeddings: the bodies of some requests were not recorded.
        var count = 1;
        try
        {
            count = JsonNode.Parse(cassette.Reply.Body)?["data"]?.AsArray().Count ?? 1;
        }
        catch (JsonException)
        {
            // An error that is no JSON.
        }
        var reply = await client.Embeddings.CreateAsync(new() { Model = "recorded/m", Input = Enumerable.Repeat("x", Math.Max(1, count)).ToArray() }, null, TestContext.Current.CancellationToken);
        return new()
        {
            ["vectors"] = new JsonArray([.. reply.Data.Select(one => new JsonArray([.. one.Vector.ToArray().Select(number => (JsonNode)number)]))]),
            ["indexes"] = new JsonArray([.. reply.Data.Select(one => (JsonNode)one.Index)]), ["model"] = reply.Model, ["tokens"] = reply.Usage?.PromptTokens,
        };
    }

    private static JsonObject Moderations(ModerationResponse reply) => new()
    {
        ["model"] = reply.Model,
        ["results"] = new JsonArray([.. reply.Results.Select(result => new JsonObject
        {
            ["categories"] = new JsonObject(result.Categories.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
            ["scores"] = new JsonObject(result.CategoryScores.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        })]),
        ["flagged"] = new JsonArray([.. reply.Results.Select(result => (JsonNode)result.Flagged)]),
    };

    private static async Task<JsonObject> ModelsAsync(LlmClient client, Cassette cassette)
    {
        var isOne = !cassette.Request.Url.Split('?')[0].EndsWith("/models", StringComparison.Ordinal);
        var models = isOne ? [await client.Models.RetrieveAsync("recorded/m", null, TestContext.Current.CancellationToken)] : await client.Models.ListAsync("recorded", null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        return new()
        {
            ["ids"] = new JsonArray([.. models.Select(model => (JsonNode)model.Id)]), ["created"] = new JsonArray([.. models.Select(model => (JsonNode?)model.Created)]), ["owners"] = new JsonArray([.. models.Select(model => (JsonNode?)model.OwnedBy)]),
        };
    }

    /// <summary>The same, numbers as far as a float of four bytes tells them.</summary>
    private static bool Same(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(one => y.ContainsKey(one.Key) && Same(one.Value, y[one.Key])),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(pair => Same(pair.First, pair.Second)),
        (JsonValue x, JsonValue y) when x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number =>
            Math.Abs(Number(x) - Number(y)) <= Math.Max(1e-9, Math.Abs(Number(x)) * 1.2e-7),
        _ => JsonNode.DeepEquals(a, b),
    };

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static string Short(JsonNode? value) => (value?.ToJsonString() ?? "null") is var text && text.Length > 160 ? text[..160] + "..." : text;
}
