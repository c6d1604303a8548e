namespace Muxi.Llm.Tests;

/// <summary>A stream in the background over several connections: each event once, none left out, and an end to trying.</summary>
public sealed class ResumedStreamTests
{
    private static readonly ResponseRequest _ask = new() { Model = "openai/gpt-test", Input = "Hi" };

    private static readonly string[] _events =
    [
        WireResponse.Created().Replace("\"background\":false", "\"background\":true", StringComparison.Ordinal), WireResponse.ItemAdded(), WireResponse.PartAdded(), WireResponse.Delta(3, "Hel"), WireResponse.Delta(4, "lo"), WireResponse.Completed(5),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_event_comes_once_wherever_the_connection_breaks()
    {
        for (var first = 1; first < _events.Length; first++)
            for (var overlap = 0; overlap <= first; overlap++)
            {
                var (from, back) = (first, overlap);
                await using var server = await ReplayServer.StartAsync(first, request => CannedReply.Sse(string.Concat(request.Method == "POST" ? _events[..from] : _events[(from - back)..])));
                using var client = ClientFor(server.Url);

                var (events, error) = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ReadAsync();

                Assert.Null(error);
                Assert.Equal([0L, 1, 2, 3, 4, 5], events.Select(one => one.SequenceNumber));
                Assert.Equal(["POST /responses", $"GET /responses/resp_1?stream=true&starting_after={first - 1}"], server.Requests.Select(one => $"{one.Method} {one.Target}"));
                Assert.Contains("\"background\":true", server.Requests[0].Text, StringComparison.Ordinal);
            }
    }

    [Fact]
    public async Task Events_that_are_lost_are_an_error()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Sse(string.Concat(request.Method == "POST" ? _events[..2] : _events[3..])));
        using var client = ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ReadAsync();

        Assert.Equal(2, events.Count);
        Assert.Equal("the stream was taken up behind event 1, and event 3 came: those between are lost", Assert.IsType<StreamInterruptedException>(error).Message);
    }

    [Theory, InlineData(3, 4), InlineData(6, 7)]
    public async Task A_sign_of_life_is_not_gone_on_from_nor_missed(int delta, int end)
    {
        // Its service may number what is kept without those signs, or leave their numbers out.
        var rest = WireResponse.Delta(delta, "Hello") + WireResponse.Completed(end);
        await using var server = await ReplayServer.StartAsync(delta, request => CannedReply.Sse(
            request.Method == "POST" ? string.Concat(_events[..3]) + WireResponse.Event("keepalive", 3, "") + WireResponse.Event("keepalive", 4, "") : rest));
        using var client = ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ReadAsync();

        Assert.Null(error);
        Assert.Equal("Hello", string.Concat(events.Select(one => one.TextDelta)));
        Assert.Equal("GET /responses/resp_1?stream=true&starting_after=2", server.Requests.Select(one => $"{one.Method} {one.Target}").Last());
    }

    [Fact]
    public async Task It_is_not_tried_for_ever_and_all_that_came_is_kept()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Sse(string.Concat(request.Method == "POST" ? _events[..4] : _events[..1])));
        var clock = new SteppedTime();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock });

        var (events, error) = await client.Responses.StreamInBackgroundAsync(_ask, new() { MaxTries = 3, Interval = TimeSpan.FromSeconds(7) }, null, Token).ReadAsync();

        Assert.Equal(4, events.Count);
        Assert.Equal("Hel", Assert.IsType<Response>(Assert.IsType<StreamInterruptedException>(error).Partial).OutputText);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(3, clock.Waits.Count(wait => wait == TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_made_anew()
    {
        var cut = string.Concat(_events[..4]);
        await using var server = FaultServer.Start(Fault.ResetAfter(Calls.BytesOf(cut), CannedReply.Sse(cut + _events[4])), Fault.ResetUnanswered, CannedReply.Sse(string.Concat(_events[4..])));
        using var client = ClientFor(server.Url);

        var response = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ToResponseAsync(Token);

        Assert.Equal("Hello", response.OutputText);
    }

    [Fact]
    public async Task What_has_failed_is_not_taken_up_again()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(_events[0] + WireResponse.Failed(1)));
        using var client = ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ReadAsync();

        Assert.Equal(ResponseEventType.Failed, events[^1].Type);
        Assert.Equal(ResponseStatus.Failed, Assert.IsType<Response>(Assert.IsType<StreamInterruptedException>(error).Partial).Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_was_never_begun_is_the_calls_own_error()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no","type":"invalid_request_error"}}""", 400));
        using var client = ClientFor(server.Url);

        var (_, error) = await client.Responses.StreamInBackgroundAsync(_ask, null, null, Token).ReadAsync();

        Assert.IsType<BadRequestException>(error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_response_that_somebody_else_began_is_taken_up_too()
    {
        var gets = 0;
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Sse(string.Concat(gets++ == 0 ? _events[3..4] : _events[4..])));
        using var client = ClientFor(server.Url);

        var (events, error) = await client.Responses.ResumeAsync(new ResponseRetrieveRequest("openai/resp_1") { StartingAfter = 2 }, null, null, Token).ReadAsync();

        Assert.Null(error);
        Assert.Equal([3L, 4, 5], events.Select(one => one.SequenceNumber));
        Assert.Equal(["/responses/resp_1?stream=true&starting_after=2", "/responses/resp_1?stream=true&starting_after=3"], server.Requests.Select(one => one.Target));
    }

    private static LlmClient ClientFor(Uri server) => new(Calls.OptionsFor(server) with { TimeProvider = new SteppedTime() });
}
