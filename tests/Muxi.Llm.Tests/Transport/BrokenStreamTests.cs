using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>Streams that go wrong, or right in unusual ways.</summary>
public sealed class BrokenStreamTests
{
    private const string Overloaded = """data: {"error":{"message":"The server is overloaded","type":"server_error","code":"overloaded"}}""" + "\n\n";
    private static readonly string _soFar = Calls.Opening + Calls.Piece("so ") + Calls.Piece("far");

    [Fact]
    public async Task An_error_in_the_opening_is_the_error_itself()
    {
        foreach (var events in (string[])[Overloaded, Calls.Opening + Overloaded, ": ping\n\n" + Calls.Opening + Overloaded + Calls.Done])
        {
            var (chunks, error) = await StreamAsync(CannedReply.Sse(events));

            var overloaded = Assert.IsType<OverloadedException>(error);
            Assert.Empty(chunks);
            Assert.Equal(("openai", "gpt-test", "overloaded"), (overloaded.Provider, overloaded.Model, overloaded.Code));
            Assert.Equal("Overloaded", Assert.Single(overloaded.Attempts).Outcome);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Calls.Done)]
    public async Task An_error_after_content_interrupts_the_stream_whatever_follows(string rest)
    {
        var (chunks, error) = await StreamAsync(CannedReply.Sse(_soFar + Overloaded + rest));

        var interrupted = Assert.IsType<StreamInterruptedException>(error);
        Assert.Equal("so far", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal("so far", interrupted.Received?.Text);
        Assert.Null(interrupted.Received!.Choices[0].FinishReason);
        Assert.Equal("overloaded", Assert.IsType<OverloadedException>(interrupted.InnerException).Code);
        Assert.Equal(("openai", "gpt-test", ErrorKind.StreamInterrupted), (interrupted.Provider, interrupted.Model, interrupted.Kind));
        Assert.Equal("StreamInterrupted", Assert.Single(interrupted.Attempts).Outcome);
        Assert.DoesNotContain('\n', interrupted.Message);
    }

    [Fact]
    public async Task An_error_event_by_name_is_an_error_whatever_it_holds()
    {
        var (_, error) = await StreamAsync(CannedReply.Sse(_soFar + "event: error\ndata: {\"code\":500,\"message\":\"it broke\"}\n\n"));

        Assert.IsType<ServerException>(Assert.IsType<StreamInterruptedException>(error).InnerException);
    }

    [Fact]
    public async Task A_stream_that_just_ends_is_never_whole()
    {
        var (chunks, error) = await StreamAsync(CannedReply.Sse(_soFar));

        Assert.Equal("so far", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal("so far", Assert.IsType<StreamInterruptedException>(error).Received?.Text);
    }

    [Fact]
    public async Task A_stream_with_one_of_its_answers_unfinished_is_not_whole()
    {
        var second = Calls.Event("""{"index":1,"delta":{"content":"second"},"finish_reason":null}""");

        Assert.IsType<StreamInterruptedException>((await StreamAsync(CannedReply.Sse(_soFar + second + Calls.Finish))).Error);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("no terminal chunk")]
    [InlineData("short body")]
    [InlineData("within an event")]
    public async Task A_connection_that_breaks_after_content_interrupts_the_stream(string how)
    {
        var reply = CannedReply.Sse(_soFar + Calls.Piece("never"));
        var (_, error) = await StreamAsync(how switch
        {
            "reset" => Fault.ResetAfter(Calls.BytesOf(_soFar), reply),
            "within an event" => Fault.NoTerminalChunk(CannedReply.Sse(_soFar + "data: {\"choices\":[{\"index\":0,\"del")),
            "no terminal chunk" => Fault.NoTerminalChunk(CannedReply.Sse(_soFar)),
            _ => Fault.ShortBody(99, CannedReply.Sse(_soFar)),
        });

        var interrupted = Assert.IsType<StreamInterruptedException>(error);
        Assert.IsType<ApiConnectionException>(interrupted.InnerException);
        // A reset may overtake what was sent before it.
        if (how != "reset") Assert.Equal("so far", interrupted.Received?.Text);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_content_is_a_connection_error()
    {
        Assert.IsType<ApiConnectionException>((await StreamAsync(Fault.ResetAfter(0, CannedReply.Sse(_soFar)))).Error);
        Assert.IsType<ApiConnectionException>((await StreamAsync(Fault.NoTerminalChunk(CannedReply.Sse(Calls.Opening)))).Error);
        Assert.IsType<ApiConnectionException>((await StreamAsync(Fault.ResetUnanswered)).Error);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_done_does_no_harm()
    {
        var (chunks, error) = await StreamAsync(Fault.NoTerminalChunk(CannedReply.Sse(Calls.Events("whole"))));

        Assert.Null(error);
        Assert.Equal("whole", string.Concat(chunks.Select(chunk => chunk.Text)));
    }

    [Fact]
    public async Task Without_done_finish_reasons_make_a_stream_whole()
    {
        var (chunks, error) = await StreamAsync(CannedReply.Sse(_soFar + Calls.Finish + Calls.Usage));

        Assert.Null(error);
        Assert.Equal(FinishReason.Stop, chunks.SelectMany(chunk => chunk.Choices).Single(choice => choice.FinishReason is not null).FinishReason);
        Assert.Equal(8, chunks[^1].Usage?.TotalTokens);
    }

    [Fact]
    public async Task Without_finish_reason_done_makes_a_stream_whole_and_the_reason_is_derived()
    {
        var call = Calls.Event("""{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}}""");

        var text = await StreamAsync(CannedReply.Sse(_soFar + Calls.Usage + Calls.Done));
        var tool = await StreamAsync(CannedReply.Sse(Calls.Opening + call + Calls.Done));

        Assert.Equal((null, FinishReason.Stop), (text.Error, Assert.Single(text.Chunks, chunk => chunk.Choices.Any(choice => choice.FinishReason is not null)).Choices[0].FinishReason));
        Assert.Equal(8, text.Chunks[^1].Usage?.TotalTokens);
        Assert.Equal((null, FinishReason.ToolCalls), (tool.Error, tool.Chunks[^1].Choices[0].FinishReason));
    }

    [Fact]
    public async Task An_answer_without_content_is_whole_with_its_proper_end()
    {
        var (chunks, error) = await StreamAsync(CannedReply.Sse(Calls.Opening + Calls.Done));

        Assert.Null(error);
        Assert.Equal("openai", chunks[0].Provider);
        Assert.Equal("", (await chunks.ToAsyncEnumerable().WholeAsync()).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(": ping\n\n")]
    [InlineData(Calls.Done)]
    public async Task A_stream_of_nothing_is_interrupted(string events)
    {
        var (chunks, error) = await StreamAsync(CannedReply.Sse(events));

        Assert.Empty(chunks);
        Assert.Null(Assert.IsType<StreamInterruptedException>(error).Received);
    }

    [Fact]
    public async Task An_html_page_instead_of_a_stream_is_a_server_error()
    {
        var page = "<!DOCTYPE html>\n<html>\n<body>maintenance</body>\n</html>";
        foreach (var status in (int[])[200, 502])
        {
            var (_, error) = await StreamAsync(CannedReply.Html(status, page));

            Assert.Equal((HttpStatusCode.BadGateway, null), (Assert.IsType<ServerException>(error).Status, ((ServerException)error).Body));
            Assert.Contains("HTML", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_json_error_instead_of_a_stream_is_that_error()
    {
        var (_, error) = await StreamAsync(CannedReply.Json("""{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"""));

        Assert.Equal("rate_limit_exceeded", Assert.IsType<RateLimitException>(error).Code);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1 << 20)]
    public async Task A_whole_reply_instead_of_a_stream_is_one_chunk(int length)
    {
        var text = new string('y', length);

        var (chunks, error) = await StreamAsync(CannedReply.Json(Calls.Reply(text)));

        Assert.Null(error);
        Assert.Equal(text, Assert.Single(chunks, chunk => chunk.Text is not null).Text);
        Assert.Equal(FinishReason.Stop, chunks[0].Choices[0].FinishReason);
        Assert.Equal(8, chunks[^1].Usage?.TotalTokens);
    }

    [Fact]
    public async Task A_whole_reply_with_calls_instead_of_a_stream_keeps_them()
    {
        var reply = await ReplyAsync("""
            {
              "id": "1", "model": "m",
              "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "g", "arguments": "[1]"}}]}}]
            }
            """);

        Assert.Equal(["a f {}", "b g [1]"], reply.ToolCalls.Select(call => $"{call.Id} {call.Function.Name} {call.Function.Arguments}"));
    }

    [Fact]
    public async Task Opening_chunks_are_given_once_content_has_come_and_carry_who_answered()
    {
        var (chunks, _) = await StreamAsync(CannedReply.Sse(Calls.Events("a", "b")).With("x-request-id", "req-7"));

        Assert.Equal(Role.Assistant, chunks[0].Choices[0].Delta.Role);
        Assert.All(chunks, chunk => Assert.Equal(("openai", "req-7", "ok"), (chunk.Provider, chunk.RequestId, Assert.Single(chunk.Attempts).Outcome)));
    }

    private static async Task<ChatCompletion> ReplyAsync(string json)
    {
        await using var server = FaultServer.Start(CannedReply.Json(json));
        using var client = Calls.ClientFor(server.Url);
        return await client.AskStream().WholeAsync();
    }

    private static async Task<(List<ChatCompletionChunk> Chunks, Exception? Error)> StreamAsync(Fault fault)
    {
        await using var server = FaultServer.Start(fault);
        using var client = Calls.ClientFor(server.Url);
        return await client.AskStream().ReadAsync();
    }
}
