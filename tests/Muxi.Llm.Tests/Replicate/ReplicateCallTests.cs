using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The course of a prediction: made, looked at, read as it comes, left and failed, after replicate.com/docs/reference (2026-11).</summary>
public sealed class ReplicateCallTests
{
    private const string Id = "rrr4z55ocneqzikepnug6xezpe";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prediction_is_looked_at_until_it_is_over()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("starting", 201), Prediction("processing"), Prediction("succeeded"));
        using var client = Client(server);

        var reply = await client.AskAsync("replicate/acme/chat");

        Assert.Equal(("Hello!", Id, 15L, "stop"), (reply.Text, reply.Id, reply.Usage!.TotalTokens, reply.Choices[0].FinishReason?.Value));
        Assert.Equal(["POST /models/acme/chat/predictions", $"GET /v1/predictions/{Id}", $"GET /v1/predictions/{Id}"], server.Requests.Select(Line));
        Assert.All(server.Requests, request => Assert.Equal($"Bearer {Calls.Key}", request.Headers["authorization"]));
        Assert.Equal(("wait", null), (server.Requests[0].Headers["prefer"], server.Requests[1].Headers.GetValueOrDefault("prefer")));
    }

    [Fact]
    public void The_waits_between_looks_grow_up_to_a_bound()
    {
        var exchange = new ReplicateChat { PollSeconds = 1, MaxPollSeconds = 3 }.Begin(Calls.Ask("acme/chat"), new("replicate", "acme/chat", "r", DateTimeOffset.UnixEpoch));
        exchange.Next(null);

        var waits = Enumerable.Range(0, 5).Select(_ => exchange.Next(new(200, Prediction("processing").Body)).After.TotalSeconds).ToList();

        Assert.Equal([1, 1.5, 2.25, 3, 3], waits);
    }

    [Fact]
    public async Task A_look_that_fails_in_passing_is_made_again_and_no_second_prediction()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("starting", 201), CannedReply.Html(502, "<html>Bad gateway</html>"), CannedReply.Json("""{"title":"x","detail":"busy","status":503}""", 503), Prediction("succeeded"));
        using var client = Client(server, options => options with { Retries = new() { Max = 3 }, TimeProvider = new SteppedTime() });

        var reply = await client.AskAsync("replicate/acme/chat");

        Assert.Equal("Hello!", reply.Text);
        Assert.Equal(["POST", "GET", "GET", "GET"], server.Requests.Select(request => request.Method));
        Assert.Single(reply.Attempts);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_look_that_fails_for_good_makes_no_second_prediction(int status)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Method == "POST" ? Prediction("starting", 201) : CannedReply.Json("""{"detail":"gone"}""", status));
        using var client = Client(server, options => options with { Retries = new() { Max = 3 }, TimeProvider = new SteppedTime() });

        await Assert.ThrowsAnyAsync<ApiException>(() => client.AskAsync("replicate/acme/chat"));
        await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(new() { Model = "replicate/acme/flux", Prompt = "p" }, null, Cancel));

        Assert.Equal(["POST /models/acme/chat/predictions", "POST /models/acme/flux/predictions"], server.Requests.Where(request => request.Method == "POST" && !request.Target.EndsWith("/cancel", StringComparison.Ordinal)).Select(Line));
    }

    [Fact]
    public async Task What_was_not_begun_is_asked_again()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"detail":"busy"}""", 503), Prediction("succeeded", 201));
        using var client = Client(server, options => options with { Retries = new() { Max = 1 }, TimeProvider = new SteppedTime() });

        Assert.Equal("Hello!", (await client.AskAsync("replicate/acme/chat")).Text);
        Assert.Equal(["POST", "POST"], server.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prediction_that_failed_is_not_made_again_but_elsewhere(bool stream)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Target.Contains("chat/completions", StringComparison.Ordinal)
            ? stream ? CannedReply.Sse(Calls.Events("Other")) : CannedReply.Json(Calls.Reply("Other")) : Prediction("failed", 201, error: "CUDA out of memory"));
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { ["replicate"] = server.Url, ["openai"] = server.Url }, ApiKeys = new Dictionary<string, string> { ["replicate"] = Calls.Key, ["openai"] = Calls.Key },
            Environment = static _ => null, Retries = new() { Max = 3 }, TimeProvider = new SteppedTime(),
        });
        var options = new RequestOptions { Fallbacks = ["openai/m"] };

        var reply = stream ? await client.AskStream("replicate/acme/chat", options).WholeAsync() : await client.AskAsync("replicate/acme/chat", options);

        Assert.Equal("Other", reply.Text);
        Assert.Equal(["Server", "ok"], reply.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_stream_is_made_then_read_then_counted()
    {
        await using var server = await ReplayServer.StartAsync(3, Prediction("starting", 201, stream: $"https://stream.replicate.com/v1/files/{Id}?x=1"), Streamed, Prediction("processing"), Prediction("succeeded"));
        using var client = Client(server);

        var reply = await client.AskStream("replicate/acme/chat").WholeAsync();

        Assert.Equal(("Hello!", Id, 15L, "stop"), (reply.Text, reply.Id, reply.Usage!.TotalTokens, reply.Choices[0].FinishReason?.Value));
        Assert.Equal(["POST /models/acme/chat/predictions", $"GET /v1/files/{Id}?x=1", $"GET /v1/predictions/{Id}", $"GET /v1/predictions/{Id}"], server.Requests.Select(Line));
        Assert.Equal("""{"input":{"prompt":"Hello?"},"stream":true}""", server.Requests[0].Text);
        Assert.Equal(("text/event-stream", "no-store"), (server.Requests[1].Headers["accept"], server.Requests[1].Headers["cache-control"]));
        Assert.Equal("0.2", JsonNode.Parse(reply.Extra["metrics"].ToString())!["predict_time"]!.ToJsonString());
    }

    [Fact]
    public async Task A_model_that_cannot_stream_is_looked_at_and_comes_whole()
    {
        await using var server = await ReplayServer.StartAsync(3, Prediction("starting", 201), Prediction("processing"), Prediction("succeeded"));
        using var client = Client(server);

        var reply = await client.AskStream("replicate/acme/chat").WholeAsync();

        Assert.Equal(("Hello!", 15L), (reply.Text, reply.Usage!.TotalTokens));
        Assert.Equal(["POST", "GET", "GET"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_stream_that_is_cut_tells_what_came_and_makes_no_second_prediction()
    {
        await using var server = await ReplayServer.StartAsync(3, Prediction("starting", 201, stream: "https://stream.replicate.com/v1/files/a"), CannedReply.Sse("event: output\ndata: Hel\n\n"), CannedReply.Json("{}"));
        using var client = Client(server, options => options with { Retries = new() { Max = 3 }, TimeProvider = new SteppedTime() });

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.AskStream("replicate/acme/chat").WholeAsync());

        Assert.Equal("Hel", error.Received!.Text);
        Assert.Single(server.Requests, request => Line(request) == "POST /models/acme/chat/predictions");
    }

    [Theory]
    [InlineData("https://stream.replicate.com/v1/files/a", true)]
    [InlineData("https://streaming-api.svc.us.c.replicate.net/v1/streams/a", true)]
    [InlineData("http://stream.replicate.com/v1/files/a", false)]
    [InlineData("https://stream.replicate.com:8443/v1/files/a", false)]
    [InlineData("https://stream.replicate.com.example.org/v1/files/a", false)]
    [InlineData("https://user@stream.replicate.com/v1/files/a", false)]
    [InlineData("https://example.org/v1/files/a", false)]
    public async Task The_key_goes_to_hosts_that_the_facts_list_and_to_no_other(string told, bool isListed)
    {
        using var handler = new Routed(request => request.RequestUri!.Host == "api.replicate.com" ? request.Method == HttpMethod.Post ? Prediction("starting", 201, stream: told) : Prediction("succeeded") : Streamed);
        using var client = new LlmClient(new() { Handler = handler, Environment = static name => name == "REPLICATE_API_TOKEN" ? "r8_key" : null, Retries = Calls.Once });

        if (isListed) Assert.Equal("Hello!", (await client.AskStream("replicate/acme/chat").WholeAsync()).Text);
        else
            Assert.Equal("replicate: the service told an address of another origin than https://api.replicate.com, and nothing is sent there", (await Assert.ThrowsAsync<ServerException>(() => client.AskStream("replicate/acme/chat").WholeAsync())).Message);

        Assert.Equal(isListed, handler.Seen.Contains($"GET {told} Bearer r8_key"));
        Assert.DoesNotContain(handler.Seen, seen => !isListed && seen.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_leaves_a_prediction_ends_it()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        await using var server = await ReplayServer.StartAsync(1, request =>
        {
            if (request.Target.EndsWith("/cancel", StringComparison.Ordinal)) ended.SetResult();
            else if (request.Method == "GET") leaving.Cancel();
            return Prediction(request.Method == "POST" ? "starting" : "processing");
        });
        using var client = Client(server);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync("replicate/acme/chat", token: leaving.Token));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel);

        Assert.Equal($"POST /v1/predictions/{Id}/cancel", Line(server.Requests[^1]));
    }

    [Fact]
    public async Task Who_leaves_a_stream_ends_its_prediction_and_who_reads_it_to_its_end_does_not()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var events = Streamed;
        await using var server = await ReplayServer.StartAsync(1, request =>
        {
            if (request.Target.EndsWith("/cancel", StringComparison.Ordinal)) ended.SetResult();
            return request.Method == "POST" ? Prediction("starting", 201, stream: "https://stream.replicate.com/v1/files/a") : request.Target.Contains("files", StringComparison.Ordinal) ? events : Prediction("succeeded");
        });
        using var client = Client(server);

        await client.AskStream("replicate/acme/chat").WholeAsync();
        Assert.False(ended.Task.IsCompleted);
        events = CannedReply.Sse("event: output\ndata: Hel\n\n");
        await foreach (var chunk in client.AskStream("replicate/acme/chat"))
            if (chunk.HasContent) break;

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    [Fact]
    public async Task Tools_are_refused_before_anything_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("succeeded"));
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync(Calls.Ask("replicate/acme/chat") with { Tools = [Tool.FromFunction("f", "Does it.")] }));

        Assert.Equal("replicate: tools: this model calls no tools: leave them out, or name a model that does", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task What_a_model_cannot_see_is_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("succeeded"));
        using var client = Client(server);
        var picture = Image.FromUrl("https://example.org/a.png");

        Assert.Equal("replicate: there are 2 pictures: the model takes one", (await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Calls.Ask("replicate/acme/chat") with { Messages = [Message.User(picture, picture)] }))).Message);
        Assert.Equal("replicate: a part of type 'image_url' is not taken: the model takes text", (await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Calls.Ask("replicate/deepseek-ai/deepseek-r1") with { Messages = [Message.User(picture)] }))).Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_name_that_would_lead_elsewhere_is_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("succeeded"));
        using var client = Client(server);

        await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("replicate/../predictions"));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_limits_are_read_from_its_headers()
    {
        await using var server = await ReplayServer.StartAsync(1, Prediction("succeeded", 201).With("ratelimit-remaining", "599").With("ratelimit-reset", "1"));
        using var client = Client(server);

        Assert.Equal(599, (await client.AskAsync("replicate/acme/chat")).RateLimits?.Requests?.Remaining);
    }

    /// <summary>A prediction as the reference shows it.</summary>
    internal static CannedReply Prediction(string status, int code = 200, string? stream = null, string? error = null, JsonNode? output = null) => CannedReply.Json(new JsonObject
    {
        ["id"] = Id, ["model"] = "acme/chat", ["version"] = "hidden", ["input"] = new JsonObject { ["prompt"] = "Hi" }, ["logs"] = "", ["error"] = error, ["status"] = status, ["created_at"] = "2026-08-04T19:58:15.115Z",
        ["output"] = status == "succeeded" ? output ?? new JsonArray("Hel", "lo!") : null, ["metrics"] = status == "succeeded" ? new JsonObject { ["input_token_count"] = 12, ["output_token_count"] = 3, ["predict_time"] = 0.2 } : null,
        ["urls"] = new JsonObject { ["get"] = $"https://api.replicate.com/v1/predictions/{Id}", ["cancel"] = $"https://api.replicate.com/v1/predictions/{Id}/cancel", ["stream"] = stream },
    }.ToJsonString(), code);

    private static CannedReply Streamed => CannedReply.Sse("event: output\nid: 1:0\ndata: Hel\n\nevent: output\nid: 2:0\ndata: lo!\n\nevent: done\nid: 3:0\ndata: {}\n\n");

    private static LlmClient Client(ReplayServer server, Func<LlmOptions, LlmOptions>? change = null) =>
        new((change ?? (static options => options))(Calls.OptionsFor(server.Url, "replicate") with { Providers = [PredictionReplayTests.Impatient] }));

    private static string Line(SeenRequest request) => $"{request.Method} {request.Target}";

    /// <summary>Answers by address, for hosts that no test server can have.</summary>
    private sealed class Routed(Func<HttpRequestMessage, CannedReply> answer) : HttpMessageHandler
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Seen { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Enqueue($"{request.Method} {request.RequestUri!.AbsoluteUri} {request.Headers.Authorization}");
            var canned = answer(request);
            var content = new ByteArrayContent(canned.Body);
            content.Headers.TryAddWithoutValidation("Content-Type", canned.Headers["content-type"]);
            return Task.FromResult(new HttpResponseMessage((System.Net.HttpStatusCode)canned.Status) { Content = content });
        }
    }
}
