using System.Globalization;

namespace Muxi.Llm.Tests;

public sealed class RateLimitTests
{
    /// <summary>Headers as services were seen to send them, and by their pages; what is expected is read by eye: name, limit, remaining, seconds until the reset, seconds of the period.</summary>
    public static TheoryData<string, string, string> Services => new()
    {
        {
            "OpenAI, recorded", "x-ratelimit-limit-requests: 15000\nx-ratelimit-limit-tokens: 40000000\nx-ratelimit-remaining-requests: 14999\nx-ratelimit-remaining-tokens: 39999964\nx-ratelimit-reset-requests: 4ms\nx-ratelimit-reset-tokens: 1m11.339s",
            "requests: requests 15000 14999 0.004 -; tokens: tokens 40000000 39999964 71.339 -"
        },
        {
            "OpenAI's project and pictures, recorded", "x-ratelimit-limit-project-tokens: 150000000\nx-ratelimit-limit-tokens: 180000000\nx-ratelimit-remaining-project-tokens: 149995870\nx-ratelimit-remaining-tokens: 179995870\nx-ratelimit-remaining-input-images: 49999\nx-ratelimit-limit-tokens_usage_based: 250000000",
            "tokens: project-tokens 150000000 149995870 - -; all: project-tokens tokens input-images tokens_usage_based"
        },
        {
            "Azure, recorded", "x-ratelimit-limit-requests: 120\nx-ratelimit-limit-tokens: 120000\nx-ratelimit-remaining-requests: 119\nx-ratelimit-remaining-tokens: 119986\nx-ratelimit-renewalperiod-requests: 60\nx-ratelimit-renewalperiod-tokens: 60\nx-ratelimit-reset-requests: 500\nx-ratelimit-reset-tokens: 7\nx-ratelimit-abusepenalty-active: False\nx-ratelimit-key: gpt-5.2-chat",
            "requests: requests 120 119 0.5 60; tokens: tokens 120000 119986 0.007 60"
        },
        { "Azure in seconds", "x-ratelimit-limit-requests: 60\nx-ratelimit-remaining-requests: 20\nx-ratelimit-renewalperiod-requests: 60\nx-ratelimit-reset-requests: 41", "requests: requests 60 20 41 60" },
        { "Azure, which does not know", "x-ratelimit-limit-tokens: -1\nx-ratelimit-remaining-tokens: -1\nx-ratelimit-limit-requests: 9", "requests: requests 9 - - -; all: requests" },
        {
            "Anthropic, recorded", "anthropic-ratelimit-requests-limit: 4000\nanthropic-ratelimit-requests-remaining: 3999\nanthropic-ratelimit-requests-reset: 2026-08-19T14:34:11Z\nanthropic-ratelimit-input-tokens-limit: 200000\nanthropic-ratelimit-input-tokens-remaining: 186000\nanthropic-ratelimit-input-tokens-reset: 2026-08-19T14:34:04Z\nanthropic-ratelimit-output-tokens-limit: 400000\nanthropic-ratelimit-output-tokens-remaining: 400000\nanthropic-ratelimit-output-tokens-reset: 2026-08-19T14:33:59Z\nanthropic-ratelimit-tokens-remaining: 586000",
            "requests: requests 4000 3999 11 -; input: input-tokens 200000 186000 4 -; output: output-tokens 400000 400000 0 -; tokens: tokens - 586000 - -"
        },
        {
            "Mistral, recorded", "x-ratelimit-limit-req-minute: 360\nx-ratelimit-remaining-req-minute: 359\nx-ratelimit-limit-req-10-second: 60\nx-ratelimit-remaining-req-10-second: 58\nx-ratelimit-limit-tokens-minute: 2000000\nx-ratelimit-remaining-tokens-minute: 1999829\nx-ratelimit-limit-tokens-month: 10000000000\nx-ratelimit-remaining-tokens-month: 9999999829\nx-ratelimit-tokens-query-cost: 171",
            "requests: req-10-second 60 58 - 10; tokens: tokens-minute 2000000 1999829 - 60; all: req-minute req-10-second tokens-minute tokens-month"
        },
        {
            "Mistral two years earlier, recorded", "ratelimitbysize-limit: 500000\nratelimitbysize-query-cost: 32021\nratelimitbysize-remaining: 405270\nratelimitbysize-reset: 59\nx-ratelimitbysize-limit-month: 1000000000",
            "all: bysize bysize-month"
        },
        { "Together, recorded", "retry-after: 2\nx-ratelimit: false\nx-ratelimit-limit: 30\nx-ratelimit-limit-tokens: 3000\nx-ratelimit-remaining: 59\nx-ratelimit-remaining-tokens: 2910\nx-ratelimit-reset: 2", "requests: requests 30 59 2 -; tokens: tokens 3000 2910 - -" },
        { "Together, by its page", "x-ratelimit-remaining: 5\nx-tokenlimit-limit: 3000\nx-tokenlimit-remaining: 7", "requests: requests - 5 - -; tokens: tokens 3000 7 - -" },
        { "Groq, recorded", "x-ratelimit-limit-requests: 14400\nx-ratelimit-remaining-requests: 14399\nx-ratelimit-reset-requests: 17m16.8s\nx-ratelimit-remaining-tokens: REDACTED", "requests: requests 14400 14399 1036.8 -; all: requests" },
        {
            "Cerebras, by its page", "x-ratelimit-limit-requests-day: 1000000000\nx-ratelimit-limit-tokens-minute: 1000000000\nx-ratelimit-remaining-requests-day: 999997455\nx-ratelimit-remaining-tokens-minute: 999998298\nx-ratelimit-reset-requests-day: 33011.382867097855\nx-ratelimit-reset-tokens-minute: 11.382867097854614",
            "requests: requests-day 1000000000 999997455 33011.382867 86400; tokens: tokens-minute 1000000000 999998298 11.382867 60"
        },
        { "OpenRouter, recorded", "X-RateLimit-Limit: 1\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1787150060000", "requests: requests 1 0 20 -" },
        { "GitHub, by its page", "x-ratelimit-limit: 60\nx-ratelimit-remaining: 42\nx-ratelimit-used: 18\nx-ratelimit-resource: core\nx-ratelimit-reset: 1787150060", "requests: requests 60 42 20 -" },
        { "Hugging Face, recorded", "ratelimit: \"api\";r=978;t=131\nratelimit-policy: \"fixed window\";\"api\";q=1000;w=300", "requests: api 1000 978 131 300" },
        { "the IETF's draft 10", "RateLimit: \"default\";r=50;t=30, \"a;b\";r=12\nRateLimit-Policy: \"default\";q=100;w=60,\"a;b\";q=65535;qu=\"content-bytes\";w=10", "requests: default 100 50 30 60; all: default a;b" },
        { "the IETF's draft 10, tokens", "RateLimit: \"tokens-per-minute\";r=50;t=30", "tokens: tokens-per-minute - 50 30 60" },
        { "the IETF's draft 07", "RateLimit: limit=100, remaining=50, reset=30\nRateLimit-Policy: 100;w=60", "requests: requests 100 50 30 60" },
        { "the IETF's draft 06", "ratelimit-limit: 100, 100;window=60\nratelimit-remaining: 7\nratelimit-reset: 9", "requests: requests 100 7 9 -" },
        { "Replicate, recorded", "ratelimit-remaining: 2999\nratelimit-reset: 1", "requests: requests - 2999 1 -" },
        { "Cohere, recorded", "x-endpoint-monthly-call-limit: 1000\nx-trial-endpoint-call-limit: 40", "requests: calls-month 1000 - - 2592000; all: calls-month calls-minute" },
        {
            "LiteLLM, recorded", "llm_provider-x-ratelimit-limit-requests: 15000\nllm_provider-x-ratelimit-reset-requests: 4ms\nx-ratelimit-limit-requests: 20\nx-ratelimit-remaining-requests: 19\nx-ratelimit-api_key-remaining-tokens: 5",
            "requests: requests 20 19 - -; tokens: api_key-tokens - 5 - -; all: requests api_key-tokens"
        },
        { "Fireworks, by its page", "x-ratelimit-limit-tokens-prompt: 60000\nx-ratelimit-remaining-tokens-prompt: 59990\nx-ratelimit-limit-tokens-generated: 6000", "input: tokens-prompt 60000 59990 - -; output: tokens-generated 6000 - - -" },
        { "Kong", "X-RateLimit-Limit-Second: 5\nX-RateLimit-Remaining-Second: 4\nX-RateLimit-Limit-Day: 1000\nX-RateLimit-Remaining-Day: 3", "requests: day 1000 3 - 86400" },
        { "an older custom", "X-Rate-Limit-Limit: 10\nX-Rate-Limit-Remaining: 9\nX-Rate-Limit-Reset: Wed, 19 Aug 2026 14:34:05 GMT", "requests: requests 10 9 5 -" },
        { "nobody", "content-type: application/json\nx-request-id: r\nx-limit: 5\nx-ratelimit-key: k", "" },
    };

    [Theory, MemberData(nameof(Services))]
    public void Every_services_headers_are_understood(string service, string headers, string expected)
    {
        var limits = RateLimitHeaders.Read(ErrorCase.Lookup(headers).All, ErrorCase.Now, []);

        Assert.NotEmpty(service);
        if (expected.Length == 0) Assert.Null(limits);
        foreach (var wanted in expected.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(": ", 2)))
            Assert.Equal(wanted[1], wanted[0] switch
            {
                "requests" => Line(limits!.Requests), "tokens" => Line(limits!.Tokens), "input" => Line(limits!.InputTokens), "output" => Line(limits!.OutputTokens), _ => string.Join(' ', limits!.All.Select(limit => limit.Name)),
            });
    }

    [Fact]
    public void A_reset_is_also_a_time()
    {
        var limit = RateLimitHeaders.Read(ErrorCase.Lookup("x-ratelimit-reset: 5").All, ErrorCase.Now, [])!.Requests!;

        Assert.Equal((TimeSpan.FromSeconds(5), ErrorCase.Now.AddSeconds(5)), (limit.Reset, limit.ResetsAt));
    }

    [Theory]
    [InlineData("x-ratelimit-limit: 99999999999999999999999999")]
    [InlineData("x-ratelimit-remaining: many")]
    [InlineData("x-ratelimit-reset: never")]
    [InlineData("x-ratelimit-reset: 99999999")]
    [InlineData("x-ratelimit-remaining-: ")]
    [InlineData("ratelimit: \"open;r=5")]
    [InlineData("ratelimit: ;;;,,,")]
    [InlineData("-ratelimit-: 5")]
    public void What_means_nothing_is_left_out(string headers) => Assert.Null(RateLimitHeaders.Read(ErrorCase.Lookup(headers).All, ErrorCase.Now, []));

    /// <summary>Whatever comes, nothing is raised, and what is told makes sense.</summary>
    [Fact]
    public void Odd_values_are_survived()
    {
        var random = new Random(20261126);
        string[] names = ["x", "ratelimit", "limit", "remaining", "reset", "renewalperiod", "tokens", "requests", "minute", "10", "second", "ratelimitx", "tokenlimit", "anthropic", "policy", "", "_"];
        string[] values = ["", "0", "-1", "1e9", "9223372036854775807", "92233720368547758079", "NaN", "1s", "6m0s", "-5s", "2026-08-19T14:34:11Z", "0001-01-01", "9999-12-31T23:59:59Z", "\"a\"", ";", ",", "=", "q", "r=5", "w=0", "w=99999999999", "t=1", " ", "é", "limit=5", "1787150060000", "qu=\"tokens\""];
        for (var i = 0; i < 20_000; i++)
        {
            var headers = Enumerable.Range(0, random.Next(1, 8)).Select(_ => KeyValuePair.Create(
                string.Join('-', Enumerable.Range(0, random.Next(1, 6)).Select(_ => names[random.Next(names.Length)])),
                string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => values[random.Next(values.Length)])))).ToList();

            foreach (var limit in RateLimitHeaders.Read(headers, ErrorCase.Now, [])?.All ?? [])
            {
                Assert.True(limit.Limit is null or >= 0 && limit.Remaining is null or >= 0 && limit.Period is null || limit.Period > TimeSpan.Zero);
                Assert.True(limit.Reset is null || (limit.Reset >= TimeSpan.Zero && limit.Reset <= TimeSpan.FromDays(31)));
                Assert.True((limit.Limit ?? limit.Remaining) is not null || limit.Reset is not null);
            }
        }
    }

    [Fact]
    public async Task A_reply_its_chunks_and_an_error_tell_them()
    {
        await using var server = await ReplayServer.StartAsync(1, request => Limited(
            request.Target.Contains("models", StringComparison.Ordinal) ? CannedReply.Json("""{"object":"list","data":[{"id":"m"}]}""")
            : request.Text.Contains("fail", StringComparison.Ordinal) ? CannedReply.Json("""{"error":{"message":"slower"}}""", 429)
            : request.Text.Contains("stream", StringComparison.Ordinal) ? CannedReply.Sse(Calls.Events("Hi")) : CannedReply.Json(Calls.Reply("Hi"))));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.AskAsync();
        var (chunks, _) = await client.AskStream(Calls.Ask(prompt: "stream")).ReadAsync();
        var whole = await client.AskStream(Calls.Ask(prompt: "stream")).WholeAsync();
        var models = await client.Models.ListAsync("openai", null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync(Calls.Ask(prompt: "fail")));

        Assert.All([reply.RateLimits, .. chunks.Select(chunk => chunk.RateLimits), whole.RateLimits, .. models.Select(model => model.RateLimits), error.RateLimits], limits => Assert.Equal(7, limits!.Requests!.Remaining));
        Assert.Same(reply.RateLimits, reply.RateLimits);
        Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
        Assert.Null(ChatCompletion.Parse(System.Text.Encoding.UTF8.GetBytes(Calls.Reply("Hi"))).RateLimits);
    }

    [Fact]
    public void A_gateway_that_quotes_them_in_its_error_is_heard()
    {
        var error = ErrorCase.Of(429, """{"error":{"message":"slower","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1787150060000"}}}}""");

        Assert.Equal((50, 0, TimeSpan.FromSeconds(20)), (error.RateLimits!.Requests!.Limit, error.RateLimits.Requests.Remaining, error.RetryAfter));
    }

    /// <summary>A limit's name may stand in a header's value, and so may what the service knows of its caller.</summary>
    [Fact]
    public async Task A_key_shows_in_none_of_them()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")).With("ratelimit", $"\"{Calls.Key}\";r=5"), CannedReply.Json("{}", 429).With("ratelimit", $"\"{Calls.Key.ToUpperInvariant()}\";r=5"));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.AskAsync();
        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync());

        Assert.Equal(("[redacted]", "[redacted]"), (reply.RateLimits!.Requests!.Name, error.RateLimits!.Requests!.Name));
    }

    private static CannedReply Limited(CannedReply reply) => reply.With("x-ratelimit-remaining-requests", "7").With("x-ratelimit-reset-requests", "3s");

    private static string? Line(RateLimit? limit) => limit is null ? null : string.Create(CultureInfo.InvariantCulture, $"{limit.Name} {limit.Limit?.ToString(CultureInfo.InvariantCulture) ?? "-"} {limit.Remaining?.ToString(CultureInfo.InvariantCulture) ?? "-"} {limit.Reset?.TotalSeconds.ToString(CultureInfo.InvariantCulture) ?? "-"} {limit.Period?.TotalSeconds.ToString(CultureInfo.InvariantCulture) ?? "-"}");
}
