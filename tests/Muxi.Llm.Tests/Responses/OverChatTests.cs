using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every answer of the chat fixtures as a response: whole, streamed, and back again.</summary>
public sealed class OverChatTests
{
    private static readonly string[] _pieces = ["EqQBCkYIARgC", "+/==", " ", "Zwölf", "\"", "\\", "\n", "🧮", "é", "<b>", "\u2028", "\t", "{}", "1.50e3", "&amp;"];

    public static TheoryData<string> All => OverChatRun.Names();

    public static TheoryData<string> Streamed => OverChatRun.Names("wire-reply.sse");

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Streamed))]
    public async Task A_stream_tells_the_same_as_the_whole_response(string name)
    {
        var fixture = Fixture.Load(name);
        var events = OverChatRun.Streamed(fixture).ConvertAll(OverChatRun.Json);
        if (events.Count == 0 || (string)events[^1]["type"]! is not ("response.completed" or "response.incomplete")) Assert.Skip("the turn is paused and goes on");

        // A text whose first word comes after a later call has begun stands behind it in the stream, and before it in the whole.
        if (name == "anthropic-messages/blocks-that-overlap-streamed") return;

        var naive = NaiveResponse.Of(events);

        var whole = OverChatRun.Json(OverChatRun.Whole(fixture, await OverChatRun.ChatAsync(fixture)));
        JsonComparison.Same("the last event's response", whole, naive.Last);
        JsonComparison.Same("what the events told", whole["output"], naive.Output);
    }

    [Theory, MemberData(nameof(All))]
    public async Task What_came_as_items_goes_back_as_it_would_have_as_chat(string name)
    {
        var fixture = Fixture.Load(name);
        var chat = await OverChatRun.ChatAsync(fixture);
        var response = Response.Parse(Encoding.UTF8.GetBytes(OverChatRun.Whole(fixture, chat).ToJson()));
        var message = chat.Choices[0].Message with { Extra = default, Audio = null };
        message = message with { Blocks = [.. message.Blocks.Where(block => !OverChatReply.IsSaid(block.Type) || !string.IsNullOrEmpty(block.Text))] };
        if (message.Blocks.Count == 0) return;

        var expected = OverChatRun.Dialect(fixture).Render(new() { Model = "any/m", Messages = [Message.User("Hi"), message, Message.User("Go on.")] }, OverChatRun.Context(fixture), stream: false);
        var request = new ResponseRequest { Model = "any/m", Input = ResponseInput.FromItems([ResponseItem.User("Hi"), .. response.Output, ResponseItem.User("Go on.")]) };
        request = ResponseRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson()));
        var sent = new ResponsesOverChat(OverChatRun.Dialect(fixture), OverChatRun.Id).Begin(request, OverChatRun.Context(fixture)).Next(null).Call!;

        JsonComparison.Same("the messages", JsonNode.Parse(expected.Body.Span)!["messages"], JsonNode.Parse(sent.Body.Span)!["messages"]);
    }

    [Fact]
    public async Task Responses_and_events_are_valid_by_the_schema()
    {
        var bodies = new List<(string, string)>();
        foreach (var row in All)
        {
            var fixture = Fixture.Load(row.Data);
            if (fixture.IsStream) bodies.AddRange(OverChatRun.Streamed(fixture).Select(one => ("ResponseStreamEvent", Known(OverChatRun.Json(one)))));
            else bodies.Add(("Response", Known(OverChatRun.Json(OverChatRun.Whole(fixture, await OverChatRun.ChatAsync(fixture))))));
        }

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_a_service_sealed_survives_a_response_and_the_next_request(int seed)
    {
        var random = new Random(seed);
        List<string> sent = ["""{"type":"redacted_thinking","data":"first"}""", .. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Block(random))];
        var wire = $$$$"""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{{{{string.Join(',', sent)}}}}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";
        var context = new CallContext("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);
        var dialect = new ResponsesOverChat(new AnthropicMessages(), OverChatRun.Id);

        var exchange = dialect.Begin(new() { Model = "any/m", Input = "Hi" }, context);
        exchange.Next(null);
        var reply = exchange.Next(new(200, Encoding.UTF8.GetBytes(wire))).Value!;
        var stored = Response.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));
        var next = new ResponseRequest { Model = "any/m", Input = ResponseInput.FromItems([.. stored.Output, ResponseItem.User("Go on.")]), MaxOutputTokens = 10 };
        var body = dialect.Begin(ResponseRequest.Parse(Encoding.UTF8.GetBytes(next.ToJson())), context).Next(null).Call!.Body;

        var blocks = JsonNode.Parse(body.Span)!["messages"]![0]!["content"]!.AsArray();
        Assert.Equal(sent.Count, blocks.Count);
        Assert.All(sent.Zip(blocks), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First), pair.Second), $"{pair.First}\nwent back as\n{pair.Second!.ToJsonString()}"));
        var text = Encoding.UTF8.GetString(body.Span);
        Assert.All(sent.Where(block => !block.Contains("\"thinking\"", StringComparison.Ordinal) && !block.Contains("\"text\"", StringComparison.Ordinal)), block => Assert.Contains(block, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_sealed_block_that_was_changed_is_refused()
    {
        var dialect = new ResponsesOverChat(new AnthropicMessages(), OverChatRun.Id);
        var context = new CallContext("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);
        var good = SealedBlock.Seal(ContentPart.FromReasoning("Hm.", "c2ln"));

        foreach (var broken in (string[])[good[..^4], good[..^2] + "AA", good + "=", "muxi.block.1:", "muxi.block.1:W10="])
        {
            ResponseInput input = [new() { Type = ResponseItemType.Reasoning, EncryptedContent = broken }, ResponseItem.User("Go on.")];
            var error = Assert.Throws<BadRequestException>(() => dialect.Begin(new() { Model = "any/m", Input = input }, context));
            Assert.Equal("input[0].encrypted_content", error.Param);
        }
    }

    /// <summary>Without what the schema does not know: that a usage is null before there is one, as on OpenAI's own wire, and citations in a vendor's form.</summary>
    private static string Known(JsonNode body)
    {
        var response = body["response"] ?? body;
        if (response["usage"] is null && response is JsonObject members) members.Remove("usage");
        return body.ToJsonString().Replace("""{"type":"file_citation","file_citation":{"file_id":"f"}}""", """{"type":"file_citation","file_id":"f","filename":"","index":0}""", StringComparison.Ordinal);
    }

    /// <summary>A block as a service may write it: with white space, escapes and numbers in forms of its own.</summary>
    private static string Block(Random random) => random.Next(5) switch
    {
        0 => $$$$"""{"type":"thinking","thinking":{{{{Text(random)}}}},"signature":{{{{Text(random)}}}}}""",
        1 => $$$$"""{"type": "redacted_thinking",  "data":{{{{Text(random)}}}}}""",
        2 => $$$$"""{"tool_use_id":"srvtoolu_1","type":"web_search_tool_result","content":[{"type":"web_search_result","encrypted_content":{{{{Text(random)}}}},"page_age":null,"rank":1.50e3}]}""",
        3 => $$$$"""{"type":"text","text":{{{{Text(random)}}}}}""",
        _ => $$$$"""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{ "query":{{{{Text(random)}}}} }}""",
    };

    private static string Text(Random random)
    {
        var text = "x" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => _pieces[random.Next(_pieces.Length)]));
        return random.Next(2) == 0 ? System.Text.Json.JsonSerializer.Serialize(text) : JsonValue.Create(text)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
