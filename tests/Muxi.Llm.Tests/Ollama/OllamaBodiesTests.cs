using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the official SDK sends for a call is what we send for the same one; the differences stand in judged-bodies.json, each with its reason.</summary>
public sealed class OllamaBodiesTests
{
    private const string Model = "ollama/qwen3:4b", Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static readonly Message _hi = Message.User("Hi");
    private static readonly Tool _weather = Tool.FromFunction("get_weather", "The weather of a city", Schema);
    private static readonly ContentPart _picture = Image.FromBytes([0x89, .. "PNG"u8, 13, 10, 26, 10, 1, 2, 3]);

    private static readonly Dictionary<string, Func<LlmClient, Task>> _calls = new()
    {
        ["chat"] = Chat(Ask(_hi)),
        ["chat with instructions"] = Chat(Ask(Message.System("Be brief."), _hi)),
        ["chat streamed"] = client => client.AskStream(Ask(_hi)).WholeAsync(),
        ["chat with options"] = Chat(Ask(_hi) with { Temperature = 0.5, TopP = 0.9, Seed = 42, Stop = ["a", "b"], MaxTokens = 7, PresencePenalty = 1, FrequencyPenalty = -0.5 }),
        ["chat with a window"] = Chat(Ask(_hi) with { Extra = """{"num_ctx":8192,"top_k":40,"keep_alive":"10m"}""" }),
        ["chat in JSON"] = Chat(Ask(_hi) with { ResponseFormat = ResponseFormat.JsonObject }),
        ["chat after a schema"] = Chat(Ask(_hi) with { ResponseFormat = ResponseFormat.JsonSchema("place", Schema) }),
        ["chat with thinking"] = Chat(Ask(_hi) with { ReasoningEffort = ReasoningEffort.High }),
        ["chat without thinking"] = Chat(Ask(_hi) with { ReasoningEffort = ReasoningEffort.None }),
        ["chat with logprobs"] = Chat(Ask(_hi) with { Logprobs = true, TopLogprobs = 3 }),
        ["chat with a picture"] = Chat(Ask(Message.User("What is it?", _picture))),
        ["chat with tools"] = Chat(Ask(_hi) with { Tools = [_weather] }),
        ["chat with a result"] = Chat(Ask(_hi, Message.Assistant("Looking.", ContentPart.FromToolCall(new() { Id = "call_1", Function = new("get_weather", """{"city":"Oslo"}""") })), Message.Tool("call_1", "3 C")) with { Tools = [_weather] }),
        ["chat after thinking"] = Chat(Ask(_hi, Message.Assistant(ContentPart.FromReasoning("A greeting."), "Hello!"), Message.User("Bye"))),
        ["generate"] = Generate(new() { Model = Model, Prompt = "Once" }),
        ["generate streamed"] = client => client.Completions.StreamAsync(new() { Model = Model, Prompt = "Once" }, null, Token).ToCompletionAsync(Token),
        ["generate between"] = Generate(new() { Model = Model, Prompt = "def f(", Suffix = "return x", MaxTokens = 20, Temperature = 0 }),
        ["generate raw"] = Generate(new() { Model = Model, Prompt = "Once", Seed = 1, Stop = ["."], Extra = """{"raw":true,"keep_alive":0}""" }),
        ["generate with context"] = Generate(new() { Model = Model, Prompt = "Once", Extra = """{"system":"Tell tales.","template":"{{ .Prompt }}","context":[1,2,3]}""" }),
        ["embed"] = client => client.Embeddings.CreateAsync(new() { Model = Model, Input = "one" }, null, Token),
        ["embed several"] = client => client.Embeddings.CreateAsync(new() { Model = Model, Input = ["one", "two"], Dimensions = 256, Extra = """{"truncate":false}""" }, null, Token),
        ["list"] = async client => await client.Models.ListAsync("ollama", null, Token).CountAsync(Token),
        ["show"] = client => client.Models.RetrieveAsync(Model, null, Token),
        ["ps"] = client => client.Models.ListRunningAsync("ollama", null, Token),
        ["version"] = client => client.Models.VersionAsync("ollama", null, Token),
        ["delete"] = client => client.Models.DeleteAsync(Model, null, Token),
        ["pull"] = async client => await client.Models.PullAsync(Model, null, Token).CountAsync(Token),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ours_are_those_of_the_official_SDK()
    {
        NpmPackages.Require("ollama");
        await using var theirs = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        var names = (await NodeOracle.ReadAsync("ollama-calls.mjs", NpmPackages.Modules, theirs.Url.ToString().TrimEnd('/'))).Select(one => one["name"].Str()!).ToList();
        var judged = Judgements.Load("Ollama/judged-bodies.json");
        var (differences, needed) = (new List<string>(), new HashSet<string>());

        foreach (var (name, wanted) in names.Zip(theirs.Requests))
        {
            await using var ours = await ReplayServer.StartAsync(1, OllamaServer.Answer);
            using var client = Calls.ClientFor(ours.Url, "ollama");
            await _calls[name](client);
            var sent = ours.Requests.Single();
            Assert.Equal((wanted.Method, wanted.Target), (sent.Method, sent.Target));
            foreach (var difference in JsonComparison.Differences(Body(wanted), Body(sent), ""))
            {
                var field = difference[..difference.IndexOf(':', StringComparison.Ordinal)];
                if (judged.Covers(name, field)) needed.Add($"{name} {field}");
                else differences.Add($"{name}{difference}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(_calls.Keys.Order(), names.Order());
        Assert.Equal(judged.All.SelectMany(one => one.Value.Select(field => $"{one.Key} {field}")).Order(), needed.Order());
    }

    private static JsonNode? Body(SeenRequest request) => request.Body.Length == 0 ? null : JsonComparison.ParseStrictly(request.Body);

    private static ChatCompletionRequest Ask(params Message[] messages) => new() { Model = Model, Messages = messages };

    private static Func<LlmClient, Task> Chat(ChatCompletionRequest request) => client => client.AskAsync(request);

    private static Func<LlmClient, Task> Generate(CompletionRequest request) => client => client.Completions.CreateAsync(request, null, Token);
}
