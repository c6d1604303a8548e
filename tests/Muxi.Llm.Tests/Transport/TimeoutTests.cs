using System.Net;
using System.Net.Sockets;

namespace Muxi.Llm.Tests;

/// <summary>The four limits on waiting, each on a clock that the test moves.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan _aMoment = TimeSpan.FromTicks(1);
    private static readonly Timeouts _none = new() { FirstByte = Timeout.InfiniteTimeSpan, Idle = Timeout.InfiniteTimeSpan, Total = Timeout.InfiniteTimeSpan };

    private readonly ManualTime _clock = new();

    [Fact]
    public async Task A_connection_that_does_not_come_about_is_a_connect_timeout()
    {
        using var full = new FullListener();
        using var client = Client(full.Url, _none with { Connect = TimeSpan.FromMilliseconds(50) });

        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => client.AskAsync());

        Expect(error, TimeoutKind.Connect, "openai: no connection within 0.05 s");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_a_first_byte_timeout()
    {
        var limit = TimeSpan.FromSeconds(30);
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("late"))));
        using var client = Client(server.Url, _none with { FirstByte = limit });
        var call = client.AskAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<ApiTimeoutException>(call, limit);

        Expect(error, TimeoutKind.FirstByte, "openai: no reply within 30 s");
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_body_that_stops_in_the_middle_is_an_idle_timeout()
    {
        var limit = TimeSpan.FromSeconds(7);
        await using var server = FaultServer.Start(Fault.StallAfter(20, CannedReply.Json(Calls.Reply("late"))));
        using var client = Client(server.Url, _none with { Idle = limit });
        var call = client.AskAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<ApiTimeoutException>(call, limit);

        Expect(error, TimeoutKind.Idle, "openai: nothing more came for 7 s");
        Assert.Equal(200, error.Attempts[0].Status);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_stream_without_its_first_event_is_a_first_byte_timeout()
    {
        var limit = TimeSpan.FromSeconds(30);
        var comment = ": still thinking\n\n";
        await using var server = FaultServer.Start(Fault.StallAfter(comment.Length, CannedReply.Sse(comment + Calls.Events("late"))));
        using var client = Client(server.Url, _none with { FirstByte = limit, Idle = TimeSpan.FromSeconds(1) });
        var call = client.AskStream().WholeAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<ApiTimeoutException>(call, limit);

        Expect(error, TimeoutKind.FirstByte, "openai: no reply within 30 s");
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_stream_that_stops_before_its_content_is_an_idle_timeout()
    {
        var limit = TimeSpan.FromSeconds(7);
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening), CannedReply.Sse(Calls.Events("late"))));
        using var client = Client(server.Url, _none with { Idle = limit });
        var call = client.AskStream().WholeAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<ApiTimeoutException>(call, limit);

        Expect(error, TimeoutKind.Idle, "openai: nothing more came for 7 s");
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_stream_that_stops_after_content_is_interrupted_by_an_idle_timeout()
    {
        var limit = TimeSpan.FromSeconds(7);
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("so far")), CannedReply.Sse(Calls.Events("so far", "late"))));
        using var client = Client(server.Url, _none with { Idle = limit });
        var call = client.AskStream().WholeAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<StreamInterruptedException>(call, limit);

        Assert.Equal("so far", error.Received?.Text);
        Expect(Assert.IsType<ApiTimeoutException>(error.InnerException), TimeoutKind.Idle, "openai: nothing more came for 7 s", attempts: 0);
        Assert.Single(error.Attempts);
        await server.ClientGone.SoonAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_takes_too_long_as_a_whole_is_a_total_timeout(bool stream)
    {
        var limit = TimeSpan.FromSeconds(90);
        await using var server = FaultServer.Start(Fault.StallAfter(10, stream ? CannedReply.Sse(Calls.Events("late")) : CannedReply.Json(Calls.Reply("late"))));
        using var client = Client(server.Url, new() { Idle = TimeSpan.FromMinutes(2), Total = limit });
        var call = stream ? client.AskStream().WholeAsync() : client.AskAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<ApiTimeoutException>(call, limit);

        Expect(error, TimeoutKind.Total, "openai: the call took longer than 90 s");
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task The_limits_of_a_call_go_before_those_of_the_client()
    {
        var limit = TimeSpan.FromSeconds(3);
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("late"))));
        using var client = Client(server.Url, _none);
        var call = client.AskAsync(options: new() { Timeouts = _none with { FirstByte = limit } });
        await server.Stalled;

        Expect(await EndsAfterAsync<ApiTimeoutException>(call, limit), TimeoutKind.FirstByte, "openai: no reply within 3 s");
    }

    [Fact]
    public async Task A_caller_who_takes_time_over_a_chunk_is_not_taken_for_a_silent_server()
    {
        var head = Calls.Opening + Calls.Piece("one");
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(head), CannedReply.Sse(Calls.Events("one", "two"))));
        using var client = Client(server.Url, _none with { Idle = TimeSpan.FromSeconds(7), FirstByte = TimeSpan.FromSeconds(30) });
        var text = "";
        await foreach (var chunk in client.AskStream())
        {
            text += chunk.Text;
            _clock.Advance(TimeSpan.FromMinutes(10));
            server.Release();
        }

        Assert.Equal("onetwo", text);
    }

    [Fact]
    public async Task An_error_whose_body_never_ends_is_still_told_as_what_its_status_says()
    {
        var limit = TimeSpan.FromSeconds(7);
        await using var server = FaultServer.Start(Fault.StallAfter(10, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429)));
        using var client = Client(server.Url, _none with { Idle = limit });
        var call = client.AskAsync();
        await server.Stalled;

        var error = await EndsAfterAsync<RateLimitException>(call, limit);

        Assert.Equal(HttpStatusCode.TooManyRequests, error.Status);
    }

    public static TheoryData<Timeouts, string> Impossible => new()
    {
        { new() { Connect = TimeSpan.Zero }, "Connect" },
        { new() { FirstByte = TimeSpan.FromSeconds(-2) }, "FirstByte" },
        { new() { Idle = TimeSpan.Zero }, "Idle" },
        { new() { Total = TimeSpan.FromDays(-1) }, "Total" },
    };

    [Theory, MemberData(nameof(Impossible))]
    public async Task A_limit_that_cannot_be_kept_is_refused_by_name(Timeouts timeouts, string name)
    {
        var error = Assert.Throws<ConfigurationException>(() => Client(new("http://127.0.0.1:1"), timeouts));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);

        using var client = Client(new("http://127.0.0.1:1"), _none);
        error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(options: new() { Timeouts = timeouts }));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_beyond_what_timers_can_count_is_no_limit()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        using var client = Client(server.Url, new() { Connect = TimeSpan.MaxValue, FirstByte = TimeSpan.MaxValue, Idle = TimeSpan.MaxValue, Total = TimeSpan.MaxValue });

        Assert.Equal("Hi", (await client.AskAsync()).Text);
    }

    private LlmClient Client(Uri server, Timeouts timeouts) => new(Calls.OptionsFor(server) with { Timeouts = timeouts, TimeProvider = _clock });

    private async Task<TError> EndsAfterAsync<TError>(Task call, TimeSpan limit) where TError : Exception
    {
        await _clock.Armed(limit);
        _clock.Advance(limit - _aMoment);
        Assert.False(call.IsCompleted);
        _clock.Advance(_aMoment);
        return await Assert.ThrowsAsync<TError>(() => call);
    }

    private static void Expect(ApiTimeoutException error, TimeoutKind kind, string message, int attempts = 1)
    {
        Assert.Equal((kind, message), (error.Timeout, error.Message));
        Assert.Equal(("openai", "gpt-test", ErrorKind.Timeout), (error.Provider, error.Model, error.Kind));
        Assert.Equal(attempts, error.Attempts.Count);
    }
}
