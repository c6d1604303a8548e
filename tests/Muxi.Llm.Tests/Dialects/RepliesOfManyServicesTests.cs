using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's shape as services really send it: members that are missing, null, of another type or in another place, and others that nobody knows. Nothing of a good reply is lost.</summary>
public sealed class RepliesOfManyServicesTests
{
    private static readonly CallContext _context = new("house", "m", "1", DateTimeOffset.UnixEpoch);

    public static TheoryData<string, float[]> Vectors => new()
    {
        { """{"embedding":[1,2]}""", [1, 2] },
        { """{"object":"embedding","index":null,"embedding":[1,2.5e0]}""", [1, 2.5f] },
        { """{"index":"0","embedding":[[1,2]]}""", [1, 2] },
        { $$"""{"index":0,"embedding":"{{Convert.ToBase64String(MemoryMarshal.AsBytes<float>([1, 2]))}}"}""", [1, 2] },
        { """{"embedding":[]}""", [] },
        { """{"embedding":[-128,127]}""", [-128, 127] },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void An_embedding_is_read_in_every_form(string item, float[] numbers)
    {
        var reply = new OpenAIEmbeddings().Parse(Reply($$$"""{"data":[{{{item}}}],"model":null,"usage":{"total_tokens":"7"}}"""), _context);

        Assert.Equal(numbers, Assert.Single(reply.Data).Vector.ToArray());
        Assert.Equal((0, "", 7L), (reply.Data[0].Index, reply.Model, reply.Usage!.PromptTokens));
    }

    [Theory]
    [InlineData("""{"data":[{"embedding":[null,null]}]}""")]
    [InlineData("""{"data":[{"embedding":[[1],[2]]}]}""")]
    [InlineData("""{"data":[{"embedding":null}]}""")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":[],"error":{"message":"no"}}""")]
    [InlineData("<html></html>")]
    public void What_holds_no_embedding_is_an_error(string body) => Assert.ThrowsAny<ApiException>(() => new OpenAIEmbeddings().Parse(Reply(body), _context));

    [Theory]
    [InlineData("""{"output_dtype":"int8"}""", null)]
    [InlineData("""{"output_dtype":"ubinary"}""", "base64")]
    [InlineData("""{"embed_dtype":"float16"}""", "base64")]
    public void Numbers_of_another_kind_are_never_asked_for_as_base64_of_their_bytes(string extra, string? asked)
    {
        var call = new OpenAIEmbeddings().Render(new() { Model = "m", Input = "a", EncodingFormat = asked is null ? null : new(asked), Extra = extra }, _context);

        Assert.Equal($$"""{"model":"m","input":"a",{{extra[1..]}}""", Encoding.UTF8.GetString(call.Body.Span));
    }

    [Fact]
    public void A_piece_of_a_call_is_read_without_a_list_around_it()
    {
        var fold = new OpenAIChat { StopsWithCalls = true }.Fold(_context);
        var chunks = new List<ChatCompletionChunk>();
        foreach (var piece in (string[])["{\\\"a\\\"", ":1}"])
            fold.Next(new(null, Encoding.UTF8.GetBytes("""{"id":"","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":{"index":0,"id":"","type":"function","function":{"name":"look","arguments":"PIECE"}}},"finish_reason":null}]}""".Replace("PIECE", piece, StringComparison.Ordinal))), chunks);
        fold.Next(new(null, """{"id":"","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"eos_token"}]}"""u8.ToArray()), chunks);
        fold.End(chunks);

        var whole = new ChatAccumulator();
        foreach (var chunk in chunks) whole.Add(chunk);
        var choice = whole.ToCompletion()!.Choices[0];

        Assert.Equal(("look", """{"a":1}""", FinishReason.ToolCalls), (Assert.Single(choice.Message.ToolCalls).Function.Name, choice.Message.ToolCalls[0].Function.Arguments, choice.FinishReason));
        Assert.NotEmpty(choice.Message.ToolCalls[0].Id);
    }

    [Fact]
    public async Task An_input_of_the_services_own_form_is_answered_with_as_many_embeddings_as_it_has()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"embedding":[1]},{"embedding":[2]}]}"""));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Embeddings.CreateAsync(new() { Model = "openai/m", Input = "a", Extra = """{"input":[{"text":"a"},{"image_url":"b"}]}""" }, null, TestContext.Current.CancellationToken);

        Assert.Equal(2, reply.Data.Count);
    }

    public static TheoryData<string, string, string?> Completions => new()
    {
        { """{"choices":[{"text":"Hi","index":0,"finish_reason":"stop"}]}""", "Hi", "stop" },
        { """{"id":7,"created":"1700000000","choices":[{"text":null,"message":{"role":"assistant","content":"Hi"},"finish_reason":"eos"}]}""", "Hi", "stop" },
        { """{"created":"2023-11-14T22:13:20Z","choices":[{"message":{"content":"Hi","reasoning_content":"Well"},"text":""}]}""", "Hi", null },
        { """{"created":1700000000.9,"choices":[{"text":"Hi","delta":{"content":"no","token_id":4},"logprobs":null,"finish_reason":""}],"error":null}""", "Hi", null },
    };

    [Theory, MemberData(nameof(Completions))]
    public void A_completion_is_read_whatever_shape_its_choice_has(string body, string text, string? finish)
    {
        var reply = new OpenAICompletions().Parse(Reply(body), _context);

        Assert.Equal((text, finish), (reply.Choices[0].Text, reply.Choices[0].FinishReason?.Value));
        Assert.True(reply.Created is 0 or 1_700_000_000);
        if (body.Contains("reasoning", StringComparison.Ordinal)) Assert.Equal("""{"content":"Hi","reasoning_content":"Well"}""", reply.Choices[0].Extra["message"].ToString());
        if (body.Contains("token_id", StringComparison.Ordinal)) Assert.Equal("""{"content":"no","token_id":4}""", reply.Choices[0].Extra["delta"].ToString());
    }

    [Fact]
    public void Probabilities_in_the_shape_of_chat_are_those_of_the_completion()
    {
        var reply = new OpenAICompletions().Parse(Reply("""{"choices":[{"text":"Hi!","logprobs":{"content":[{"token":"Hi","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"Hi","logprob":-0.5},{"token":"Ho","logprob":"-1"}]},{"token":"!","logprob":-2,"top_logprobs":[]}]}}]}"""), _context);

        var read = reply.Choices[0].Logprobs!;
        Assert.Equal(["Hi", "!"], read.Tokens);
        Assert.Equal([-0.5, -2], read.TokenLogprobs);
        Assert.Equal((-1d, null), (read.TopLogprobs[0]!["Ho"], read.TopLogprobs[1]));
        Assert.Equal(2, read.Extra["content"].ToElement().GetArrayLength());
    }

    [Fact]
    public void Probabilities_may_have_gaps()
    {
        var read = new OpenAICompletions().Parse(Reply("""{"choices":[{"text":"a","logprobs":{"tokens":["a","b"],"token_logprobs":[null,-1],"top_logprobs":[null,{"b":-1}],"text_offset":null,"token_ids":[5,6]}}]}"""), _context).Choices[0].Logprobs!;

        Assert.Equal([null, -1], read.TokenLogprobs);
        Assert.Equal((null, -1d, "[5,6]"), (read.TopLogprobs[0], read.TopLogprobs[1]!["b"], read.Extra["token_ids"].ToString()));
    }

    [Theory]
    [InlineData("""{"id":"c","choices":null}""")]
    [InlineData("""{"id":"c","choices":[]}""")]
    [InlineData("""{"choices":null,"usage":{"input_tokens":3,"output_tokens":1}}""")]
    public void A_chunk_without_an_answer_does_not_break_a_stream_of_completions(string chunk)
    {
        var chunks = Fold(new OpenAICompletions().Fold(new() { Model = "m", Prompt = "a" }, _context), "", """{"choices":[{"text":"Hi","index":0}]}""", chunk, """{"choices":[{"text":"","index":0,"finish_reason":"length"}]}""");

        Assert.Equal("Hi", string.Concat(chunks.SelectMany(one => one.Choices).Select(choice => choice.Text)));
        Assert.Equal(chunk.Contains("usage", StringComparison.Ordinal) ? 4L : default(long?), chunks[^1].Usage?.TotalTokens);
    }

    [Theory]
    [InlineData("""{"results":[{"categories":{"violence":true,"new":null},"category_scores":{"violence":"0.9","new":null},"category_applied_input_types":{"violence":"text","new":null}}]}""", true)]
    [InlineData("""{"id":null,"model":null,"results":[{"flagged":null,"categories":{"violence":true},"category_scores":{"violence":0.9},"category_applied_input_types":{"violence":["text"]},"x":1}],"error":null}""", true)]
    [InlineData("""{"results":[{"flagged":false,"categories":{"violence":true},"category_scores":{"violence":9e-1},"category_applied_input_types":{"violence":["text"]}}]}""", false)]
    public void A_moderation_is_read_with_gaps_and_categories_of_any_name(string body, bool isFlagged)
    {
        var read = Assert.Single(new OpenAIModerations().Parse(Reply(body), _context).Results);

        Assert.Equal((isFlagged, true, 0.9), (read.Flagged, read.Categories["violence"], read.CategoryScores["violence"]));
        Assert.Equal(["text"], read.CategoryAppliedInputTypes["violence"]);
    }

    [Theory]
    [InlineData("""{"id":"a","created":"1700000000","owned_by":""}""", "a", 1_700_000_000L)]
    [InlineData("""{"id":"a","created":"2023-11-14T22:13:20Z"}""", "a", 1_700_000_000L)]
    [InlineData("""{"id":"a","created":1700000000.25}""", "a", 1_700_000_000L)]
    [InlineData("""{"id":"a","created":null,"created_at":"2023-11-14T22:13:20.5Z"}""", "a", 1_700_000_000L)]
    [InlineData("""{"id":7,"created":"soon"}""", "7", null)]
    public void A_model_is_read_whatever_its_time_is_written_as(string body, string id, long? created)
    {
        var page = ModelJson.ReadPage(Reply($$"""{"data":[{{body}},{"name":"without an id"},null],"has_more":true}"""), _context);

        Assert.Equal((id, created), (page.Data[0].Id, page.Data[0].Created));
        Assert.Equal((1, true, id), (page.Data.Count, page.HasMore, page.LastId));
        if (created is null) Assert.Equal("\"soon\"", page.Data[0].Extra["created"].ToString());
    }

    [Theory]
    [InlineData("""{"data":[{"b64_json":"iVBORw0KGgo="}]}""")]
    [InlineData("""{"created":"2023-11-14T22:13:20Z","data":[{"b64_json":"data:image/png;base64,iVBORw0KGgo=","url":null}],"usage":null}""")]
    [InlineData("""{"created":1700000000.5,"data":[{"b64_json":"iVBO\nRw0K\r\nGgo=","url":"","index":0}],"error":null}""")]
    public void A_picture_is_read_in_every_form_of_base64(string body)
    {
        var reply = new OpenAIImages().Parse(Reply(body), _context);

        Assert.Equal("iVBORw0KGgo=", Convert.ToBase64String(Assert.Single(reply.Data).Bytes.Span));
        Assert.Null(reply.Data[0].Url);
        Assert.True(reply.Created is 0 or 1_700_000_000);
    }

    [Theory]
    [InlineData("""{"created":1,"data":null}""")]
    [InlineData("""{"created":1}""")]
    [InlineData("""{"data":[],"error":{"message":"blocked"}}""")]
    public void A_reply_without_a_list_of_pictures_is_an_error(string body) => Assert.ThrowsAny<ApiException>(() => new OpenAIImages().Parse(Reply(body), _context));

    [Theory]
    [InlineData("""{"text":null}""", "")]
    [InlineData("""{"text":"Hi","duration":"1.5","language":null,"words":null,"segments":null,"logprobs":null,"usage":null,"error":null}""", "Hi")]
    [InlineData("""{"segments":[{"id":0,"start":"0.0","end":1,"text":" Hi"},{"id":"seg_1","text":" you"},null],"words":[{"text":"Hi"},{"word":"you","text":"you"},7]}""", "Hi you")]
    public void A_transcript_is_read_with_gaps(string body, string text)
    {
        var read = new OpenAITranscription().Parse(Reply(body), new() { Model = "m", File = FileSource.FromBytes("a"u8.ToArray(), "a.wav") }, _context);

        Assert.Equal(text, read.Text);
        Assert.Equal(text == "Hi" ? 1.5 : default(double?), read.Duration);
        if (text != "Hi you") return;
        Assert.Equal(["Hi", "you"], read.Words.Select(word => word.Word));
        Assert.Equal([("0", 0d, 1d), ("seg_1", 0d, 0d)], read.Segments.Select(segment => (segment.Id, segment.Start, segment.End)));
    }

    [Fact]
    public void A_transcript_that_comes_as_many_small_ones_is_put_together()
    {
        var events = Fold(Listening(), "", """{"text":"One"}""", """{"text":" two"}""", """{"text":" three."}""");

        Assert.Equal(["One", " two", " three.", null], events.Select(one => one.Delta));
        Assert.Equal("One two three.", events[^1].Text);
    }

    [Fact]
    public void The_name_of_an_event_says_what_its_data_leave_out()
    {
        List<TranscriptionStreamEvent> heard = [];
        var listening = Listening();
        listening.Next(Event("""{"delta":"Hi"}""", "transcript.text.delta"), heard);
        listening.Next(Event("""{"text":"Hi"}""", "transcript.text.done"), heard);
        List<SpeechStreamEvent> said = [];
        var speaking = new OpenAIStreamedSpeech().Fold(new() { Model = "m", Input = "a" }, _context);
        speaking.Next(Event("""{"audio":"AAEC"}""", "speech.audio.delta"), said);
        speaking.Next(Event("{}", "speech.audio.done"), said);

        Assert.True(listening.IsComplete && speaking.IsComplete);
        Assert.Equal(("Hi", "Hi", "AAEC"), (heard[0].Delta, heard[1].Text, said[0].Audio));
    }

    [Theory]
    [InlineData("""{"id":"f","filename":null,"bytes":null,"created_at":null,"purpose":null,"status":null,"type":"jsonl"}""", 0L, 0L)]
    [InlineData("""{"id":"f","bytes":"12","created_at":"1700000000","type":"jsonl"}""", 12L, 1_700_000_000L)]
    [InlineData("""{"id":"f","size_bytes":12,"created_at":"2023-11-14T22:13:20.000000+00:00","error":null,"type":"jsonl"}""", 12L, 1_700_000_000L)]
    [InlineData("""{"id":"f","bytes":12.0,"created_at":1700000000.75,"error":"","type":"jsonl"}""", 12L, 1_700_000_000L)]
    public void A_file_is_read_with_gaps(string body, long bytes, long created)
    {
        var file = new OpenAIFiles().Parse(Reply(body), _context);

        Assert.Equal(("f", bytes, created, "jsonl"), (file.Id, file.Bytes, file.CreatedAt, file.Extra.GetString("type")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("""{"id":"f"}""", true)]
    [InlineData("""{"deleted":true}""", true)]
    [InlineData("""{"id":"f","type":"file_deleted"}""", true)]
    [InlineData("""{"id":"f","deleted":null}""", true)]
    [InlineData("""{"id":"f","deleted":false}""", false)]
    public void A_good_reply_to_a_deletion_is_one(string body, bool isDeleted)
    {
        var exchange = new OpenAIFiles().Begin(new FileDeleteRequest("f"), _context);
        exchange.Next(null);

        var gone = exchange.Next(new HttpReply(200, Encoding.UTF8.GetBytes(body))).Value!;

        Assert.Equal(("f", isDeleted), (gone.Id, gone.Deleted));
    }

    [Theory]
    [InlineData("""{"id":"req_1","error":{"message":"no such file"}}""")]
    [InlineData("""{"error":{"message":"no such file"}}""")]
    [InlineData("<html></html>")]
    public void An_error_with_a_good_status_is_no_file_and_no_deletion(string body)
    {
        Assert.ThrowsAny<ApiException>(() => new OpenAIFiles().Parse(Reply(body), _context));
        Assert.ThrowsAny<ApiException>(() => new OpenAIFiles().ParseDeleted(Reply(body), _context));
    }

    [Fact]
    public void Usage_in_the_newer_words_counts_the_same()
    {
        var usage = new OpenAIEmbeddings().Parse(Reply("""{"data":[{"embedding":[1]}],"usage":{"input_tokens":5,"output_tokens":"2","total_tokens":7}}"""), _context).Usage!;

        Assert.Equal((5L, 2L, 7L), (usage.PromptTokens, usage.CompletionTokens, usage.TotalTokens));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"input_tokens":5,"output_tokens":"2"}"""), JsonNode.Parse(usage.Extra.ToString())));
    }

    private static IFold<TranscriptionStreamEvent> Listening() => new OpenAITranscription().Fold(new() { Model = "m", File = FileSource.FromBytes("a"u8.ToArray(), "a.wav") }, _context);

    private static List<T> Fold<T>(IFold<T> fold, string name, params string[] data)
    {
        List<T> all = [];
        foreach (var one in data) fold.Next(Event(one, name.Length == 0 ? null : name), all);
        fold.End(all);
        return all;
    }

    private static WireEvent Event(string data, string? name) => new(name, Encoding.UTF8.GetBytes(data));

    private static HttpReply Reply(string body) => new(200, Encoding.UTF8.GetBytes(body), new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = body.StartsWith('<') ? "text/html" : "application/json" }));
}
