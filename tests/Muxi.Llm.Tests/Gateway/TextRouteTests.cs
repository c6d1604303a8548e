using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The server's routes for completions, embeddings and moderations.</summary>
public sealed class TextRouteTests
{
    private const string Completion = """{"id":"1","object":"text_completion","created":7,"model":"m","choices":[{"text":"a","index":0,"logprobs":null,"finish_reason":"eos","vendor":1}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"x":[2]}""";

    private static readonly (string Path, string Body, string Schema)[] _good =
    [
        ("/v1/completions", """{"model":"sandbox/chat","prompt":"a","n":2,"echo":true,"max_tokens":5}""", "CreateCompletionResponse"),
        ("/v1/completions", """{"model":"sandbox/chat","prompt":[[1,2],[3]],"logprobs":null,"suffix":"z"}""", "CreateCompletionResponse"),
        ("/v1/completions", """{"model":"sandbox/content-filter-output","prompt":null,"logprobs":3}""", "CreateCompletionResponse"),
        ("/v1/embeddings", """{"model":"sandbox/embed","input":["a","b"],"dimensions":3}""", "CreateEmbeddingResponse"),
        ("/openai/v1/embeddings", """{"model":"sandbox/embed","input":[1,2]}""", "CreateEmbeddingResponse"),
        ("/v1/moderations", """{"model":"sandbox/moderate","input":["a","hate"]}""", "CreateModerationResponse"),
        ("/v1/moderations", """{"model":"sandbox/moderate","input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}""", "CreateModerationResponse"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_reply_is_valid_and_so_is_every_chunk()
    {
        await using var served = await Served.SandboxAsync();
        var bodies = new List<(string, string)>();
        foreach (var (path, body, schema) in _good)
        {
            using var reply = await served.SendAsync(HttpMethod.Post, path, body);
            bodies.Add((schema, await reply.Content.ReadAsStringAsync(Token)));
            Assert.True(reply.IsSuccessStatusCode, bodies[^1].Item2);
            Assert.Equal(("sandbox", "1"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-attempts")));
            if (schema != "CreateCompletionResponse") continue;
            using var stream = await served.SendAsync(HttpMethod.Post, path, body[..^1] + ""","stream":true,"stream_options":{"include_usage":true}}""");
            var (events, error) = await stream.EventsAsync();
            Assert.Null(error);
            Assert.Equal("[DONE]", events[^1]);
            // The published schema has no chunks of completions of their own: a finish reason is null while there is none.
            bodies.AddRange(events[..^1].Select(data => (schema, data.Replace("\"finish_reason\":null", "\"finish_reason\":\"stop\"", StringComparison.Ordinal))));
            Assert.Equal(JsonNode.Parse(bodies.First(one => one.Item1 == schema && one.Item2.Contains("\"id\"", StringComparison.Ordinal)).Item2)!["object"]!.ToString(), JsonNode.Parse(events[0])!["object"]!.ToString());
        }

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    [Theory]
    [InlineData("/v1/completions", """{"model":"sandbox/chat"}""", 400, null)]
    [InlineData("/v1/completions", """{"model":"sandbox/chat","prompt":[1,"a"]}""", 400, "prompt[1]")]
    [InlineData("/v1/completions", """{"model":"sandbox/chat","prompt":"a","n":0}""", 400, "n")]
    [InlineData("/v1/completions", """{"model":"sandbox/chat","prompt":"a","temperature":9}""", 400, "temperature")]
    [InlineData("/v1/completions", """{"model":"vllm/m@elsewhere","prompt":"a"}""", 400, "model")]
    [InlineData("/v1/completions", """{"model":"sandbox/chat","prompt":"a","stream":true,"best_of":2}""", 400, "best_of")]
    [InlineData("/v1/embeddings", """{"model":"sandbox/embed","input":[]}""", 400, "input")]
    [InlineData("/v1/embeddings", """{"model":"sandbox/embed","input":""}""", 400, "input")]
    [InlineData("/v1/embeddings", """{"model":"sandbox/embed","input":"a","encoding_format":"int8"}""", 400, "encoding_format")]
    [InlineData("/v1/embeddings", """{"model":"sandbox/embed","input":"a","dimensions":0}""", 400, "dimensions")]
    [InlineData("/v1/embeddings", """{"model":"nobody/m","input":"a"}""", 404, "model")]
    [InlineData("/v1/embeddings", """{"model":"sandbox/embed","input":"a","fallbacks":"x"}""", 400, "fallbacks")]
    [InlineData("/v1/moderations", """{"model":"sandbox/moderate"}""", 400, null)]
    [InlineData("/v1/moderations", """{"model":"sandbox/moderate","input":[{"type":"sound"}]}""", 400, "input[0].type")]
    [InlineData("/v1/moderations", """{"input":"a"}""", 401, null)]
    public async Task A_wrong_request_is_refused_in_OpenAIs_shape(string path, string body, int status, string? param)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(HttpMethod.Post, path, body).ErrorAsync();

        Assert.Equal(status, told.Status);
        if (param is not null) Assert.Equal(param, told.Param);
    }

    [Fact]
    public async Task Unknown_members_reach_the_upstream_and_come_back_and_ours_stay_here()
    {
        await using var upstream = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target switch
        {
            "/completions" => Completion,
            "/embeddings" => """{"object":"list","data":[{"index":0,"embedding":"AAAAPw==","vendor":1}],"model":"m","x":[2]}""",
            _ => """{"id":"1","model":"m","results":[{"flagged":false,"categories":{"new":false},"category_scores":{"new":0.5},"vendor":1}],"x":[2]}""",
        }));
        await using var served = await Served.BeforeAsync(upstream.Url);

        foreach (var (path, body) in ((string, string)[])[("completions", "\"prompt\":\"a\""), ("embeddings", "\"input\":\"a\""), ("moderations", "\"input\":\"a\"")])
        {
            var (status, reply) = await served.SendAsync(HttpMethod.Post, $"/v1/{path}", $$"""{"model":"openai/m",{{body}},"top_k":7,"fallbacks":["openai/other"]}""").JsonAsync();

            Assert.Equal((200, "[2]"), (status, reply["x"]!.ToJsonString()));
            Assert.Contains("\"vendor\":1", reply.ToJsonString(), StringComparison.Ordinal);
            var sent = JsonNode.Parse(upstream.Requests[^1].Text)!;
            Assert.Equal((7, "m", null), ((int)sent["top_k"]!, (string?)sent["model"], sent["fallbacks"]));
        }
        Assert.Equal("base64", (string?)JsonNode.Parse(upstream.Requests[1].Text)!["encoding_format"]);
    }

    [Fact]
    public async Task An_embedding_comes_as_the_client_asks_for_it()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"index":0,"embedding":[0.5]}],"model":"m"}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        foreach (var (asked, expected) in ((string, string)[])[("", "[0.5]"), (",\"encoding_format\":\"float\"", "[0.5]"), (",\"encoding_format\":\"base64\"", "\"AAAAPw==\"")])
        {
            var (_, reply) = await served.SendAsync(HttpMethod.Post, "/v1/embeddings", $$"""{"model":"openai/m","input":"a"{{asked}}}""").JsonAsync();
            Assert.Equal(expected, reply["data"]![0]!["embedding"]!.ToJsonString());
            Assert.Equal("""{"prompt_tokens":0,"total_tokens":0}""", reply["usage"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task A_vendors_finish_reason_is_one_that_clients_know_and_a_fallback_answers()
    {
        await using var upstream = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"bad\"", StringComparison.Ordinal) ? CannedReply.Json("{}", 503) : CannedReply.Json(Completion.Replace("eos", "tired", StringComparison.Ordinal)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/completions", """{"model":"openai/bad","prompt":"a","fallbacks":["openai/good"]}""");

        var choice = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!["choices"]![0]!;
        Assert.Equal(("stop", "tired", "2"), ((string?)choice["finish_reason"], (string?)choice["finish_reason_raw"], reply.Header("x-muxi-attempts")));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_told_and_never_done()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/completions", """{"model":"sandbox/stream-error","prompt":"a","max_tokens":50,"stream":true}""");
        var (events, _) = await reply.EventsAsync();

        Assert.Contains("\"error\"", events[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", events);
    }
}
