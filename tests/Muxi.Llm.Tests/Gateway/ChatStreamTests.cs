using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class ChatStreamTests
{
    [Fact]
    public async Task A_stream_is_events_with_openais_headers_and_ends_with_DONE()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Calls.Events("Once ", "upon")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream());
        var (events, error) = await reply.EventsAsync();

        Assert.Null(error);
        Assert.Equal((200, "text/event-stream; charset=utf-8", "no-cache", "no"), ((int)reply.StatusCode, reply.Header("Content-Type"), reply.Header("Cache-Control"), reply.Header("X-Accel-Buffering")));
        Assert.Equal(("openai", "gpt-test", "1"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-model"), reply.Header("x-muxi-attempts")));
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal("Once upon", string.Concat(events[..^1].Select(Text)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","stream_options":null""", false)]
    [InlineData(""","stream_options":{}""", false)]
    [InlineData(""","stream_options":{"include_usage":false}""", false)]
    [InlineData(""","stream_options":{"include_usage":true}""", true)]
    public async Task The_usage_is_always_asked_for_and_shown_to_who_wants_it(string more, bool isShown)
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Calls.Events("Once")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream(more: more));
        var (events, _) = await reply.EventsAsync();

        Assert.True((bool)JsonNode.Parse(upstream.Requests.Single().Text)!["stream_options"]!["include_usage"]!);
        Assert.Equal(isShown ? 1 : 0, events.Count(data => data.Contains("\"usage\"", StringComparison.Ordinal)));
        Assert.DoesNotContain(events[..^1], data => !isShown && JsonNode.Parse(data)!["choices"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task Each_piece_is_there_as_soon_as_it_came()
    {
        var first = Calls.Opening + Calls.Piece("Once ");
        await using var upstream = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(first), CannedReply.Sse(Calls.Events("Once ", "upon"))));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream());
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var before = new List<string>();
        while (before.Count < 4) before.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken))!);
        Assert.Contains("Once ", before[2], StringComparison.Ordinal);
        upstream.Release();

        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    public async Task An_error_before_any_content_is_a_status(int status, int expected)
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Json("""{"error":{"message":"no"}}""", status));
        await using var served = await Served.BeforeAsync(upstream.Url);

        Assert.Equal(expected, (await served.ChatAsync(Served.AskStream()).ErrorAsync()).Status);
    }

    [Fact]
    public async Task An_error_in_the_opening_of_a_good_stream_is_a_status_too()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Calls.Opening + """data: {"error":{"message":"busy","type":"overloaded_error","code":"overloaded"}}""" + "\n\n"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var told = await served.ChatAsync(Served.AskStream()).ErrorAsync();

        Assert.Equal((503, "overloaded"), (told.Status, told.Code));
    }

    [Fact]
    public async Task An_error_in_the_opening_goes_on_to_the_fallback()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Calls.Opening + """data: {"error":{"message":"busy","code":"overloaded"}}""" + "\n\n"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream(more: ""","fallbacks":["sandbox/echo"]"""));
        var (events, _) = await reply.EventsAsync();

        Assert.Equal(("sandbox", "2", "Hello?"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-attempts"), string.Concat(events[..^1].Select(Text))));
    }

    public static TheoryData<string> Breaks => ["error event", "cut", "reset", "not JSON"];

    [Theory, MemberData(nameof(Breaks))]
    public async Task An_error_after_content_is_an_event_and_an_aborted_connection(string how)
    {
        var good = Calls.Opening + Calls.Piece("Once ");
        await using var upstream = FaultServer.Start(how switch
        {
            "error event" => CannedReply.Sse(good + """data: {"error":{"message":"lost it","type":"server_error","code":"boom"}}""" + "\n\n"),
            "cut" => CannedReply.Sse(good),
            "reset" => Fault.ResetAfter(Calls.BytesOf(good), CannedReply.Sse(good + Calls.Done)),
            _ => CannedReply.Sse(good + "data: <html>\n\n"),
        });
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream());
        var (events, error) = await reply.EventsAsync();

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.NotNull(error);
        Assert.Contains(events, data => data.Contains("Once ", StringComparison.Ordinal));
        Assert.DoesNotContain("[DONE]", events);
        var told = Told.Read(200, events[^1]);
        Assert.StartsWith(how == "error event" ? "the stream broke off: openai: lost it" : "", told.Message, StringComparison.Ordinal);
        Assert.Contains("openai", told.Message, StringComparison.Ordinal);
        Assert.NotNull(told.Code);
    }

    [Fact]
    public async Task What_was_written_before_the_abort_always_arrives_and_no_end_of_the_body_does()
    {
        var body = Calls.Opening + Calls.Piece("Once ") + """data: {"error":{"message":"lost it","code":"boom"}}""" + "\n\n";
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(body));
        await using var served = await Served.BeforeAsync(upstream.Url);

        for (var i = 0; i < 50; i++)
        {
            var raw = await Wire.AskAsync(served.Url, Request(served.Url, Served.AskStream()));
            Assert.Contains("lost it", raw, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n0\r\n", raw, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"pause_turn\"", "\"stop\"", "\"pause_turn\"")]
    [InlineData("\"\"", "null", null)]
    [InlineData("null", "null", null)]
    [InlineData("\"tool_calls\"", "\"tool_calls\"", null)]
    public async Task A_finish_reason_is_one_that_clients_know(string word, string expected, string? raw)
    {
        var chunk = Calls.Event($$"""{"index":0,"delta":{"role":"model","content":"Hi"},"finish_reason":{{word}}}""");
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(chunk + Calls.Done));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.ChatAsync(Served.AskStream());
        var first = JsonNode.Parse((await reply.EventsAsync()).Events[0])!["choices"]![0]!;

        Assert.Equal((expected, raw, "assistant"), (first["finish_reason"]?.ToJsonString() ?? "null", first["finish_reason_raw"]?.ToJsonString(), (string?)first["delta"]!["role"]));
    }

    [Fact]
    public async Task Two_hundred_streams_at_once_are_all_whole()
    {
        await using var upstream = await ReplayServer.StartAsync(3, request => CannedReply.Sse(Calls.Events([.. Enumerable.Range(0, 20).Select(i => $"{JsonNode.Parse(request.Text)!["user"]} {i} ")])));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var texts = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var reply = await served.ChatAsync(Served.AskStream(more: $",\"user\":\"u{i}\""));
            var (events, error) = await reply.EventsAsync();
            return error is null && events[^1] == "[DONE]" ? string.Concat(events[..^1].Select(Text)) : $"{reply.StatusCode} {error}";
        }));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => string.Concat(Enumerable.Range(0, 20).Select(n => $"u{i} {n} "))), texts);
    }

    private static string? Text(string data) => (string?)JsonNode.Parse(data)!["choices"]!.AsArray().FirstOrDefault()?["delta"]?["content"];

    private static string Request(Uri url, string body) =>
        $"POST {Served.ChatPath} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
}
