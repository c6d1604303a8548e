using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a service signed or encrypted goes back byte for byte and in order, however the conversation was kept in the meantime.</summary>
public sealed class SealedBlocksTests
{
    private static readonly string[] _pieces = ["EqQBCkYIARgC", "+/==", " ", "Zwölf", "\"", "\\", "\n", "🧮", "é", "<b>", "\u2028", "\t", "{}", "1.50e3", "&amp;"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void They_survive_canonical_JSON_and_the_wire(int seed)
    {
        var random = new Random(seed);
        var sent = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Block(random)).ToList();
        var wire = $$$$"""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{{{{string.Join(',', sent)}}}}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";
        var context = new CallContext("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);
        var dialect = new AnthropicMessages();

        var reply = dialect.Parse(new(200, Encoding.UTF8.GetBytes(wire)), context);
        var stored = ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));
        var kept = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(new ChatCompletionRequest { Model = "any/m", Messages = [stored.Choices[0].Message, Message.User("Go on.")] }.ToJson()));
        var body = dialect.Render(kept with { MaxTokens = 10 }, context, stream: false).Body;

        // Thinking is written anew, so its members are compared; opaque blocks are the very bytes.
        var blocks = JsonNode.Parse(body.Span)!["messages"]![0]!["content"]!.AsArray();
        Assert.Equal(sent.Count, blocks.Count);
        Assert.All(sent.Zip(blocks), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First), pair.Second), $"{pair.First}\nwent back as\n{pair.Second!.ToJsonString()}"));
        var text = Encoding.UTF8.GetString(body.Span);
        Assert.All(sent.Where(block => !block.Contains("\"thinking\"", StringComparison.Ordinal)), block => Assert.Contains(block, text, StringComparison.Ordinal));
    }

    /// <summary>A block as a service may write it: with white space, escapes and numbers in forms of its own.</summary>
    private static string Block(Random random) => random.Next(4) switch
    {
        0 => $$$$"""{"type":"thinking","thinking":{{{{Text(random)}}}},"signature":{{{{Text(random)}}}}}""",
        1 => $$$$"""{"type": "redacted_thinking",  "data":{{{{Text(random)}}}}}""",
        2 => $$$$"""{"tool_use_id":"srvtoolu_1","type":"web_search_tool_result","content":[{"type":"web_search_result","encrypted_content":{{{{Text(random)}}}},"page_age":null,"rank":1.50e3}]}""",
        _ => $$$$"""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{ "query":{{{{Text(random)}}}} }}""",
    };

    private static string Text(Random random)
    {
        var text = "x" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => _pieces[random.Next(_pieces.Length)]));
        return random.Next(2) == 0 ? System.Text.Json.JsonSerializer.Serialize(text) : JsonValue.Create(text)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
