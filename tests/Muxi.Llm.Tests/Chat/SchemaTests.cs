using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>What we write against OpenAI's own published schema, checked by a validator of other people.</summary>
public sealed class SchemaTests
{
    private static readonly RawJson _schema = """{"type":"object","properties":{"x":{"type":"number"}},"required":["x"],"additionalProperties":false}""";

    /// <summary>Every parameter of the published schema.</summary>
    internal static readonly ChatCompletionRequest Full = new()
    {
        Model = "openai/gpt-4o",
        Messages =
        [
            Message.System("s") with { Name = "sys" }, new() { Role = Role.Developer, Content = "d" }, Message.User("u") with { Name = "ann" },
            Message.User("see", Image.FromUrl("https://example.com/cat.png", "low"), Audio.FromBytes([1, 2], "wav"), Document.FromId("file-1"), Document.FromBytes("%PDF-1"u8, "a.pdf")),
            new() { Role = Role.Assistant, Content = "calling", Name = "bot", ToolCalls = [new() { Id = "c1", Function = new("f", "{\"x\":1}") }, new() { Id = "c2", Type = "custom", Function = new("sql", "SELECT 1") }] },
            Message.Tool("c1", "1"), new() { Role = Role.Tool, ToolCallId = "c2", Blocks = ["a", "b"], }, new() { Role = Role.Assistant, Refusal = "no" }, new() { Role = Role.Assistant, Audio = new() { Id = "audio_1", Data = "AAAA" } },
            new() { Role = Role.Assistant, Blocks = [ContentPart.FromToolCall(new() { Id = "", Type = "function_call", Function = new("old", "{}") })] }, new() { Role = Role.Function, Name = "old", Content = "7" },
        ],
        Tools = [new() { Function = new("f") { Description = "does it", Parameters = _schema, Strict = true } }, Tool.FromFunction("g"), new() { Type = "custom", Custom = """{"name":"sql","description":"asks","format":{"type":"text"}}""" }],
        ToolChoice = ToolChoice.Auto, ParallelToolCalls = true, ResponseFormat = ResponseFormat.JsonSchema("answer", _schema) with { Description = "why" }, MaxCompletionTokens = 100, Temperature = 1.5, TopP = 0.5, N = 2, Stop = ["a", "b"],
        FrequencyPenalty = -2, PresencePenalty = 2, LogitBias = new Dictionary<string, double> { ["50256"] = -100 }, Logprobs = true, TopLogprobs = 5, Seed = 42, ReasoningEffort = ReasoningEffort.Low, Verbosity = Verbosity.High, Modalities = ["text", "audio"],
        Audio = """{"voice":"alloy","format":"wav"}""", Prediction = """{"type":"content","content":"guess"}""", WebSearchOptions = """{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"city":"Oslo"}}}""",
        StreamOptions = new() { IncludeUsage = true, IncludeObfuscation = false }, Store = true, Metadata = new Dictionary<string, string> { ["k"] = "v" }, ServiceTier = ServiceTier.Flex, Moderation = """{"model":"omni-moderation-latest"}""",
        SafetyIdentifier = "safe-1", PromptCacheKey = "key-1", PromptCacheRetention = "24h", PromptCacheOptions = """{"ttl":"30m","mode":"explicit"}""", User = "ann", Functions = """[{"name":"old","parameters":{}}]""", FunctionCall = "\"auto\"",
    };

    [Fact]
    public void Every_parameter_of_the_schema_is_set_in_the_full_request()
    {
        using var spec = JsonDocument.Parse(File.ReadAllText(OpenAISchemas.File()));
        var schemas = spec.RootElement.GetProperty("components").GetProperty("schemas");
        var names = new HashSet<string>();
        Collect(schemas.GetProperty("CreateChatCompletionRequest"));

        var sent = JsonDocument.Parse(Body(Full, stream: true)).RootElement.EnumerateObject().Select(member => member.Name).ToHashSet();

        Assert.Contains("messages", names);
        // One limit goes out, under the newer name.
        Assert.Equal([], names.Except(sent).Where(name => name != "max_tokens"));
        Assert.Equal([], sent.Except(names));

        void Collect(JsonElement schema)
        {
            if (schema.TryGetProperty("$ref", out var reference)) Collect(schemas.GetProperty(reference.GetString()!.Split('/')[^1]));
            if (schema.TryGetProperty("allOf", out var all)) foreach (var one in all.EnumerateArray()) Collect(one);
            if (schema.TryGetProperty("properties", out var properties)) names.UnionWith(properties.EnumerateObject().Select(property => property.Name));
        }
    }

    [Fact]
    public async Task What_is_rendered_for_openai_is_a_request_by_its_schema()
    {
        ChatCompletionRequest[] requests =
        [
            Full, Calls.Ask("gpt-4o"), Full with { MaxCompletionTokens = null, MaxTokens = 5 }, Full with { Stop = ["one"] }, Full with { ToolChoice = ToolChoice.Function("f") }, Full with { ToolChoice = ToolChoice.Custom("sql") }, Full with { ToolChoice = ToolChoice.Required },
            Full with { ToolChoice = ToolChoice.FromRaw("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}""") }, Full with { ResponseFormat = ResponseFormat.Text }, Full with { ResponseFormat = ResponseFormat.JsonObject },
            Full with { FunctionCall = """{"name":"old"}""" }, Full with { StreamOptions = null }, ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(Full.ToJson())),
        ];

        await OpenAISchemas.ExpectValidAsync([.. requests.SelectMany(request => (string[])[Body(request, false), Body(request, true)]).Select(body => ("CreateChatCompletionRequest", body))]);
    }

    [Fact]
    public async Task Replies_and_chunks_are_written_by_the_schema()
    {
        var call = Calls.Event("""{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}}""") + Calls.Event("""{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}""");
        var old = Calls.Event("""{"index":0,"delta":{"function_call":{"name":"f","arguments":""}}}""") + Calls.Event("""{"index":0,"delta":{"function_call":{"arguments":"{}"}}}""");
        var likely = Calls.Event("""{"index":0,"delta":{"content":"H"},"logprobs":{"content":[{"token":"H","logprob":-0.1,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.1,"bytes":null}]}],"refusal":null}}""");
        var refusal = Calls.Event("""{"index":0,"delta":{"refusal":"no"}}""");
        var bodies = new List<(string, string)>();
        foreach (var events in (string[])[Calls.Events("a", "b"), Calls.Opening + call + Calls.Usage + Calls.Done, Calls.Opening + old + Calls.Done, Calls.Opening + likely + Calls.Finish + Calls.Done, Calls.Opening + refusal + Calls.Finish, Calls.Opening + Calls.Piece("no reason") + Calls.Done])
        {
            await using var server = await ReplayServer.StartAsync(0, CannedReply.Sse(events));
            using var client = Calls.ClientFor(server.Url);
            var (chunks, error) = await client.AskStream().ReadAsync();
            Assert.Null(error);
            bodies.AddRange(chunks.Select(chunk => ("CreateChatCompletionStreamResponse", chunk.ToJson())));
            bodies.Add(("CreateChatCompletionResponse", (await chunks.ToAsyncEnumerable().WholeAsync()).ToJson()));
        }
        var rich = new ChatCompletion
        {
            Id = "1", Created = 5, Model = "m", ServiceTier = ServiceTier.Default, SystemFingerprint = "fp",
            Choices =
            [
                new() { Message = new() { Role = Role.Assistant, Content = "c", Annotations = [new() { Url = "https://a.example/x", Title = "t", StartIndex = 0, EndIndex = 1 }], Audio = new() { Id = "a", Data = "AA==", Transcript = "t", ExpiresAt = 9 } }, FinishReason = FinishReason.Stop },
                new() { Index = 1, Message = new() { Role = Role.Assistant, ToolCalls = [new() { Id = "c", Function = new("f", "{}") }, new() { Id = "d", Type = "custom", Function = new("g", "x") }] }, FinishReason = FinishReason.ToolCalls },
            ],
            Usage = new() { PromptTokens = 1, CompletionTokens = 2, TotalTokens = 3, PromptTokensDetails = new() { CachedTokens = 1, AudioTokens = 0 }, CompletionTokensDetails = new() { ReasoningTokens = 1, AudioTokens = 0, AcceptedPredictionTokens = 0, RejectedPredictionTokens = 0 } },
        };
        bodies.Add(("CreateChatCompletionResponse", rich.ToJson()));

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    [Fact]
    public async Task The_validator_finds_what_is_wrong()
    {
        var output = await OpenAISchemas.ValidateAsync([("CreateChatCompletionRequest", """{"model":"m","messages":[{"role":"user","content":"a"}],"temperature":"hot","n":0}"""), ("CreateChatCompletionResponse", """{"id":"1"}""")]);

        Assert.Contains("/temperature", output, StringComparison.Ordinal);
        Assert.Contains("/n ", output, StringComparison.Ordinal);
        Assert.Contains("choices", output, StringComparison.Ordinal);
    }

    private static string Body(ChatCompletionRequest request, bool stream) =>
        Encoding.UTF8.GetString(Providers.OpenAI.Chat!.Render(request, new("openai", "gpt-4o", "r", default), stream).Body.Span);
}
