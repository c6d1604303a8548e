using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What can be done with a stream of chunks.</summary>
public sealed class StreamUtilityTests
{
    private const string Usage = """{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2},"cost":0.25}""";

    /// <summary>The same answer whole, and as the choices of a stream's chunks.</summary>
    private static readonly Dictionary<string, (string Whole, string[] Pieces)> _answers = new()
    {
        ["content"] = ("""{"message":{"role":"assistant","content":"Hello, world"},"finish_reason":"stop"}""",
            ["""{"delta":{"role":"assistant","content":""}}""", """{"delta":{"content":"Hello,"}}""", """{"delta":{"content":" world"}}""", """{"delta":{},"finish_reason":"stop"}"""]),
        ["reasoning"] = ("""{"message":{"role":"assistant","reasoning_content":"Let me think.","content":"42"},"finish_reason":"length"}""",
            ["""{"delta":{"role":"assistant","content":null,"reasoning_content":""}}""", """{"delta":{"reasoning_content":"Let me "}}""", """{"delta":{"reasoning_content":"think."}}""", """{"delta":{"content":"42"}}""", """{"delta":{},"finish_reason":"length"}"""]),
        ["tool calls"] = ("""{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":""}}]},"finish_reason":"tool_calls"}""",
            ["""{"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}""", """{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}}""",
             """{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}]}}""", """{"delta":{},"finish_reason":"tool_calls"}"""]),
        ["old function call"] = ("""{"message":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"x\":1}"}},"finish_reason":"function_call"}""",
            ["""{"delta":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":""}}}""", """{"delta":{"function_call":{"arguments":"{\"x\""}}}""", """{"delta":{"function_call":{"arguments":":1}"}}}""", """{"delta":{},"finish_reason":"function_call"}"""]),
        ["custom call"] = ("""{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"custom","custom":{"name":"sql","input":"SELECT 1"}}]},"finish_reason":"tool_calls"}""",
            ["""{"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"sql","input":""}}]}}""", """{"delta":{"tool_calls":[{"index":0,"custom":{"input":"SELECT 1"}}]}}""", """{"delta":{},"finish_reason":"tool_calls"}"""]),
        ["logprobs"] = ("""{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop","logprobs":{"content":[{"token":"H","logprob":-0.1,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.1,"bytes":[72]}]},{"token":"i","logprob":-0.2,"bytes":[105],"top_logprobs":[]}],"refusal":null}}""",
            ["""{"delta":{"role":"assistant","content":""},"logprobs":null}""", """{"delta":{"content":"H"},"logprobs":{"content":[{"token":"H","logprob":-0.1,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.1,"bytes":[72]}]}],"refusal":null}}""",
             """{"delta":{"content":"i"},"logprobs":{"content":[{"token":"i","logprob":-0.2,"bytes":[105],"top_logprobs":[]}],"refusal":null}}""", """{"delta":{},"finish_reason":"stop","logprobs":null}"""]),
        ["refusal"] = ("""{"message":{"role":"assistant","content":null,"refusal":"I will not."},"finish_reason":"stop"}""",
            ["""{"delta":{"role":"assistant","content":null,"refusal":""}}""", """{"delta":{"refusal":"I will"}}""", """{"delta":{"refusal":" not."}}""", """{"delta":{},"finish_reason":"stop"}"""]),
        ["audio"] = ("""{"message":{"role":"assistant","content":null,"audio":{"id":"audio_1","expires_at":99,"data":"AQIDBAU=","transcript":"Hi there"}},"finish_reason":"stop"}""",
            ["""{"delta":{"role":"assistant","audio":{"id":"audio_1","transcript":"Hi"}}}""", """{"delta":{"audio":{"data":"AQI="}}}""", """{"delta":{"audio":{"data":"AwQF","transcript":" there"}}}""", """{"delta":{"audio":{"expires_at":99}}}""", """{"delta":{},"finish_reason":"stop"}"""]),
        ["citations"] = ("""{"message":{"role":"assistant","content":"See.","annotations":[{"type":"url_citation","url_citation":{"url":"http://a","title":"A","start_index":0,"end_index":4}},{"type":"note","x":1}]},"finish_reason":"stop"}""",
            ["""{"delta":{"role":"assistant","content":"See."}}""", """{"delta":{"annotations":[{"type":"url_citation","url_citation":{"url":"http://a","title":"A","start_index":0,"end_index":4}}]}}""", """{"delta":{"annotations":[{"type":"note","x":1}]},"finish_reason":"stop"}"""]),
        ["unknown members"] = ("""{"message":{"role":"assistant","content":"ab","images":[1,2],"mood":"good"},"finish_reason":"stop","content_filter_results":{"hate":1}}""",
            ["""{"delta":{"role":"assistant","content":"a","images":[1]}}""", """{"delta":{"content":"b","images":[2],"mood":"good"},"content_filter_results":{"hate":0}}""", """{"delta":{},"finish_reason":"stop","content_filter_results":{"hate":1}}"""]),
    };

    public static TheoryData<string> Names => [.. _answers.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_stream_put_together_is_the_reply_that_was_not_streamed(string name)
    {
        var (whole, pieces) = _answers[name];
        const string Head = "\"id\":\"1\",\"created\":5,\"model\":\"m\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp\",\"citations\":[\"http://a\",\"http://b\"]";
        var reply = $$"""{{{Head}},"object":"chat.completion","choices":[{"index":0,{{whole[1..]}}],"usage":{{Usage}}}""";
        var events = string.Concat(pieces.Select(piece => $$"""data: {{{Head}},"object":"chat.completion.chunk","choices":[{"index":0,{{piece[1..]}}]}""" + "\n\n"))
            + $$"""data: {{{Head}},"choices":[],"usage":{{Usage}}}""" + "\n\n" + Calls.Done;
        await using var server = await ReplayServer.StartAsync(name.Length, CannedReply.Json(reply), CannedReply.Sse(events));
        using var client = Calls.ClientFor(server.Url);

        var unstreamed = await client.AskAsync();
        var streamed = await client.AskStream().WholeAsync();

        AssertSame(unstreamed.ToJson(), streamed.ToJson());
        AssertSame(unstreamed.ToJson(), ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply)).ToJson());
    }

    [Theory, MemberData(nameof(Names))]
    public async Task What_is_written_as_events_is_read_back_the_same(string name)
    {
        var events = string.Concat(_answers[name].Pieces.Select(piece => Calls.Event("{\"index\":0," + piece[1..]))) + Calls.Usage + Calls.Done;
        var (chunks, written) = await WrittenAsync(events);

        var (again, writtenAgain) = await WrittenAsync(written);

        Assert.EndsWith("\n\ndata: [DONE]\n\n", written, StringComparison.Ordinal);
        Assert.Equal(chunks.Select(chunk => chunk.ToJson()), again.Select(chunk => chunk.ToJson()));
        Assert.Equal(written, writtenAgain);
    }

    [Fact]
    public async Task Several_answers_are_put_together_each_for_itself()
    {
        var events = Calls.Event("""{"index":1,"delta":{"content":"b1"}}""") + Calls.Event("""{"index":0,"delta":{"content":"a1"}}""") + Calls.Event("""{"index":1,"delta":{"content":"b2"},"finish_reason":"length"},{"index":0,"delta":{},"finish_reason":"stop"}""");

        var reply = await ReadAsync(events).WholeAsync();

        Assert.Equal([(0, "a1", "stop"), (1, "b1b2", "length")], reply.Choices.Select(choice => (choice.Index, choice.Message.Content!, choice.FinishReason?.Value!)));
    }

    [Fact]
    public async Task TextAsync_gives_the_pieces_of_the_first_answer()
    {
        var events = Calls.Opening + Calls.Piece("a") + Calls.Event("""{"index":1,"delta":{"content":"other"}}""") + Calls.Piece("b") + Calls.Done;
        var pieces = new List<string>();

        await foreach (var text in ReadAsync(events).TextAsync(TestContext.Current.CancellationToken)) pieces.Add(text);

        Assert.Equal(["a", "b"], pieces);
    }

    [Fact]
    public async Task Tee_shows_every_chunk_on_its_way()
    {
        var seen = new List<ChatCompletionChunk>();

        var (chunks, _) = await ReadAsync(Calls.Events("a", "b")).Tee(seen.Add, TestContext.Current.CancellationToken).ReadAsync();

        Assert.Equal(chunks, seen);
        Assert.True(seen.Count > 3);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("error")]
    public async Task A_stream_that_breaks_is_written_without_done(string how)
    {
        using var output = new MemoryStream();
        var events = Calls.Opening + Calls.Piece("so far") + (how == "cut" ? "" : "data: {\"error\":{\"message\":\"no\"}}\n\n" + Calls.Done);

        await Assert.ThrowsAsync<StreamInterruptedException>(() => ReadAsync(events).WriteSseAsync(output, TestContext.Current.CancellationToken));

        var written = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("so far", written, StringComparison.Ordinal);
        Assert.DoesNotContain("DONE", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_no_chunks_cannot_be_put_together() =>
        await Assert.ThrowsAsync<StreamInterruptedException>(() => Array.Empty<ChatCompletionChunk>().ToAsyncEnumerable().WholeAsync());

    [Fact]
    public async Task Text_of_every_kind_passes_through_events()
    {
        var text = "line\nbreak\r\u2028 \"quoted\" \\ \0 \ud83d\ude0a \u0633\u0644\u0627\u0645 data: x\n\n";

        var (_, written) = await WrittenAsync(Calls.Events(text));

        Assert.Equal(text, (await ReadAsync(written).WholeAsync()).Text);
    }

    [Fact]
    public async Task An_emoji_cut_in_two_by_the_service_is_whole_again()
    {
        var events = Calls.Event("""{"index":0,"delta":{"content":"\ud83d"}}""") + Calls.Event("""{"index":0,"delta":{"content":"\ude0a!"},"finish_reason":"stop"}""") + Calls.Done;

        Assert.Equal("\ud83d\ude0a!", (await ReadAsync(events).WholeAsync()).Text);
    }

    [Fact]
    public async Task A_list_that_grows_from_chunk_to_chunk_is_taken_not_added()
    {
        static string Chunk(string list, string delta) => $$$"""data: {"id":"1","model":"m","citations":{{{list}}},"choices":[{"index":0,"delta":{"content":"{{{delta}}}"}}]}""" + "\n\n";

        var reply = await ReadAsync(Chunk("[1]", "a") + Chunk("[1,2]", "b") + Chunk("[1,2]", "c") + Chunk("[]", "d") + Calls.Done).WholeAsync();

        Assert.Equal("[1,2]", reply.Extra["citations"].ToString());
    }

    private static void AssertSame(string expected, string found) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(found)), $"{expected}\n{found}");

    private static async Task<(List<ChatCompletionChunk> Chunks, string Written)> WrittenAsync(string events)
    {
        var (chunks, error) = await ReadAsync(events).ReadAsync();
        Assert.Null(error);
        using var output = new MemoryStream();
        await chunks.ToAsyncEnumerable().WriteSseAsync(output, TestContext.Current.CancellationToken);
        return (chunks, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static async IAsyncEnumerable<ChatCompletionChunk> ReadAsync(string events)
    {
        await using var server = await ReplayServer.StartAsync(events.Length, CannedReply.Sse(events));
        using var client = Calls.ClientFor(server.Url);
        await foreach (var chunk in client.AskStream()) yield return chunk;
    }
}
