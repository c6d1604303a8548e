using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What goes to the upstream of a client's request, and what comes back of its answer.</summary>
public sealed class ChatReplyTests
{
    [Fact]
    public async Task The_request_reaches_the_upstream_with_its_own_key_and_every_unknown_member()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask("openai/gpt-test", ""","temperature":0.5,"brand_new":{"a":[1,2.50]},"fallbacks":[],"metadata":{"k":"v"}"""), ("Authorization", "Bearer sk-of-the-client"));

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal($"Bearer {Calls.Key}", upstream.Requests.Single().Headers["Authorization"]);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"model":"gpt-test","messages":[{"role":"user","content":"Hello?"}],"temperature":0.5,"metadata":{"k":"v"},"brand_new":{"a":[1,2.50]}}"""),
            JsonNode.Parse(upstream.Requests.Single().Text)), upstream.Requests.Single().Text);
        Assert.Contains("2.50", upstream.Requests.Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reply_is_openais_and_headers_say_who_answered()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"c1","object":"chat.completion","created":7,"model":"gpt-test-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"vendors_own":1}""")
            .With("set-cookie", "a=b").With("openai-organization", "acme").With("x-request-id", "theirs").With("x-ratelimit-remaining-requests", "5"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask());
        var body = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

        Assert.Equal(("openai", "gpt-test", "1"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-model"), reply.Header("x-muxi-attempts")));
        Assert.Equal(["id", "object", "created", "model", "choices", "vendors_own"], body.Select(member => member.Key));
        Assert.Equal(
            ["content-length", "content-type", "date", "x-muxi-attempts", "x-muxi-model", "x-muxi-provider", "x-request-id"],
            reply.Headers.Concat(reply.Content.Headers).Select(header => header.Key.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gpt-test")]
    [InlineData("openai/gpt-test")]
    [InlineData("OpenAI/gpt-test")]
    [InlineData("mine")]
    public async Task A_name_without_a_slash_is_openais_unless_it_is_an_alias(string model)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { Aliases = new Dictionary<string, string> { ["mine"] = "openai/gpt-test" } });

        using var reply = await served.ChatAsync(Served.Ask(model));

        Assert.Equal((200, "gpt-test"), ((int)reply.StatusCode, (string?)JsonNode.Parse(upstream.Requests.Single().Text)!["model"]));
    }

    [Fact]
    public async Task A_models_name_of_any_letters_does_no_harm_to_the_headers()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask("openai/gpt\\r\\nset-cookie: a=b \u4f60"));

        Assert.Equal((200, "gpt%0D%0Aset-cookie%3A%20a%3Db%20%E4%BD%A0", null), ((int)reply.StatusCode, reply.Header("x-muxi-model"), reply.Header("set-cookie")));
    }

    [Fact]
    public async Task Only_the_headers_that_mean_something_to_the_format_pass()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        await using var served = await Served.BeforeAsync(upstream.Url);
        await served.ChatAsync(Served.Ask());

        await served.ChatAsync(
            Served.Ask(), ("OpenAI-Beta", "assistants=v2"), ("Idempotency-Key", "k-1"), ("OpenAI-Organization", "org"), ("OpenAI-Project", "p"), ("anthropic-beta", "b"), ("Cookie", "a=b"), ("X-Forwarded-For", "1.2.3.4"),
            ("X-Stainless-Lang", "js"), ("User-Agent", "client/1"), ("api-key", "client"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        var (plain, with) = (upstream.Requests[0].Headers, upstream.Requests[1].Headers);
        Assert.Equal(("assistants=v2", "k-1", plain["User-Agent"]), (with["OpenAI-Beta"], with["Idempotency-Key"], with["User-Agent"]));
        Assert.Equal(["Idempotency-Key", "OpenAI-Beta"], with.Keys.Except(plain.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_on_is_a_400()
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Idempotency-Key", "k\tey")).ErrorAsync();

        Assert.Equal((400, "the header 'Idempotency-Key' holds other than plain ASCII"), (told.Status, told.Message));
    }

    [Theory]
    [InlineData("""{"content":"Hi"}""", "null", "stop", null)]
    [InlineData("""{"content":"Hi"}""", "\"\"", "stop", null)]
    [InlineData("""{"content":"Hi"}""", "\"pause_turn\"", "stop", "pause_turn")]
    [InlineData("""{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}""", "\"pause_turn\"", "tool_calls", "pause_turn")]
    [InlineData("""{"content":"Hi"}""", "\"length\"", "length", null)]
    public async Task A_finish_reason_is_one_that_clients_know(string message, string word, string expected, string? raw)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"id":"c1","created":7,"model":"m","choices":[{"index":0,"message":{{message}},"finish_reason":{{word}}}]}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var choice = (await served.ChatAsync(Served.Ask()).JsonAsync()).Body["choices"]![0]!;

        Assert.Equal((expected, raw, "assistant"), ((string?)choice["finish_reason"], (string?)choice["finish_reason_raw"], (string?)choice["message"]!["role"]));
    }

    [Fact]
    public async Task Fallbacks_in_the_body_are_asked_in_order_and_not_told_to_anybody()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no"}}""", 500));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask("openai/a", ""","fallbacks":["openai/b","sandbox/echo"]"""));

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal(("sandbox", "echo", "3"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-model"), reply.Header("x-muxi-attempts")));
        Assert.Equal(["a", "b"], upstream.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["model"]));
        Assert.DoesNotContain(upstream.Requests, request => request.Text.Contains("fallbacks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fallbacks_of_the_configuration_hold_unless_the_body_names_others()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no"}}""", 500));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { Retries = new() { Max = 0 }, Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>> { ["*"] = ["sandbox/echo"] } });

        using var configured = await served.ChatAsync(Served.Ask());
        using var none = await served.ChatAsync(Served.Ask(more: ""","fallbacks":[]"""));
        using var withHeader = await served.ChatAsync(Served.Ask(), ("OpenAI-Beta", "x"));

        Assert.Equal((200, 502, 200), ((int)configured.StatusCode, (int)none.StatusCode, (int)withHeader.StatusCode));
    }

    [Theory]
    [InlineData("vllm/m@10.0.0.1:8000")]
    [InlineData("vllm/m@localhost")]
    [InlineData("llama_cpp/m@[::1]")]
    public async Task A_host_that_a_client_names_is_a_400_unless_it_is_configured(string model)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.ChatAsync(Served.Ask(model)).ErrorAsync();
        var fallback = await served.ChatAsync(Served.Ask("sandbox/chat", $",\"fallbacks\":[\"{model}\"]")).ErrorAsync();
        var listed = await served.SendAsync(HttpMethod.Get, $"/v1/models/{model}").ErrorAsync();

        Assert.Equal((400, "unknown_host", "model"), (told.Status, told.Code, told.Param));
        Assert.Equal((400, "unknown_host", "fallbacks"), (fallback.Status, fallback.Code, fallback.Param));
        Assert.Equal((400, "unknown_host"), (listed.Status, listed.Code));
    }

    [Fact]
    public async Task A_host_of_the_configuration_is_asked_without_any_key()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        var host = upstream.Url.Authority;
        var options = new LlmOptions
        {
            ApiKeys = new Dictionary<string, string> { ["vllm"] = Calls.Key }, Environment = static _ => null,
            Aliases = new Dictionary<string, string> { ["big"] = $"vllm/m@{host}" },
        };
        await using var served = await Served.StartAsync(options);

        using var alias = await served.ChatAsync(Served.Ask("big"));
        using var named = await served.ChatAsync(Served.Ask($"vllm/other@{host}"));
        var other = await served.ChatAsync(Served.Ask($"llama_cpp/m@{host}")).ErrorAsync();

        Assert.Equal((200, 200, 400), ((int)alias.StatusCode, (int)named.StatusCode, other.Status));
        Assert.DoesNotContain(upstream.Requests, request => request.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("api_base")]
    [InlineData("base_url")]
    [InlineData("api_key")]
    [InlineData("extra_headers")]
    public async Task No_member_of_the_body_sends_a_call_elsewhere(string member)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        await using var elsewhere = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Caught")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask(more: $",\"{member}\":\"{elsewhere.Url}\""));

        Assert.Empty(elsewhere.Requests);
        Assert.Equal($"Bearer {Calls.Key}", upstream.Requests.Single().Headers["Authorization"]);
    }
}
