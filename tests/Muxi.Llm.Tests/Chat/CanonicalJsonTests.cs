using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The canonical JSON is lossless: what is read from it is written again, whatever was in it.</summary>
public sealed class CanonicalJsonTests
{
    private const int Seeds = 2000;

    [Fact]
    public void A_request_read_back_is_the_request()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var json = new RandomRequests(seed).Request().ToJson();
            Same(seed, json, ChatCompletionRequest.Parse(Bytes(json)).ToJson());
        }
    }

    [Fact]
    public void A_reply_read_back_is_the_reply()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var json = new RandomRequests(seed).Reply().ToJson();
            Same(seed, json, ChatCompletion.Parse(Bytes(json)).ToJson());
        }
    }

    [Fact]
    public void A_chunk_read_back_is_the_chunk()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var json = new RandomRequests(seed).Chunk().ToJson();
            Same(seed, json, ChatCompletionChunk.Parse(Bytes(json)).ToJson());
        }
    }

    [Fact]
    public void Indented_json_means_the_same()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var request = new RandomRequests(seed).Request();
            Same(seed, request.ToJson(), ChatCompletionRequest.Parse(Bytes(request.ToIndentedJson())).ToJson());
        }
    }

    [Fact]
    public void What_is_rendered_for_any_service_is_json_without_repeated_names()
    {
        var providers = Catalog.BuiltIn.Where(provider => provider.Chat is not null).ToArray();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var request = new RandomRequests(seed).Request();
            var before = request.ToJson();
            var provider = providers[seed % providers.Length];
            try
            {
                AssertNoRepeats(seed, provider.Chat!.Render(request, new(provider.Name, "m", "r", default), stream: seed % 2 == 0).Body.Span);
            }
            catch (BadRequestException refused)
            {
                // A service that hears no sound says so, rather than answer what was not asked.
                Assert.Contains(provider.Name, refused.Message, StringComparison.Ordinal);
            }
            Same(seed, before, request.ToJson());
        }
    }

    private const string EveryLevel = """
        {"model":"m","u1":1,"messages":[{"role":"user","u2":{"a":[1]},"content":[{"type":"text","text":"t","u3":null},{"type":"image_url","image_url":{"url":"u","detail":"low","u4":"x"},"u5":1},{"type":"input_audio","input_audio":{"data":"AA","format":"wav","u6":1}},{"type":"file","file":{"file_id":"f","u7":1}},{"type":"odd","u8":1}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}","u9":1},"u10":1},{"id":"d","type":"custom","custom":{"name":"g","input":"x","u11":1}}],"audio":{"id":"a","u12":1}},{"role":"tool","content":"r","tool_call_id":"c","u13":1}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"u14":1},"u15":1},"u16":1},{"type":"odd","u17":1}],"tool_choice":{"type":"function","function":{"name":"f","u18":1},"u19":1},
        "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{},"u20":1},"u21":1},"stream_options":{"include_usage":true,"u22":1}}
        """;

    [Fact]
    public void Unknown_members_of_a_request_survive_at_every_level()
    {
        var written = ChatCompletionRequest.Parse(Bytes(EveryLevel)).ToJson();

        Same(0, EveryLevel, written);
        foreach (var provider in Catalog.BuiltIn.Where(provider => provider.Chat is OpenAIChat))
        {
            var quirks = (OpenAIChat)provider.Chat!;
            // What a service takes in another form is no longer the caller's own: a choice among tools, the options of a stream.
            int[] changed = [.. quirks.ToolChoices.IsEmpty ? (int[])[] : [17, 18, 19], .. quirks.StreamOptions ? (int[])[] : [22]];
            var body = Encoding.UTF8.GetString(provider.Chat!.Render(ChatCompletionRequest.Parse(Bytes(EveryLevel)), new(provider.Name, "m", "r", default), stream: true).Body.Span);
            // The sound's bytes are not sent back, and the format of an answer may be another.
            foreach (var number in Enumerable.Range(1, 22).Except([12, 20, 21, .. changed]))
                Assert.True(body.Contains($"\"u{number}\":", StringComparison.Ordinal), $"{provider.Name} loses u{number}: {body}");
        }
    }

    [Fact]
    public void Unknown_members_of_a_reply_survive_at_every_level()
    {
        var written = ChatCompletion.Parse("""
            {"id":"1","object":"chat.completion","created":1,"model":"m","u1":{"a":[1]},"choices":[{"index":0,"u2":1,"message":{"role":"assistant","content":[{"type":"text","text":"t","u3":1}],"refusal":null,"u4":1,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"","u5":1},"u6":1}],
            "audio":{"id":"a","u7":1},"annotations":[{"type":"url_citation","url_citation":{"url":"u","u8":1}},{"type":"odd","u9":1}]},"logprobs":{"content":[{"token":"t","logprob":-1.5,"bytes":null,"top_logprobs":[{"token":"t","logprob":-1.5,"bytes":[1],"u10":1}],"u11":1}],"refusal":null,"u12":1},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"u13":1},"completion_tokens_details":{"u14":1},"u15":0.25}}
            """u8).ToJson();

        foreach (var number in Enumerable.Range(1, 15)) Assert.Contains($"\"u{number}\":", written, StringComparison.Ordinal);
        Same(0, written, ChatCompletion.Parse(Bytes(written)).ToJson());
    }

    [Fact]
    public void Unknown_members_of_a_chunk_survive_at_every_level() => Same(0, """
        {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","u1":1,"choices":[{"index":0,"u2":1,"delta":{"role":"assistant","content":"c","u3":[1],"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""},"u4":1}]},"logprobs":null,"finish_reason":null}],
        "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"u5":1}}
        """, static utf8 => ChatCompletionChunk.Parse(utf8).ToJson());

    [Fact]
    public void Blocks_keep_their_order_their_signatures_and_their_bytes()
    {
        const string Raw = """{ "type" : "redacted_thinking", "data":"QUJD\u002f/==", "n": 1.0e2 }""";
        ContentPart[] blocks =
        [
            ContentPart.FromReasoning("first", "c2lnbmF0dXJl+/=="), ContentPart.FromOpaque("anthropic", Raw), ContentPart.FromText("look"), ContentPart.FromToolCall(new() { Id = "a", Function = new("f", "{ }"), Signature = "sig-of-call" }),
            ContentPart.FromReasoning("second", ""), ContentPart.FromText("again"), Image.FromUrl("http://i"), ContentPart.FromText("kept") with { CacheControl = """{"type":"ephemeral"}""", Signature = "s" },
        ];

        var read = ChatCompletionRequest.Parse(Bytes(new ChatCompletionRequest { Model = "m", Messages = [Message.Assistant(blocks)] }.ToJson())).Messages[0].Blocks;

        Assert.Equal(blocks.Select(Told), read.Select(Told));
        Assert.Equal(Raw, read[1].Raw.ToString());

        static string Told(ContentPart part) => $"{part.Type} {part.Text} {part.Signature} {part.Format} {part.Raw} {part.ToolCall?.Id} {part.ToolCall?.Signature} {part.ToolCall?.Function.Arguments} {part.ImageUrl?.Url} {part.CacheControl}";
    }

    [Fact]
    public void A_vendors_member_named_blocks_is_the_vendors()
    {
        var reply = Parse("""{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"said","blocks":[1,{"type":"text","text":"other"}]},"finish_reason":"stop"}]}""");

        Assert.Equal(("said", "[1,{\"type\":\"text\",\"text\":\"other\"}]"), (reply.Text, reply.Choices[0].Message.Extra["blocks"].ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("model")]
    [InlineData("bot")]
    public void An_answer_by_any_other_role_keeps_its_calls(string role)
    {
        var reply = Parse($$$"""{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"{{{role}}}","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}""");

        Assert.Equal("c", Assert.Single(ChatCompletion.Parse(Bytes(reply.ToJson())).ToolCalls).Id);
    }

    private static ChatCompletion Parse(string reply) => new OpenAIChat().Parse(new(200, Bytes(reply)), new("p", "m", "r", default));

    private static void AssertNoRepeats(int seed, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var names = new Stack<HashSet<string>>();
        // Raw values are the caller's own, repeats and all: the generator writes "a" twice in one of them.
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.StartObject) names.Push([]);
            else if (reader.TokenType == JsonTokenType.EndObject) names.Pop();
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString() != "a") Assert.True(names.Peek().Add(reader.GetString()!), $"seed {seed}: '{reader.GetString()}' twice in {Encoding.UTF8.GetString(json)}");
    }

    private delegate string Written(ReadOnlySpan<byte> utf8);

    private static void Same(int seed, string json, Written write) => Same(seed, json, write(Bytes(json)));

    private static void Same(int seed, string expected, string found)
    {
        // Half a character in a raw value is no text for JsonNode.
        static JsonNode? Tree(string json) => JsonNode.Parse(json.Replace("\\ud83d\"", "half\"", StringComparison.Ordinal));
        if (expected != found && !JsonNode.DeepEquals(Tree(expected), Tree(found))) Assert.Fail($"seed {seed}:\n{expected}\n{found}");
    }

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
