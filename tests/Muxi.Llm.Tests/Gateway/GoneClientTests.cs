namespace Muxi.Llm.Tests;

/// <summary>Nobody waits for an answer any more: the upstream is told within a second.</summary>
public sealed class GoneClientTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_the_upstream_is_silent(bool isStreamed)
    {
        await using var upstream = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("Hi"))));
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var client = new CancellationTokenSource();
        var call = SendAsync(served, isStreamed ? Served.AskStream() : Served.Ask(), client.Token);
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await client.CancelAsync();

        await upstream.ClientGone.SoonAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_the_middle_of_the_answer(bool isStreamed)
    {
        var stream = CannedReply.Sse(Calls.Events("Once ", "upon"));
        var fault = isStreamed ? Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("Once ")), stream) : Fault.StallAfter(10, CannedReply.Json(Calls.Reply("Hi")));
        await using var upstream = FaultServer.Start(fault);
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var client = new CancellationTokenSource();
        var call = SendAsync(served, isStreamed ? Served.AskStream() : Served.Ask(), client.Token);
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        if (isStreamed) await (await call).Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        await client.CancelAsync();
        if (isStreamed) (await call).Dispose();

        await upstream.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task Between_two_attempts()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"later"}}""", 429).With("retry-after", "30"));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { Retries = new() });
        using var client = new CancellationTokenSource();
        var call = SendAsync(served, Served.Ask(), client.Token);
        while (upstream.Requests.Count == 0) await Task.Yield();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        while (served.Lines.Count == 0) await Task.Yield();
        Assert.Contains(" client gone ", served.Lines[0], StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task While_its_body_comes()
    {
        await using var served = await Served.SandboxAsync();

        await Wire.AskAsync(served.Url, $"POST {Served.ChatPath} HTTP/1.1\r\nHost: {served.Url.Authority}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{", isLeft: true);

        while (served.Lines.Count == 0) await Task.Yield();
        Assert.DoesNotContain(served.Lines, line => line.Contains("unexpected", StringComparison.Ordinal));
        Assert.Matches("^POST /v1/chat/completions (client gone|400) ", Assert.Single(served.Lines));
    }

    [Fact]
    public async Task The_server_goes_on_for_the_others()
    {
        await using var served = await Served.SandboxAsync();
        for (var i = 0; i < 20; i++)
        {
            using var client = new CancellationTokenSource();
            var call = SendAsync(served, Served.AskStream("sandbox/stall"), client.Token);
            if (i % 2 == 0) (await call).Dispose();
            await client.CancelAsync();
        }

        Assert.Equal(200, (int)(await served.ChatAsync(Served.Ask("sandbox/chat"))).StatusCode);
    }

    [Fact]
    public async Task When_the_server_ends_running_answers_get_a_while_and_are_cancelled_then()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("Once ")), CannedReply.Sse(Calls.Events("Once ", "upon"))));
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var reply = await served.ChatAsync(Served.AskStream());

        var stopping = served.StopAsync(TimeSpan.FromMilliseconds(300));

        await upstream.ClientGone.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await stopping.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var (events, error) = await reply.EventsAsync();
        Assert.NotNull(error);
        Assert.DoesNotContain("[DONE]", events);
    }

    [Fact]
    public async Task When_the_server_ends_an_answer_that_is_nearly_done_is_whole()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("Once ")), CannedReply.Sse(Calls.Events("Once ", "upon"))));
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var reply = await served.ChatAsync(Served.AskStream());

        var stopping = served.StopAsync(TimeSpan.FromSeconds(20));
        upstream.Release();
        var (events, error) = await reply.EventsAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Null(error);
        Assert.Equal("[DONE]", events[^1]);
    }

    private static async Task<HttpResponseMessage> SendAsync(Served served, string body, CancellationToken client)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Served.ChatPath) { Content = content };
        return await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, client);
    }
}
