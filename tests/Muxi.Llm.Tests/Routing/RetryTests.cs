using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>What is tried again at the same target, how often, and after which waits. The waits are over at once on a clock that notes them.</summary>
public sealed class RetryTests
{
    private static readonly CannedReply _good = CannedReply.Json(Calls.Reply("done"));
    private static readonly CannedReply _goodStream = CannedReply.Sse(Calls.Events("do", "ne"));
    private static readonly string _overloaded = """data: {"error":{"message":"The server is overloaded","type":"server_error","code":"overloaded"}}""" + "\n\n";

    private readonly SteppedTime _clock = new() { Never = TimeSpan.FromMinutes(2) };

    /// <summary>One fault and the outcome that the attempt tells.</summary>
    private static readonly Dictionary<string, (Fault Fault, string Outcome, int? Status)> _faults = new()
    {
        ["408"] = (Error(408), "Timeout", 408),
        ["409"] = (Error(409), "Conflict", 409),
        ["429"] = (Error(429), "RateLimit", 429),
        ["500"] = (Error(500), "Server", 500),
        ["502 in HTML"] = (CannedReply.Html(502, "<html>Bad gateway</html>"), "Server", 502),
        ["503"] = (Error(503), "Overloaded", 503),
        ["504"] = (Error(504), "Timeout", 504),
        ["529"] = (CannedReply.Json("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", 529), "Overloaded", 529),
        ["200 in HTML"] = (CannedReply.Html(200, "<html>Welcome</html>"), "Server", 200),
        ["200 with an error"] = (CannedReply.Json("""{"error":{"message":"Overloaded","code":503}}"""), "Overloaded", 200),
        ["broken JSON"] = (CannedReply.Json("""{"id":"chatcmpl-1","choices":[{"ind"""), "Server", 200),
        ["a reset"] = (Fault.ResetUnanswered, "Connection", null),
        ["a reset in the body"] = (Fault.ResetAfter(20, _good), "Connection", 200),
        ["x-should-retry"] = (Error(400).With("x-should-retry", "true"), "BadRequest", 400),
    };

    private static readonly Dictionary<string, (Fault Fault, string Outcome, int? Status)> _streamFaults = new()
    {
        ["an error event first"] = (CannedReply.Sse(_overloaded), "Overloaded", 200),
        ["an error event after the opening"] = (CannedReply.Sse(Calls.Opening + _overloaded), "Overloaded", 200),
        ["an end after the opening"] = (CannedReply.Sse(Calls.Opening), "StreamInterrupted", 200),
        ["an end before anything"] = (CannedReply.Sse(""), "StreamInterrupted", 200),
        ["a reset after the opening"] = (Fault.ResetAfter(Calls.BytesOf(Calls.Opening), _goodStream), "Connection", 200),
        ["an event that is broken"] = (CannedReply.Sse("data: {\"id\"\n\n"), "Server", 200),
    };

    public static TheoryData<string> FaultNames => [.. _faults.Keys];
    public static TheoryData<string> StreamFaultNames => [.. _faults.Keys, .. _streamFaults.Keys];

    [Theory, MemberData(nameof(FaultNames))]
    public async Task A_failure_that_may_pass_is_tried_again_and_counted(string name)
    {
        var (fault, outcome, status) = _faults[name];
        await using var server = FaultServer.Start(fault, fault, _good);
        using var client = Client(server.Url);

        var reply = await client.AskAsync();

        Assert.Equal("done", reply.Text);
        Assert.Equal([(outcome, status), (outcome, status), ("ok", 200)], reply.Attempts.Select(attempt => (attempt.Outcome, attempt.Status)));
        Assert.All(reply.Attempts, attempt => Assert.Equal("openai/gpt-test", attempt.Target));
        Assert.Single(server.Requests.Select(request => request.Text).Distinct());
    }

    [Theory, MemberData(nameof(StreamFaultNames))]
    public async Task A_stream_that_fails_before_its_first_content_is_begun_again_and_nothing_of_it_shows(string name)
    {
        var (fault, outcome, status) = _faults.TryGetValue(name, out var known) ? known : _streamFaults[name];
        await using var server = FaultServer.Start(fault, fault, _goodStream);
        using var client = Client(server.Url);

        var (chunks, error) = await client.AskStream().ReadAsync();

        Assert.Null(error);
        Assert.Equal("done", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Single(chunks, chunk => chunk.Choices is [{ Delta.Role: not null }]);
        Assert.All(chunks, chunk => Assert.Equal([(outcome, status), (outcome, status), ("ok", 200)], chunk.Attempts.Select(attempt => (attempt.Outcome, attempt.Status))));
    }

    [Theory]
    [InlineData(400, typeof(BadRequestException))]
    [InlineData(401, typeof(AuthenticationException))]
    [InlineData(403, typeof(PermissionDeniedException))]
    [InlineData(404, typeof(NotFoundException))]
    [InlineData(413, typeof(RequestTooLargeException))]
    [InlineData(422, typeof(UnprocessableEntityException))]
    [InlineData(501, typeof(ServerException))]
    public async Task A_failure_that_will_not_pass_is_raised_at_once(int status, Type exception)
    {
        await using var server = FaultServer.Start(Error(status), _good);
        using var client = Client(server.Url);

        var error = await Record.ExceptionAsync(() => client.AskAsync());

        Assert.Equal(exception, error?.GetType());
        Assert.Single(((LlmException)error!).Attempts);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_spent_quota_and_a_forbidden_retry_are_not_tried_again()
    {
        foreach (var reply in (CannedReply[])[CannedReply.Json("""{"error":{"message":"No credit","code":"insufficient_quota"}}""", 429), Error(503).With("x-should-retry", "false")])
        {
            await using var server = FaultServer.Start(reply, _good);
            using var client = Client(server.Url);

            await Assert.ThrowsAnyAsync<ApiException>(() => client.AskAsync());

            Assert.Single(server.Requests);
        }
    }

    [Fact]
    public async Task The_last_failure_is_raised_when_all_attempts_failed_and_tells_of_each()
    {
        await using var server = FaultServer.Start(Error(500), Error(503), Error(429).With("x-request-id", "req-3"));
        using var client = Client(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync());

        Assert.Equal("req-3", error.RequestId);
        Assert.Equal(["Server", "Overloaded", "RateLimit"], error.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again()
    {
        using var client = Client(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync());

        Assert.Equal(["Connection", "Connection", "Connection"], error.Attempts.Select(attempt => attempt.Outcome));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task The_call_says_how_often_before_the_client_does(int max)
    {
        await using var server = FaultServer.Start(Error(500));
        using var client = Client(server.Url, new() { Max = 3 });

        await Assert.ThrowsAsync<ServerException>(() => client.AskAsync(options: new() { MaxRetries = max }));
        var byCall = server.Requests.Count;
        await Assert.ThrowsAsync<ServerException>(() => client.AskAsync());

        Assert.Equal((max + 1, 4), (byCall, server.Requests.Count - byCall));
    }

    [Fact]
    public async Task Waits_double_up_to_their_limit_and_are_drawn_between_nothing_and_that()
    {
        await using var server = FaultServer.Start(Error(500));
        var retries = new Retries { Max = 4, InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(5) };
        using var longest = Client(server.Url, retries);
        using var half = Client(server.Url, retries, chance: 0.5);

        await Assert.ThrowsAsync<ServerException>(() => longest.AskAsync());
        var first = Waits();
        await Assert.ThrowsAsync<ServerException>(() => half.AskAsync());

        Assert.Equal([1, 2, 4, 5], first);
        Assert.Equal([.. first, 0.5, 1, 2, 2.5], Waits());
    }

    [Theory]
    [InlineData("retry-after", "1", 1)]
    [InlineData("retry-after-ms", "2500", 2.5)]
    [InlineData("retry-after", "60", 60)]
    public async Task What_the_service_asks_for_is_waited_for_and_up_to_a_tenth_more(string header, string value, double seconds)
    {
        await using var server = FaultServer.Start(Error(429).With(header, value), _good);
        using var client = Client(server.Url);

        var reply = await client.AskAsync();

        Assert.Equal(2, reply.Attempts.Count);
        Assert.Equal([seconds * 1.1], Waits(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public async Task Who_asks_for_too_long_a_wait_is_told_by_the_error_that_carries_it()
    {
        await using var server = FaultServer.Start(Error(429).With("retry-after", "61"), _good);
        using var client = Client(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync());

        Assert.Equal(TimeSpan.FromSeconds(61), error.RetryAfter);
        Assert.Single(error.Attempts);
        Assert.Empty(Waits());
    }

    [Fact]
    public async Task A_wait_that_the_whole_calls_limit_has_no_room_for_is_not_begun()
    {
        await using var server = FaultServer.Start(Error(429).With("retry-after", "40"));
        using var client = new LlmClient(Options(server.Url, new(), chance: 0) with { TimeProvider = new ManualTime() });

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync(options: new() { Timeouts = new() { Total = TimeSpan.FromSeconds(39) } }));

        Assert.Single(error.Attempts);
    }

    [Fact]
    public async Task A_timeout_of_the_first_byte_is_tried_again()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, _good), Fault.SlowHeader(0, _good), _good);
        using var client = new LlmClient(Options(server.Url, new(), 1) with { TimeProvider = TimeProvider.System, Chance = () => 0 });

        var reply = await client.AskAsync(options: new() { Timeouts = new() { FirstByte = TimeSpan.FromMilliseconds(300) } });

        Assert.Equal(["Timeout", "Timeout", "ok"], reply.Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_with_the_callers_own_token()
    {
        var clock = new ManualTime();
        await using var server = FaultServer.Start(Error(429).With("retry-after", "30"));
        using var client = new LlmClient(Options(server.Url, new(), chance: 0) with { TimeProvider = clock });
        using var source = new CancellationTokenSource();

        var call = client.AskAsync(token: source.Token);
        await clock.Armed(TimeSpan.FromSeconds(30));
        await source.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task After_its_first_content_a_stream_is_never_begun_again()
    {
        await using var server = FaultServer.Start(CannedReply.Sse(Calls.Opening + Calls.Piece("so far") + _overloaded), _goodStream);
        using var client = Client(server.Url);

        var (chunks, error) = await client.AskStream(options: new() { Fallbacks = ["openai/other"] }).ReadAsync();

        Assert.Equal("so far", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal("so far", Assert.IsType<StreamInterruptedException>(error).Received?.Text);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_stream_tells_of_the_attempts_before_it_also_when_it_breaks()
    {
        await using var server = FaultServer.Start(Error(503), CannedReply.Sse(Calls.Opening + Calls.Piece("so far") + _overloaded));
        using var client = Client(server.Url);

        var (_, error) = await client.AskStream().ReadAsync();

        Assert.Equal(["Overloaded", "StreamInterrupted"], Assert.IsType<StreamInterruptedException>(error).Attempts.Select(attempt => attempt.Outcome));
    }

    [Theory]
    [InlineData(-1, 0.5, 8, 60, 0.2, 10)]
    [InlineData(2, -1, 8, 60, 0.2, 10)]
    [InlineData(2, 0.5, -1, 60, 0.2, 10)]
    [InlineData(2, 0.5, 8, -1, 0.2, 10)]
    [InlineData(2, 0.5, 8, 60, -0.1, 10)]
    [InlineData(2, 0.5, 8, 60, 0.2, double.NaN)]
    public void Settings_that_cannot_work_are_refused(int max, double initial, double longest, double after, double ratio, double perSecond)
    {
        var retries = new Retries
        {
            Max = max, InitialDelay = TimeSpan.FromSeconds(initial), MaxDelay = TimeSpan.FromSeconds(longest), MaxRetryAfter = TimeSpan.FromSeconds(after),
            BudgetRatio = ratio, BudgetPerSecond = perSecond,
        };

        Assert.StartsWith("Retries.", Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Retries = retries })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_asks_for_less_than_none_is_refused()
    {
        using var client = Client(FaultServer.Refused());

        await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(options: new() { MaxRetries = -1 }));
    }

    private List<double> Waits() => [.. _clock.Waits.Where(wait => wait < TimeSpan.FromSeconds(119)).Select(wait => wait.TotalSeconds).Where(seconds => seconds != 0.1)];

    private LlmClient Client(Uri server, Retries? retries = null, double chance = 1) => new(Options(server, retries ?? new(), chance));

    private LlmOptions Options(Uri server, Retries retries, double chance) => Calls.OptionsFor(server) with
    {
        Retries = retries, TimeProvider = _clock, Chance = () => chance,
        Timeouts = new() { Connect = TimeSpan.FromMinutes(10), FirstByte = TimeSpan.FromMinutes(10), Idle = TimeSpan.FromMinutes(10), Total = TimeSpan.FromHours(2) },
    };

    private static CannedReply Error(int status) => CannedReply.Json("""{"error":{"message":"It broke","type":null,"param":null,"code":null}}""", status);
}
