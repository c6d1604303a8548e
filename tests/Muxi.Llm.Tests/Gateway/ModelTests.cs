using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What <c>GET /v1/models</c> tells.</summary>
public sealed class ModelTests
{
    private const string List = """{"object":"list","data":[{"id":"gpt-b","object":"model","created":5,"owned_by":"system","secret":"x"},{"id":"gpt-a","object":"model"},{"no":"id"},7]}""";

    [Fact]
    public async Task Without_any_key_the_simulators_models_are_listed()
    {
        await using var served = await Served.SandboxAsync();

        var (status, body) = await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync();

        Assert.Equal((200, "list"), (status, (string?)body["object"]));
        Assert.Contains("sandbox/chat", Ids(body));
        Assert.All(body["data"]!.AsArray(), model => Assert.Equal(["id", "object", "created", "owned_by"], model!.AsObject().Select(member => member.Key)));
    }

    [Fact]
    public async Task With_a_key_the_aliases_and_the_services_own_list_are()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(List));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { Aliases = new Dictionary<string, string> { ["quick"] = "openai/gpt-a", ["best"] = "quick" } });

        var (_, body) = await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync();

        Assert.Equal(["best", "quick", "openai/gpt-b", "openai/gpt-a"], Ids(body));
        Assert.Equal("""{"id":"openai/gpt-b","object":"model","created":5,"owned_by":"system"}""", body["data"]![2]!.ToJsonString());
        Assert.Equal("""{"id":"openai/gpt-a","object":"model","created":0,"owned_by":"openai"}""", body["data"]![3]!.ToJsonString());
        Assert.Equal(("GET", "/models", $"Bearer {Calls.Key}"), upstream.Requests.Single() is var asked ? (asked.Method, asked.Target, asked.Headers["Authorization"]) : default);
    }

    [Fact]
    public async Task A_list_that_comes_in_pages_is_told_whole()
    {
        await using var upstream = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("after_id=claude-b", StringComparison.Ordinal)
            ? """{"data":[{"type":"model","id":"claude-a"}],"has_more":false,"last_id":"claude-a"}"""
            : """{"data":[{"type":"model","id":"claude-c"},{"type":"model","id":"claude-b"}],"has_more":true,"last_id":"claude-b"}"""));
        await using var served = await Served.StartAsync(new()
        {
            Environment = static _ => null,
            ApiKeys = new Dictionary<string, string> { ["anthropic"] = "key-one" },
            BaseUrls = new Dictionary<string, Uri> { ["anthropic"] = upstream.Url },
        });

        var (_, body) = await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync();

        Assert.Equal(["anthropic/claude-c", "anthropic/claude-b", "anthropic/claude-a"], Ids(body));
    }

    [Theory]
    [InlineData("openai/gpt-a", "openai/gpt-a")]
    [InlineData("gpt-a", "openai/gpt-a")]
    [InlineData("quick", "quick")]
    [InlineData("sandbox/chat", "sandbox/chat")]
    public async Task One_model_is_found_by_every_name_that_it_has(string asked, string id)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(List));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { Aliases = new Dictionary<string, string> { ["quick"] = "openai/gpt-a" } });

        var (status, body) = await served.SendAsync(HttpMethod.Get, $"/v1/models/{asked}").JsonAsync();

        Assert.Equal((200, id), (status, (string?)body["id"]));
    }

    [Theory]
    [InlineData("openai/gpt-z")]
    [InlineData("opnai/gpt-a")]
    [InlineData("groq/llama")]
    [InlineData("sandbox/unheard-of")]
    public async Task A_model_that_is_not_there_is_a_404_that_names_it(string asked)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(List));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var told = await served.SendAsync(HttpMethod.Get, $"/v1/models/{asked}").ErrorAsync();

        Assert.Equal((404, "model_not_found", "model"), (told.Status, told.Code, told.Param));
        Assert.Contains(asked, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_fails_is_left_out_and_told_where_it_is_asked_for()
    {
        await using var good = await ReplayServer.StartAsync(1, CannedReply.Json(List));
        await using var bad = await ReplayServer.StartAsync(1, CannedReply.Html(200, "<html>log in</html>"));
        await using var served = await Served.StartAsync(new()
        {
            Environment = static _ => null,
            ApiKeys = new Dictionary<string, string> { ["openai"] = "key-one", ["groq"] = "key-two", ["xai"] = "key-three" },
            BaseUrls = new Dictionary<string, Uri> { ["openai"] = good.Url, ["groq"] = bad.Url, ["xai"] = FaultServer.Refused() },
        });

        var (status, body) = await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync();
        var told = await served.SendAsync(HttpMethod.Get, "/v1/models/groq/llama").ErrorAsync();
        var refused = await served.SendAsync(HttpMethod.Get, "/v1/models/xai/grok").ErrorAsync();

        Assert.Equal(200, status);
        Assert.Equal(["openai/gpt-b", "openai/gpt-a"], Ids(body));
        Assert.Equal((502, "groq: the list of models is not JSON"), (told.Status, told.Message));
        Assert.Equal(502, refused.Status);
    }

    [Fact]
    public async Task A_list_is_kept_for_some_minutes_and_a_failure_for_less()
    {
        var clock = new ManualTime();
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(List), CannedReply.Json("{}", 500), CannedReply.Json(List));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { TimeProvider = clock });

        var first = Ids((await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).Body);
        clock.Advance(TimeSpan.FromMinutes(4));
        var kept = Ids((await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).Body);
        Assert.Single(upstream.Requests);
        clock.Advance(TimeSpan.FromMinutes(2));
        var failed = Ids((await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).Body);
        clock.Advance(TimeSpan.FromSeconds(20));
        var still = Ids((await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).Body);
        clock.Advance(TimeSpan.FromSeconds(20));
        var again = Ids((await served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).Body);

        Assert.Equal(first, kept);
        Assert.Empty(failed);
        Assert.Empty(still);
        Assert.Equal(first, again);
        Assert.Equal(3, upstream.Requests.Count);
    }

    [Fact]
    public async Task Many_who_ask_at_once_make_one_call()
    {
        await using var upstream = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(List)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var asking = Enumerable.Range(0, 20).Select(_ => served.SendAsync(HttpMethod.Get, "/v1/models").JsonAsync()).ToList();
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        upstream.Release();

        Assert.All(await Task.WhenAll(asking), answer => Assert.Equal(2, Ids(answer.Body).Count()));
        Assert.Single(upstream.Requests);
    }

    private static IEnumerable<string?> Ids(JsonNode body) => body["data"]!.AsArray().Select(model => (string?)model!["id"]);
}
