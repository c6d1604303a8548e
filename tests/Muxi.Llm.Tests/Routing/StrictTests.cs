namespace Muxi.Llm.Tests;

/// <summary>Options that a service does not take: told, or refused, never dropped in silence.</summary>
public sealed class StrictTests
{
    private static readonly ChatCompletionRequest _ask = Calls.Ask("", "Hi");

    /// <summary>A request for a service that cannot honour it whole, and the options that are told of.</summary>
    private static readonly Dictionary<string, (ChatCompletionRequest Request, string Param)> _cases = new()
    {
        ["groq logit_bias"] = (_ask with { Model = "groq/m", LogitBias = new Dictionary<string, double> { ["1"] = 1 } }, "logit_bias"),
        ["groq stop"] = (_ask with { Model = "groq/m", Stop = ["1", "2", "3", "4", "5"] }, "stop"),
        ["deepseek seed"] = (_ask with { Model = "deepseek/m", Seed = 7 }, "seed"),
        ["deepseek n"] = (_ask with { Model = "deepseek/m", N = 2 }, "n"),
        ["deepseek schema"] = (_ask with { Model = "deepseek/m", ResponseFormat = ResponseFormat.JsonSchema("s", """{"type":"object"}""") }, "response_format"),
        ["lmstudio json"] = (_ask with { Model = "lmstudio/m", ResponseFormat = ResponseFormat.JsonObject }, "response_format"),
        ["lmstudio grammar"] = (_ask with { Model = "lmstudio/m", ResponseFormat = new() { Type = "grammar" } }, "response_format"),
        ["xai strict tools"] = (_ask with { Model = "xai/m", Tools = [new() { Function = new("f") { Strict = true } }] }, "tools.function.strict"),
        ["xai stop"] = (_ask with { Model = "xai/grok-4-fast", Stop = ["x"] }, "stop"),
        ["xai names"] = (_ask with { Model = "xai/m", Messages = [Message.System("be brief") with { Name = "boss" }, Message.User("Hi")] }, "messages.name"),
        ["openai cache"] = (_ask with { Model = "openai/m", Messages = [Message.User("Hi") with { CacheControl = """{"type":"ephemeral"}""" }] }, "cache_control"),
        ["openai cached part"] = (_ask with { Model = "openai/m", Messages = [Message.User(ContentPart.FromText("Hi") with { CacheControl = """{"type":"ephemeral"}""" })] }, "cache_control"),
        ["openai cached answer"] = (_ask with { Model = "openai/m", Messages = [Message.Assistant(ContentPart.FromText("Hi") with { CacheControl = """{"type":"ephemeral"}""" })] }, "cache_control"),
        ["openai cached tool"] = (_ask with { Model = "openai/m", Tools = [Tool.FromFunction("f") with { CacheControl = """{"type":"ephemeral"}""" }] }, "cache_control"),
    };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Strictly_it_is_refused_before_anything_is_sent(string name)
    {
        var (request, param) = _cases[name];
        await using var server = FaultServer.Start(CannedReply.Json(Calls.Reply("Hi")));
        var provider = request.Model[..request.Model.IndexOf('/', StringComparison.Ordinal)];
        using var client = Calls.ClientFor(server.Url, provider);

        var whole = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync(request, new() { Strict = true }));
        var streamed = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskStream(request, new() { Strict = true }).WholeAsync());

        Assert.StartsWith($"{provider}: {param}: ", whole.Message, StringComparison.Ordinal);
        Assert.Equal(whole.Message, streamed.Message);
        Assert.Equal((provider, ErrorKind.Unsupported), (whole.Provider, whole.Kind));
        Assert.Empty(whole.Attempts);
        Assert.Equal(0, server.Connections);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Otherwise_the_reply_and_every_chunk_tell_of_it(string name)
    {
        var (request, param) = _cases[name];
        await using var server = FaultServer.Start(CannedReply.Json(Calls.Reply("Hi")), CannedReply.Sse(Calls.Events("a", "b")));
        using var client = Calls.ClientFor(server.Url, request.Model[..request.Model.IndexOf('/', StringComparison.Ordinal)]);

        var reply = await client.AskAsync(request);
        var (chunks, error) = await client.AskStream(request).ReadAsync();

        Assert.Null(error);
        Assert.Equal(param, Assert.Single(reply.Warnings).Param);
        Assert.True(chunks.Count > 2);
        Assert.All(chunks, chunk => Assert.Equal(reply.Warnings, chunk.Warnings));
        Assert.Equal(reply.Warnings, (await chunks.ToAsyncEnumerable().WholeAsync()).Warnings);
    }

    [Fact]
    public async Task Strictly_what_is_taken_is_sent()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Calls.Reply("Hi")));
        using var client = Calls.ClientFor(server.Url, "groq");

        var reply = await client.AskAsync(_ask with { Model = "groq/m", Temperature = 0.5, Tools = [new() { Function = new("f") { Strict = false } }], Extra = """{"top_k":4}""" }, new() { Strict = true });

        Assert.Equal("Hi", reply.Text);
        Assert.Empty(reply.Warnings);
    }
}
