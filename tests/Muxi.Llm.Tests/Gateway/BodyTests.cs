using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What is wrong with a body is told before anybody is asked.</summary>
public sealed class BodyTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private static readonly string[] _good =
    [
        Served.Ask("sandbox/echo", ""","temperature":0.5,"stop":["a"],"logit_bias":{"5":1},"stream_options":{"include_usage":true},"fallbacks":["sandbox/chat"],"metadata":{"k":"v"}"""),
        Served.Ask("sandbox/chat", ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":{"type":"function","function":{"name":"f"}},"response_format":{"type":"json_object"}"""),
        """{"model":"sandbox/chat","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"1"}]}""",
    ];

    public static TheoryData<string, string?, string> Wrong => new()
    {
        { "", null, "the body is empty" },
        { " ", null, "the body is not valid JSON" },
        { "{", null, "the body is not valid JSON" },
        { "[]", null, "must be a JSON object" },
        { "\"text\"", null, "must be a JSON object" },
        { "{} {}", null, "the body is not valid JSON" },
        { "{'model':'x'}", null, "the body is not valid JSON: ''' is an invalid start of a property name. Expected a '\"' (line 1, byte 2)" },
        { """{"model":"sandbox/chat",}""", null, "the body is not valid JSON" },
        { """{"model":"sandbox/chat",/* no */"messages":[]}""", null, "the body is not valid JSON" },
        { $$"""{{{Messages}}}""", "model", "needs 'model'" },
        { $$"""{"model":"",{{Messages}}}""", "model", "needs 'model'" },
        { $$"""{"model":null,{{Messages}}}""", "model", "needs 'model'" },
        { $$"""{"model":7,{{Messages}}}""", "model", "must be text" },
        { $$"""{"MODEL":"sandbox/chat",{{Messages}}}""", "model", "needs 'model'" },
        { """{"model":"sandbox/chat"}""", "messages", "needs 'messages'" },
        { """{"model":"sandbox/chat","messages":null}""", "messages", "must be a list" },
        { """{"model":"sandbox/chat","messages":"Hi"}""", "messages", "must be a list" },
        { """{"model":"sandbox/chat","messages":{"role":"user"}}""", "messages", "must be a list" },
        { """{"model":"sandbox/chat","messages":[]}""", "messages", "at least one" },
        { """{"model":"sandbox/chat","messages":["Hi"]}""", "messages[0]", "must be an object" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":"a"},{"content":"b"}]}""", "messages[1].role", "needs 'role'" },
        { """{"model":"sandbox/chat","messages":[{"role":1,"content":"b"}]}""", "messages[0].role", "must be text" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":5}]}""", "messages[0].content", "text or a list" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":{"type":"text"}}]}""", "messages[0].content", "text or a list" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":["a"]}]}""", "messages[0].content[0]", "must be an object" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":[{"type":1}]}]}""", "messages[0].content[0].type", "must be text" },
        { """{"model":"sandbox/chat","messages":[{"role":"assistant","tool_calls":{}}]}""", "messages[0].tool_calls", "must be a list" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"temperature":"hot"}""", "temperature", "must be a number" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"stream":"yes"}""", "stream", "true or false" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"stream_options":1}""", "stream_options", "must be an object" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"max_tokens":1.5}""", "max_tokens", "a whole number" },
        { "{\"model\":\"sandbox/chat\"," + Messages + ",\"tools\":{}}", "tools", "a list of objects" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"tools":[{"type":"function"}]}""", "tools", "'name'" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"tool_choice":1}""", "tool_choice", "text or an object" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"fallbacks":"sandbox/chat"}""", "fallbacks", "a list of models" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"fallbacks":[1]}""", "fallbacks", "a list of models" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"fallbacks":[{{string.Join(',', Enumerable.Repeat("\"sandbox/chat\"", 17))}}]}""", "fallbacks", "16 models at most" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"model":"sandbox/echo"}""", "model", "stands twice" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"mod\u0065l":"sandbox/echo"}""", "model", "stands twice" },
        { """{"model":"sandbox/chat","messages":[{"role":"user","content":"a","content":"b"}]}""", "content", "stands twice" },
        { $$"""{"model":"sandbox/chat",{{Messages}},"x":{"deep":[{"a":1,"b":[],"a":2}] } }""", "a", "stands twice" },
        { "{\"model\":\"sandbox/chat\",\"x\":" + new string('[', 70) + new string(']', 70) + "}", null, "nested deeper than 64 levels" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_wrong_body_is_a_400_that_names_the_member(string body, string? param, string message)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.ChatAsync(body).ErrorAsync();

        Assert.Equal((400, "invalid_request_error", param), (told.Status, told.Type, told.Param));
        Assert.Contains(message, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_body_makes_the_server_fail()
    {
        await using var served = await Served.SandboxAsync();
        var random = new Random(20261125);
        byte[][] bodies = [.. _good.Select(Encoding.UTF8.GetBytes)];
        byte[][] bits = [.. ((string[])["{", "}", "[", "]", "\"", "null", "1e999", "-0", "true", ",", ":", "\\ud800", "\\u0000", "\"model\"", "[{}]", "{\"a\":{}}", "9223372036854775808"]).Select(Encoding.UTF8.GetBytes), [0xC3], [0]];

        for (var i = 0; i < 1500; i++)
        {
            var body = bodies[random.Next(bodies.Length)].ToList();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(body.Count);
                body.RemoveRange(at, Math.Min(random.Next(0, 12), body.Count - at));
                body.InsertRange(at, bits[random.Next(bits.Length)]);
            }
            using var content = new ByteArrayContent([.. body]) { Headers = { ContentType = new("application/json") } };
            using var reply = await served.Http.PostAsync(new Uri(Served.ChatPath, UriKind.Relative), content, TestContext.Current.CancellationToken);
            var answer = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)reply.StatusCode is 200 or 400 or 401 or 404, $"{Encoding.UTF8.GetString([.. body])}\n{(int)reply.StatusCode} {answer}");
            if (!reply.IsSuccessStatusCode) Told.Read((int)reply.StatusCode, answer);
        }
    }

    [Fact]
    public async Task Many_members_are_compared_in_no_time()
    {
        await using var served = await Served.SandboxAsync();
        var many = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"m{i}\":1"));

        var good = await served.ChatAsync(Served.Ask("sandbox/echo", ",\"metadata_of_mine\":{" + many + "}"));
        var told = await served.ChatAsync(Served.Ask("sandbox/echo", $$""","metadata_of_mine":{{{many}},"m7":2}""")).ErrorAsync();

        Assert.Equal((200, "'m7' stands twice in one object"), ((int)good.StatusCode, told.Message));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_a_400()
    {
        await using var served = await Served.SandboxAsync();
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("""{"model":"sandbox/chat","messages":[{"role":"user","content":" """), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("""" "}]}"""")]);
        content.Headers.ContentType = new("application/json");

        var told = await served.Http.PostAsync(new Uri(Served.ChatPath, UriKind.Relative), content, TestContext.Current.CancellationToken).ErrorAsync();

        Assert.Equal((400, "the body is not UTF-8"), (told.Status, told.Message));
    }

    [Fact]
    public async Task A_mark_of_the_byte_order_does_no_harm()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.ChatAsync("\uFEFF" + Served.Ask("sandbox/echo"));

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_a_413(bool hasLength)
    {
        await using var served = await Served.SandboxAsync(options => options with { MaxBodyBytes = 10_000 });
        using var request = new HttpRequestMessage(HttpMethod.Post, Served.ChatPath) { Content = new StringContent(Served.Ask("sandbox/echo", $",\"x\":\"{new string('x', 20_000)}\""), Encoding.UTF8, "application/json") };
        if (!hasLength) request.Headers.TransferEncodingChunked = true;

        var told = await served.Http.SendAsync(request, TestContext.Current.CancellationToken).ErrorAsync();

        Assert.Equal((413, "request_too_large"), (told.Status, told.Code));
    }

    [Fact]
    public async Task Requests_beyond_what_the_server_takes_at_once_are_a_503_that_says_when()
    {
        await using var upstream = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("Hi"))));
        await using var served = await Served.BeforeAsync(upstream.Url, options => options with { MaxRequests = 1 });
        var first = served.ChatAsync(Served.Ask());
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        using var second = await served.ChatAsync(Served.Ask());
        using var health = await served.SendAsync(HttpMethod.Get, "/health");
        upstream.Release();
        using var answer = await first;
        using var third = await served.ChatAsync(Served.Ask());

        Assert.Equal((503, "1"), ((int)second.StatusCode, second.Header("Retry-After")));
        Assert.Equal((200, 200, 200), ((int)health.StatusCode, (int)answer.StatusCode, (int)third.StatusCode));
    }
}
