using System.Text;

namespace Muxi.Llm.Tests;

public sealed class ChatOracleTests
{
    [Fact]
    public void The_naive_reader_stays_naive() =>
        Assert.InRange(File.ReadAllLines(Repo.PathTo("tests", "oracle", "ChatOracle.cs")).Length, 1, 60);

    [Fact]
    public void The_oracles_do_not_know_the_library()
    {
        foreach (var file in Directory.EnumerateFiles(Repo.PathTo("tests", "oracle"), "*.cs"))
            Assert.DoesNotContain("using Muxi", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_reply_is_read()
    {
        var reply = Read("""
            {"id":"c1","model":"m","choices":[
              {"index":1,"message":{"content":"b","refusal":"no","audio":{"id":"a1","transcript":"t"}},"finish_reason":"stop"},
              {"index":0,"message":{"content":null,"reasoning_content":"r","reasoning_details":[{"type":"x"}],
                "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}},
                              {"id":"t","type":"function","function":{"name":"g","arguments":{"a":1}}},
                              {"id":"u","type":"custom","custom":{"name":"h","input":"raw"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":1}}}
            """);

        Assert.Equal(("c1", "m", false, false), (reply.Id, reply.Model, reply.IsStream, reply.SawDone));
        Assert.Equal([0, 1], reply.Choices.Select(c => c.Index));
        var (first, second) = (reply.Choices[0], reply.Choices[1]);
        Assert.Equal(("", "r", "tool_calls"), (first.Text, first.Reasoning, first.FinishReason));
        Assert.Equal("""[{"type":"x"}]""", first.ReasoningDetails.ToJsonString());
        Assert.Equal([("t", "f", "{}"), ("t", "g", """{"a":1}"""), ("u", "h", "raw")], first.ToolCalls.Select(t => (t.Id!, t.Name!, t.Arguments)));
        Assert.Equal("custom", first.ToolCalls[2].Type);
        Assert.Equal(("b", "no", "a1", "t"), (second.Text, second.Refusal, second.AudioId, second.AudioTranscript));
        Assert.Equal(new OracleUsage(5, 2, 7, 3, 1), reply.Usage);
        Assert.Null(reply.Error);
    }

    [Fact]
    public void A_stream_is_concatenated_whatever_its_line_ends_and_comments()
    {
        var reply = Read(": keep-alive\r\n\r\n"
            + "data: {\"id\":\"\",\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\r\n\r\n"
            + "data:{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"He\"}},{\"index\":1,\"delta\":{\"content\":\"x\"}}]}\n\n"
            + "event: message\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"llo\",\"reasoning\":\"hm\"},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"choices\":[],\"usage\":null,\"x_groq\":{\"usage\":{\"prompt_tokens\":1}}}\n\ndata: {\"choices\":[],\"usage\":null}\n\ndata: [DONE]\n\n");

        Assert.Equal((true, true, "c1", "m"), (reply.IsStream, reply.SawDone, reply.Id, reply.Model));
        Assert.Equal(["Hello", "x"], reply.Choices.Select(c => c.Text));
        Assert.Equal(("hm", "stop"), (reply.Choices[0].Reasoning, reply.Choices[0].FinishReason));
        Assert.Equal(new OracleUsage(1, null, null, null, null), reply.Usage);
    }

    [Theory]
    [InlineData("by index, name and id repeated", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","function":{"name":"g","arguments":""}}]""", """[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}},{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}]""")]
    [InlineData("by id", """[{"id":"a","function":{"name":"f","arguments":"{\"x\""}},{"id":"b","function":{"name":"g","arguments":""}}]""", """[{"id":"b","function":{"arguments":"{}"}},{"id":"a","function":{"name":"","arguments":":1}"}}]""")]
    [InlineData("by position", """[{"function":{"name":"f","arguments":"{\"x\""}},{"function":{"name":"g"}}]""", """[{"function":{"name":null,"arguments":":1}"}},{"function":{"arguments":"{}"}}]""")]
    [InlineData("whole in one chunk", """[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]""", """[{"id":"b","function":{"name":"g","arguments":"{}"}}]""")]
    public void Deltas_of_one_tool_call_are_joined(string how, string first, string second)
    {
        var reply = Read(string.Concat(new[] { first, second }.Select(calls => """data: {"choices":[{"index":0,"delta":{"tool_calls":""" + calls + "}}]}\n\n")));

        var calls = Assert.Single(reply.Choices).ToolCalls;
        Assert.True(calls.Select(t => (t.Name, t.Arguments)).SequenceEqual([("f", """{"x":1}"""), ("g", "{}")]), how);
        Assert.False(reply.SawDone);
    }

    [Fact]
    public void A_legacy_function_call_is_a_tool_call_without_id_and_a_zero_valued_one_is_none()
    {
        var streamed = Read("""data: {"choices":[{"delta":{"function_call":{"name":"f","arguments":""}}}]}""" + "\n\n" + """data: {"choices":[{"delta":{"function_call":{"arguments":"{}"}}}]}""");
        var zero = Read("""{"choices":[{"index":0,"message":{"content":"x","function_call":{"name":"","arguments":""},"audio":{"id":""}},"finish_reason":""}]}""");

        var call = Assert.Single(streamed.Choices[0].ToolCalls);
        Assert.Equal((null, "function", "f", "{}"), (call.Id, call.Type, call.Name, call.Arguments));
        Assert.Empty(zero.Choices[0].ToolCalls);
        Assert.Equal(("x", "", null), (zero.Choices[0].Text, zero.Choices[0].FinishReason, zero.Choices[0].AudioId));
    }

    [Fact]
    public void Content_may_be_a_list_of_parts()
    {
        var reply = Read("""{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"why"}]},{"type":"text","text":"be"},{"type":"text","text":"cause"}]}}]}""");

        Assert.Equal(("because", "why"), (reply.Choices[0].Text, reply.Choices[0].Reasoning));
    }

    [Theory]
    [InlineData("""data: {"error":{"message":"overloaded","code":503,"type":"server_error"}}""")]
    [InlineData("""data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"message":"overloaded","code":503,"type":"server_error"}}]}""")]
    public void An_error_within_a_stream_keeps_the_text_so_far(string error)
    {
        var reply = Read("""data: {"choices":[{"index":0,"delta":{"content":"so far"}}]}""" + "\n\n" + error + "\n\n" + """data: {"choices":[{"index":0,"delta":{"content":" lost"}}]}""" + "\n\ndata: [DONE]\n\n");

        Assert.Equal(new OracleError("overloaded", "503", "server_error"), reply.Error);
        Assert.Equal("so far", Assert.Single(reply.Choices).Text);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"m","code":"c","type":"t"}}""", "m", "c", "t")]
    [InlineData(401, """{"code":"c","error":"m"}""", "m", "c", null)]
    [InlineData(422, """{"detail":[{"msg":"m"}]}""", """[{"msg":"m"}]""", null, null)]
    [InlineData(400, """{"message":"m"}""", "m", null, null)]
    [InlineData(502, "<html>", "<html>", null, null)]
    [InlineData(200, "<html>", "<html>", null, null)]
    [InlineData(500, "", "", null, null)]
    public void An_error_is_read_whatever_its_shape(int status, string body, string message, string? code, string? type) =>
        Assert.Equal(new OracleError(message, code, type), ChatOracle.Read(status, Encoding.UTF8.GetBytes(body)).Error);

    [Fact]
    public void Every_recorded_chat_completion_of_every_provider_is_read()
    {
        foreach (var record in Cassettes.Where("chat.completions"))
        {
            var reply = ChatOracle.Read(record.Reply.Status, record.Reply.PlainBody());
            Assert.True(reply.Error is null == reply.Choices.Count > 0 || reply.IsStream, record.Id);
        }
    }

    private static OracleReply Read(string body) => ChatOracle.Read(200, Encoding.UTF8.GetBytes(body));
}
