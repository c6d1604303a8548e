using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>A member that the caller writes by hand goes before the typed one, and is in the body once.</summary>
public sealed class ExtraTests
{
    private static readonly ChatCompletionRequest _full = new()
    {
        Model = "openai/typed", Messages = [Message.User("typed")], Temperature = 1, TopP = 1, N = 1, MaxTokens = 1, Stop = ["typed"], Seed = 1, User = "typed", Tools = [Tool.FromFunction("typed")], ToolChoice = ToolChoice.Auto,
        ParallelToolCalls = true, ResponseFormat = ResponseFormat.Text, FrequencyPenalty = 1, PresencePenalty = 1, LogitBias = new Dictionary<string, double> { ["1"] = 1 }, Logprobs = true, TopLogprobs = 1, ReasoningEffort = ReasoningEffort.Low,
        Verbosity = Verbosity.Low, Modalities = ["text"], Audio = "{}", Prediction = "{}", WebSearchOptions = "{}", StreamOptions = new(), Store = true, Metadata = new Dictionary<string, string>(), ServiceTier = ServiceTier.Auto, Moderation = "{}",
        SafetyIdentifier = "typed", PromptCacheKey = "typed", PromptCacheRetention = "typed", PromptCacheOptions = "{}", Functions = "[]", FunctionCall = "\"auto\"",
    };

    /// <summary>Where the words of the request and of the wire are the same.</summary>
    private static readonly Provider[] _ofOpenAIsShape = [.. Catalog.BuiltIn.Where(provider => provider.Chat is OpenAIChat { Tools: true })];

    public static TheoryData<string> Members =>
    [
        "model", "messages", "temperature", "top_p", "n", "max_tokens", "max_completion_tokens", "stop", "seed", "user", "tools", "tool_choice", "parallel_tool_calls", "response_format", "frequency_penalty", "presence_penalty", "logit_bias",
        "logprobs", "top_logprobs", "reasoning_effort", "verbosity", "modalities", "audio", "prediction", "web_search_options", "stream_options", "store", "metadata", "service_tier", "moderation", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention", "prompt_cache_options", "functions", "function_call",
    ];

    [Theory, MemberData(nameof(Members))]
    public void A_member_of_a_request(string name)
    {
        foreach (var provider in _ofOpenAIsShape)
        {
            var body = provider.Chat!.Render(_full with { Extra = $$"""{"{{name}}":["by hand"]}""" }, new(provider.Name, "m", "r", default), stream: true).Body;
            Assert.Equal("by hand", Once(body, name)[0].GetString());
            if (name is "max_tokens" or "max_completion_tokens") Assert.False(JsonDocument.Parse(body).RootElement.TryGetProperty(name == "max_tokens" ? "max_completion_tokens" : "max_tokens", out _));
        }
        Assert.Equal("by hand", Once(Encoding.UTF8.GetBytes((_full with { Extra = $$"""{"{{name}}":["by hand"]}""" }).ToJson()), name)[0].GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_method_decides_about_streaming(bool stream)
    {
        await using var server = await ReplayServer.StartAsync(0, stream ? CannedReply.Sse(Calls.Events("Hi")) : CannedReply.Json(Calls.Reply("Hi")));
        using var client = Calls.ClientFor(server.Url);
        var request = Calls.Ask() with { Stream = !stream, Extra = $$"""{"stream":{{(stream ? "false" : "true")}},"top_k":1}""" };

        var reply = stream ? await client.AskStream(request).WholeAsync() : await client.AskAsync(request);

        Assert.Equal("Hi", reply.Text);
        var body = JsonDocument.Parse(server.Requests[0].Body).RootElement;
        Assert.Equal(stream, body.TryGetProperty("stream", out var flag) && flag.GetBoolean());
        Assert.Equal(1, body.GetProperty("top_k").GetInt32());
    }

    [Fact]
    public void A_member_of_a_message_a_part_a_tool_and_a_call()
    {
        static Extra ByHand(params string[] names) => "{" + string.Join(',', names.Select(name => $"\"{name}\":[\"by hand\"]")) + "}";
        string[] assistant = ["role", "content", "name", "refusal", "tool_calls", "audio", "reasoning_content", "reasoning", "cache_control"];
        var request = _full with
        {
            Messages =
            [
                new() { Role = Role.Assistant, Blocks = [ContentPart.FromReasoning("r"), "t", ContentPart.FromRefusal("x"), ContentPart.FromToolCall(new() { Id = "c", Function = new("f", "{}") })], Name = "n", Audio = new() { Id = "a" }, CacheControl = "{}", Extra = ByHand(assistant) },
                new() { Role = Role.Tool, ToolCallId = "c", Content = "r", Extra = ByHand("tool_call_id") },
                Message.User(ContentPart.FromText("t") with { CacheControl = "{}", Extra = ByHand("type", "text", "cache_control") }, new() { Type = ContentPartType.ImageUrl, ImageUrl = new("u", "low") { Extra = ByHand("url", "detail") } }, Audio.FromBytes([1], "wav") with { Extra = ByHand("input_audio") }),
                Message.Assistant(ContentPart.FromToolCall(new() { Id = "c", Function = new("f", "{}") { Extra = ByHand("arguments") }, Extra = ByHand("id", "type") })),
            ],
            Tools = [new() { Function = new("f") { Description = "d", Parameters = "{}", Strict = true, Extra = ByHand("name", "description", "parameters", "strict") }, CacheControl = "{}", Extra = ByHand("type", "cache_control") }],
        };

        foreach (var body in _ofOpenAIsShape.Select(provider => Encoding.UTF8.GetString(provider.Chat!.Render(request, new(provider.Name, "m", "r", default), stream: false).Body.Span)).Append(request.ToJson()))
        {
            var root = JsonDocument.Parse(body).RootElement;
            var messages = root.GetProperty("messages");
            foreach (var name in assistant) ByHandOnce(messages[0], name);
            ByHandOnce(messages[1], "tool_call_id");
            foreach (var name in (string[])["type", "text", "cache_control"]) ByHandOnce(messages[2].GetProperty("content")[0], name);
            foreach (var name in (string[])["url", "detail"]) ByHandOnce(messages[2].GetProperty("content")[1].GetProperty("image_url"), name);
            ByHandOnce(messages[2].GetProperty("content")[2], "input_audio");
            var call = messages[3].GetProperty("tool_calls")[0];
            foreach (var name in (string[])["id", "type"]) ByHandOnce(call, name);
            ByHandOnce(call.GetProperty("function"), "arguments");
            foreach (var name in (string[])["type", "cache_control"]) ByHandOnce(root.GetProperty("tools")[0], name);
            foreach (var name in (string[])["name", "description", "parameters", "strict"]) ByHandOnce(root.GetProperty("tools")[0].GetProperty("function"), name);
        }
    }

    [Fact]
    public void Members_are_read_by_name_and_replaced()
    {
        Extra extra = """{"a":1,"b\u0062":"text","c":{"d":[1]}}""";

        Assert.Equal(["a", "bb", "c"], extra.Names);
        Assert.Equal(("1", "text", null, "{\"d\":[1]}"), (extra["a"].ToString(), extra.GetString("bb"), extra.GetString("a"), extra["c"].ToString()));
        Assert.False(extra.TryGet("d", out _));
        Assert.Equal("""{"a":1,"c":{"d":[1]},"bb":2}""", extra.With("bb", "2").ToString());
        Assert.Equal("""{"a":1}""", default(Extra).With("a", "1").ToString());
        Assert.Equal("""{"c":3,"b":2,"a":4}""", new Extra().With("b", "1").With("a", "1").With("""{"c":3,"b":2,"a":4}""").ToString());
        Assert.Equal("""{"a":1,"b":2}""", new Extra().With("b", "1").With("a", "1").With("""{"b":2}""").ToString());
        Assert.Equal("""{"a":1}""", new Extra().With("a", "1").With(default(Extra)).ToString());
    }

    private static void ByHandOnce(JsonElement element, string name)
    {
        var found = Assert.Single(element.EnumerateObject(), member => member.Name == name);
        Assert.Equal("by hand", found.Value[0].GetString());
    }

    private static JsonElement Once(ReadOnlyMemory<byte> body, string name) => Assert.Single(JsonDocument.Parse(body).RootElement.EnumerateObject(), member => member.Name == name).Value;
}
