using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Who is asked when a target has failed for good, and with which settings.</summary>
public sealed class FallbackTests : IAsyncLifetime
{
    private static readonly CannedReply _good = CannedReply.Json(Calls.Reply("from the second"));
    private static readonly CannedReply _goodStream = CannedReply.Sse(Calls.Events("from the ", "second"));
    private ReplayServer _second = null!;

    public async ValueTask InitializeAsync() =>
        _second = await ReplayServer.StartAsync(3, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? _goodStream : _good);

    public ValueTask DisposeAsync() => _second.DisposeAsync();

    /// <summary>Failures that go on to the next target: of the service, of the way there, of the key.</summary>
    private static readonly Dictionary<string, (Fault Fault, string Kind)> _goOn = new()
    {
        ["401"] = (Error(401), "Authentication"),
        ["402"] = (Error(402), "Quota"),
        ["403"] = (Error(403), "Permission"),
        ["404"] = (Error(404), "NotFound"),
        ["429"] = (Error(429), "RateLimit"),
        ["429 with a long wait"] = (Error(429).With("retry-after", "3600"), "RateLimit"),
        ["a spent quota"] = (CannedReply.Json("""{"error":{"message":"No credit","code":"insufficient_quota"}}""", 429), "Quota"),
        ["500"] = (Error(500), "Server"),
        ["502 in HTML"] = (CannedReply.Html(502, "<html>Bad gateway</html>"), "Server"),
        ["503"] = (Error(503), "Overloaded"),
        ["529"] = (Error(529), "Overloaded"),
        ["200 in HTML"] = (CannedReply.Html(200, "<html>Welcome</html>"), "Server"),
        ["an empty body"] = (CannedReply.Json(""), "Server"),
        ["a reset"] = (Fault.ResetUnanswered, "Connection"),
    };

    public static TheoryData<string> GoOn => [.. _goOn.Keys];

    [Theory, MemberData(nameof(GoOn))]
    public async Task A_target_that_failed_for_good_is_followed_by_the_next(string name)
    {
        var (fault, kind) = _goOn[name];
        await using var first = FaultServer.Start(fault);
        using var client = Client(first.Url);

        var reply = await client.AskAsync(options: new() { Fallbacks = ["groq/llama"] });
        var (chunks, error) = await client.AskStream(options: new() { Fallbacks = ["groq/llama"] }).ReadAsync();

        Assert.Null(error);
        Assert.Equal(("from the second", "groq"), (reply.Text, reply.Provider));
        Assert.Equal(("from the second", "groq"), (string.Concat(chunks.Select(chunk => chunk.Text)), chunks[0].Provider));
        Assert.Equal([$"openai/gpt-test {kind}", "groq/llama ok"], reply.Attempts.Select(attempt => $"{attempt.Target} {attempt.Outcome}"));
        // An empty stream is one that was cut.
        Assert.Equal([$"openai/gpt-test {(name == "an empty body" ? "StreamInterrupted" : kind)}", "groq/llama ok"], chunks[^1].Attempts.Select(attempt => $"{attempt.Target} {attempt.Outcome}"));
    }

    [Theory]
    [InlineData(400, null, typeof(BadRequestException))]
    [InlineData(400, "context_length_exceeded", typeof(ContextLengthExceededException))]
    [InlineData(400, "content_filter", typeof(ContentFilterException))]
    [InlineData(413, null, typeof(RequestTooLargeException))]
    [InlineData(422, null, typeof(UnprocessableEntityException))]
    public async Task A_request_that_is_wrong_in_itself_is_not_sent_elsewhere(int status, string? code, Type exception)
    {
        await using var first = FaultServer.Start(CannedReply.Json($$$"""{"error":{"message":"No","code":{{{JsonValue.Create(code)?.ToJsonString() ?? "null"}}}}}""", status));
        using var client = Client(first.Url);

        var error = await Record.ExceptionAsync(() => client.AskAsync(options: new() { Fallbacks = ["groq/llama"] }));

        Assert.Equal(exception, error?.GetType());
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task A_fallback_may_be_for_certain_failures_alone()
    {
        await using var first = FaultServer.Start(
            CannedReply.Json("""{"error":{"message":"Too long","code":"context_length_exceeded"}}""", 400), Error(500),
            CannedReply.Json("""{"error":{"message":"Too long","code":"context_length_exceeded"}}""", 400));
        await using var large = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("from the large one")));
        using var client = Client(first.Url, ("xai", large.Url));
        var options = new RequestOptions { Fallbacks = [new("xai/large") { On = [ErrorKind.ContextLength] }, "groq/llama"] };

        var tooLong = await client.AskAsync(options: options);
        var broken = await client.AskAsync(options: options);
        var onlyUsual = await Record.ExceptionAsync(() => client.AskAsync(options: new() { Fallbacks = ["groq/llama"] }));

        Assert.Equal(("from the large one", "from the second"), (tooLong.Text, broken.Text));
        Assert.IsType<ContextLengthExceededException>(onlyUsual);
    }

    [Fact]
    public async Task All_targets_may_fail_and_each_is_told_of()
    {
        await using var first = FaultServer.Start(Error(503));
        await using var third = FaultServer.Start(CannedReply.Json("""{"error":{"message":"Bad value","param":"n"}}""", 400));
        using var client = Client(first.Url, ("xai", third.Url), ("groq", FaultServer.Refused()));

        var error = await Assert.ThrowsAsync<AllTargetsFailedException>(() => client.AskAsync(options: new() { MaxRetries = 1, Fallbacks = ["groq/llama", "xai/grok"] }));

        Assert.Equal([typeof(OverloadedException), typeof(ApiConnectionException), typeof(BadRequestException)], error.Failures.Select(failure => failure.GetType()));
        Assert.Equal(
            ["openai/gpt-test Overloaded", "openai/gpt-test Overloaded", "groq/llama Connection", "groq/llama Connection", "xai/grok BadRequest"],
            error.Attempts.Select(attempt => $"{attempt.Target} {attempt.Outcome}"));
        Assert.Equal((ErrorKind.BadRequest, "xai", "grok"), (error.Kind, error.Provider, error.Model));
        Assert.StartsWith("all 3 targets failed: Overloaded: openai: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Same(error.Failures[^1], error.InnerException);
    }

    [Fact]
    public async Task A_missing_key_and_a_missing_operation_go_on_too()
    {
        var mute = new Provider("mute", "http://mute.invalid/v1", Auth.None);
        using var client = new LlmClient(Options(FaultServer.Refused()) with { ApiKeys = new Dictionary<string, string> { ["groq"] = "groq-key-123456" }, BaseUrls = new Dictionary<string, Uri> { ["groq"] = _second.Url }, Providers = [mute] });

        var reply = await client.AskAsync(options: new() { Fallbacks = ["mute/m", "groq/llama"] });

        Assert.Equal("from the second", reply.Text);
        Assert.Equal("groq/llama", Assert.Single(reply.Attempts).Target);
    }

    [Fact]
    public async Task A_target_that_cannot_honour_an_option_strictly_is_followed_by_one_that_can()
    {
        using var client = Client(FaultServer.Refused(), ("deepseek", FaultServer.Refused()));

        var reply = await client.AskAsync(Calls.Ask("deepseek/m") with { Seed = 7 }, new() { Strict = true, Fallbacks = ["groq/llama"] });

        Assert.Equal(("groq", 7), (reply.Provider, (int?)Body(_second)["seed"]));
    }

    [Theory]
    [InlineData("nobody/m", "unknown provider 'nobody'")]
    [InlineData("openai/", "names no model")]
    public async Task A_fallback_that_nobody_knows_is_told_before_anything_is_sent(string name, string said)
    {
        await using var first = FaultServer.Start(_good);
        using var client = Client(first.Url);

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(options: new() { Fallbacks = [name] }));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Empty(first.Requests);
    }

    [Fact]
    public async Task A_fallback_has_settings_of_its_own()
    {
        await using var first = FaultServer.Start(Error(500));
        using var client = Client(first.Url);
        var own = new RequestOptions
        {
            ApiKey = "its-own-key-123", BaseUrl = _second.Url, Headers = new Dictionary<string, string> { ["X-Own"] = "yes" }, ExtraBody = """{"top_k":7}""", MaxRetries = 0,
        };

        await client.AskAsync(options: new() { MaxRetries = 1, ExtraBody = """{"top_k":1,"temperature":0.5}""", Fallbacks = [new("groq/llama") { Options = own }] });

        Assert.Equal(2, first.Requests.Count);
        Assert.All(first.Requests, request => Assert.Equal(("1", "0.5"), (JsonNode.Parse(request.Text)!["top_k"]!.ToJsonString(), JsonNode.Parse(request.Text)!["temperature"]!.ToJsonString())));
        var sent = Assert.Single(_second.Requests);
        Assert.Equal(("Bearer its-own-key-123", "yes"), (sent.Headers["Authorization"], sent.Headers["X-Own"]));
        Assert.Equal(("7", null), (Body(_second)["top_k"]!.ToJsonString(), Body(_second)["temperature"]));
    }

    [Fact]
    public async Task The_calls_key_address_and_body_go_to_no_other_provider()
    {
        await using var first = FaultServer.Start(Error(500));
        using var client = Client(FaultServer.Refused());
        var call = new RequestOptions
        {
            ApiKey = "key-of-the-call-123", BaseUrl = first.Url, ExtraBody = """{"top_k":1}""", MaxRetries = 0,
            Headers = new Dictionary<string, string> { ["X-Team"] = "search", ["X-Api-Key"] = "another-secret-123" }, Fallbacks = ["openai/gpt-small", "groq/llama"],
        };

        await client.AskAsync(options: call);

        Assert.Equal(["Bearer key-of-the-call-123", "Bearer key-of-the-call-123"], first.Requests.Select(request => request.Headers["Authorization"]));
        Assert.Equal(["\"gpt-test\"", "\"gpt-small\""], first.Requests.Select(request => JsonNode.Parse(request.Text)!["model"]!.ToJsonString()));
        var elsewhere = Assert.Single(_second.Requests);
        Assert.Equal($"Bearer {Calls.Key}", elsewhere.Headers["Authorization"]);
        Assert.Equal("search", elsewhere.Headers["X-Team"]);
        Assert.False(elsewhere.Headers.ContainsKey("X-Api-Key"));
        Assert.Null(Body(_second)["top_k"]);
    }

    [Fact]
    public async Task The_client_has_fallbacks_for_a_model_an_alias_and_everybody_and_the_call_may_refuse_them()
    {
        await using var first = FaultServer.Start(Error(401));
        await using var third = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("from the third")));
        using var client = new LlmClient(Options(first.Url, ("xai", third.Url)) with
        {
            Aliases = new Dictionary<string, string> { ["fast"] = "faster", ["faster"] = "openai/gpt-fast" },
            Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>> { ["openai/gpt-test"] = ["groq/llama"], ["fast"] = ["xai/grok"], ["*"] = ["xai/any"] },
        });

        Assert.Equal("from the second", (await client.AskAsync()).Text);
        Assert.Equal("from the second", (await client.AskAsync("gpt-test")).Text);
        Assert.Equal(["openai/gpt-fast Authentication", "xai/grok ok"], (await client.AskAsync("fast")).Attempts.Select(attempt => $"{attempt.Target} {attempt.Outcome}"));
        Assert.Equal("xai/any", (await client.AskAsync("openai/unlisted")).Attempts[^1].Target);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AskAsync(options: new() { Fallbacks = [] }));
    }

    [Fact]
    public void An_alias_that_comes_back_to_itself_is_told()
    {
        var error = Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Aliases = new Dictionary<string, string> { ["a"] = "b", ["b"] = "a" }, Environment = static _ => null }));

        Assert.Contains("comes back to itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fallbacks_of_a_fallback_are_refused()
    {
        using var client = Client(FaultServer.Refused());

        await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(options: new() { Fallbacks = [new("groq/llama") { Options = new() { Fallbacks = ["xai/grok"] } }] }));
    }

    [Fact]
    public async Task One_limit_holds_over_all_targets()
    {
        var clock = new ManualTime();
        await using var first = FaultServer.Start(Error(429).With("retry-after", "30"), Fault.SlowHeader(0, _good));
        using var client = new LlmClient(Options(first.Url) with { TimeProvider = clock, Retries = new() { Max = 1 }, Chance = () => 0 });

        var call = client.AskAsync(options: new() { Timeouts = new() { Total = TimeSpan.FromSeconds(75) }, Fallbacks = [new("groq/llama") { Options = new() { Timeouts = new() } }] });
        await clock.Armed(TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(30));
        await first.Stalled;
        clock.Advance(TimeSpan.FromSeconds(45));

        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => call);
        Assert.Equal(TimeoutKind.Total, error.Timeout);
        Assert.Equal(["RateLimit", "Timeout"], error.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(45)], error.Attempts.Select(attempt => attempt.Duration));
        Assert.Empty(_second.Requests);
    }

    private LlmClient Client(Uri first, params (string Provider, Uri Url)[] others) => new(Options(first, others));

    private LlmOptions Options(Uri first, params (string Provider, Uri Url)[] others)
    {
        var urls = new Dictionary<string, Uri> { ["openai"] = first, ["groq"] = _second.Url };
        foreach (var (provider, url) in others) urls[provider] = url;
        return new()
        {
            BaseUrls = urls, ApiKeys = urls.Keys.ToDictionary(name => name, _ => Calls.Key), Environment = static _ => null,
            Retries = new() { Max = 0, InitialDelay = TimeSpan.Zero },
        };
    }

    private static JsonNode Body(ReplayServer server) => JsonNode.Parse(server.Requests[^1].Text)!;

    private static CannedReply Error(int status) => CannedReply.Json("""{"error":{"message":"It broke","type":null,"param":null,"code":null}}""", status);
}
