namespace Muxi.Llm.Tests;

/// <summary>What an upstream's failure becomes.</summary>
public sealed class UpstreamErrorTests
{
    [Theory]
    [InlineData(400, 400)]
    [InlineData(401, 401)]
    [InlineData(402, 402)]
    [InlineData(403, 403)]
    [InlineData(404, 404)]
    [InlineData(408, 408)]
    [InlineData(409, 409)]
    [InlineData(413, 413)]
    [InlineData(418, 418)]
    [InlineData(422, 422)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    [InlineData(501, 502)]
    [InlineData(502, 502)]
    [InlineData(503, 503)]
    [InlineData(504, 504)]
    [InlineData(524, 504)]
    [InlineData(529, 503)]
    [InlineData(302, 502)]
    public async Task A_status_keeps_its_meaning(int theirs, int ours)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"so it is","type":"their_type","param":"their_param","code":"their_code"}}""", theirs));
        await using var served = await Served.BeforeAsync(upstream.Url);

        foreach (var body in (string[])[Served.Ask(), Served.AskStream()])
            Assert.Equal(new Told(ours, "openai: so it is", "their_type", "their_param", "their_code"), await served.ChatAsync(body).ErrorAsync());
    }

    [Theory]
    [InlineData(429, "rate_limit_exceeded")]
    [InlineData(401, "invalid_api_key")]
    [InlineData(503, "overloaded")]
    [InlineData(400, null)]
    public async Task A_status_in_place_of_a_code_is_none(int status, string? code)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json($$$"""{"error":{"message":"so it is","code":{{{status}}}}}""", status));
        await using var served = await Served.BeforeAsync(upstream.Url);

        Assert.Equal(code, (await served.ChatAsync(Served.Ask()).ErrorAsync()).Code);
    }

    public static TheoryData<string, int, string> Unreadable => new()
    {
        { "HTML, 200", 502, "upstream_error" },
        { "HTML, 500", 502, "upstream_error" },
        { "empty", 502, "upstream_error" },
        { "broken JSON", 502, "upstream_error" },
        { "no choices", 502, "upstream_error" },
        { "refused", 502, "upstream_unreachable" },
        { "reset", 502, "upstream_unreachable" },
        { "cut", 502, "upstream_unreachable" },
        { "silent", 504, "upstream_timeout" },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public async Task What_is_no_answer_is_a_502_or_a_504(string what, int status, string code)
    {
        await using var upstream = FaultServer.Start(what switch
        {
            "HTML, 200" => CannedReply.Html(200, "<html>log in</html>"),
            "HTML, 500" => CannedReply.Html(500, "<html>log in</html>"),
            "empty" => CannedReply.Json(""),
            "broken JSON" => CannedReply.Json("""{"id":"1","choices":[{"""),
            "no choices" => CannedReply.Json("{}"),
            "reset" => Fault.ResetUnanswered,
            "cut" => Fault.ShortBody(5, CannedReply.Json(Calls.Reply("Hi"))),
            _ => Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("Hi"))),
        });
        var options = Calls.OptionsFor(what == "refused" ? FaultServer.Refused() : upstream.Url) with { Retries = new() { Max = 0 }, Timeouts = new() { FirstByte = TimeSpan.FromMilliseconds(300) } };
        await using var served = await Served.StartAsync(options);

        var told = await served.ChatAsync(Served.Ask()).ErrorAsync();

        Assert.Equal((status, "server_error", code), (told.Status, told.Type, told.Code));
        Assert.DoesNotContain("<", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_a_good_reply_has_the_status_that_it_stands_for()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        Assert.Equal((429, "rate_limit_exceeded"), await served.ChatAsync(Served.Ask()).ErrorAsync() is var told ? (told.Status, told.Code) : default);
    }

    [Theory]
    [InlineData("retry-after", "7", "7")]
    [InlineData("retry-after-ms", "1500", "2")]
    public async Task When_to_try_again_and_whether_is_passed_on(string header, string value, string expected)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429).With(header, value).With("x-should-retry", "false"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask());

        Assert.Equal((429, expected, "false", "openai", "1"), ((int)reply.StatusCode, reply.Header("Retry-After"), reply.Header("x-should-retry"), reply.Header("x-muxi-provider"), reply.Header("x-muxi-attempts")));
    }

    [Theory]
    [InlineData("opnai/gpt-4o", 404, "model_not_found", "unknown provider 'opnai' in 'opnai/gpt-4o'; did you mean openai?")]
    [InlineData("openai/", 404, "model_not_found", "'openai/' names no model: write openai/MODEL")]
    [InlineData("groq/some-model", 401, "missing_api_key", "groq needs a key: set GROQ_API_KEY, or use a sandbox/ model, which needs none")]
    [InlineData("gpt-4o", 401, "missing_api_key", "openai needs a key: set OPENAI_API_KEY, or use a sandbox/ model, which needs none")]
    [InlineData("xai/grok", 500, "server_configuration", "the key for xai holds blanks, control characters or other than plain ASCII: look at XAI_API_KEY")]
    public async Task A_model_that_cannot_be_asked_is_named(string model, int status, string code, string message)
    {
        await using var served = await Served.StartAsync(new() { Environment = static name => name == "XAI_API_KEY" ? "two words" : null });

        foreach (var body in (string[])[Served.Ask(model), Served.AskStream(model)])
        {
            var told = await served.ChatAsync(body).ErrorAsync();
            Assert.Equal((status, code, message), (told.Status, told.Code, told.Message));
        }
    }

    [Fact]
    public async Task Only_the_servers_own_key_is_asked_for()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.ChatAsync(Served.Ask("sandbox/auth"));

        Assert.Equal((401, null, "sandbox"), ((int)reply.StatusCode, reply.Header("WWW-Authenticate"), reply.Header("x-muxi-provider")));
    }

    [Fact]
    public async Task A_models_name_of_any_length_is_not_passed_around()
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal((400, "model"), await served.ChatAsync(Served.Ask("sandbox/" + new string('m', 1000))).ErrorAsync() is var told ? (told.Status, told.Param) : default);
    }

    [Fact]
    public async Task Of_several_targets_the_last_ones_status_is_told_and_all_are_named()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"down"}}""", 500), CannedReply.Json("""{"error":{"message":"slow"}}""", 429).With("retry-after", "9"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.Ask("openai/a", ""","fallbacks":["openai/b"]"""));
        var told = await Task.FromResult(reply).ErrorAsync();

        Assert.Equal((429, "9", "2"), (told.Status, reply.Header("Retry-After"), reply.Header("x-muxi-attempts")));
        Assert.Contains("down", told.Message, StringComparison.Ordinal);
        Assert.Contains("slow", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_without_chat_is_a_400()
    {
        await using var served = await Served.StartAsync(new() { Environment = static _ => null, Providers = [new("mute", "http://127.0.0.1:1/v1", Auth.None)] });

        Assert.Equal((400, "unsupported_feature"), await served.ChatAsync(Served.Ask("mute/m")).ErrorAsync() is var told ? (told.Status, told.Code) : default);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_a_500_without_details_and_the_operator_is_told()
    {
        await using var served = await Served.StartAsync(new() { Environment = static name => name == "OPENAI_API_KEY" ? throw new InvalidTimeZoneException("secret detail") : null });

        var told = await served.ChatAsync(Served.Ask()).ErrorAsync();

        Assert.Equal(new Told(500, "the server has failed; its operator can look the request id up", "server_error", null, null), told);
        Assert.Contains(served.Lines, line => line.EndsWith("unexpected InvalidTimeZoneException at /v1/chat/completions", StringComparison.Ordinal));
        Assert.DoesNotContain(served.Lines, line => line.Contains("secret detail", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rate-limit", 429, "rate_limit_exceeded")]
    [InlineData("quota", 429, "insufficient_quota")]
    [InlineData("auth", 401, "invalid_api_key")]
    [InlineData("overloaded", 503, "overloaded")]
    [InlineData("context-length", 400, "context_length_exceeded")]
    [InlineData("content-filter", 400, "content_policy_violation")]
    [InlineData("html-error", 502, "upstream_error")]
    [InlineData("bad-json", 502, "upstream_error")]
    [InlineData("stream-error", 502, "internal_error")]
    public async Task The_simulators_faults_can_be_seen_through_the_server(string model, int status, string code)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.ChatAsync(Served.Ask($"sandbox/{model}")).ErrorAsync();

        Assert.Equal((status, code), (told.Status, told.Code));
    }
}
