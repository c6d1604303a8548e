using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Streams of responses: every event in its order, unknown ones too; never one that is cut taken for a whole one; and what can be answered elsewhere is.</summary>
public sealed class ResponseStreamTests
{
    private static readonly ResponseRequest _ask = new() { Model = "openai/gpt-test", Input = "Hi" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_as_they_are_and_in_order()
    {
        var unknown = WireResponse.Event("response.later", 4, "\"x\":{\"a\":[1,2.50]}");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created() + WireResponse.ItemAdded() + WireResponse.PartAdded() + WireResponse.Delta(3, "Hello") + unknown + WireResponse.Completed(5)));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamAsync(_ask, null, Token).ReadAsync();

        Assert.Null(error);
        Assert.Equal("""{"model":"gpt-test","input":"Hi","stream":true}""", server.Requests[0].Text);
        Assert.Equal(["response.created", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.later", "response.completed"], events.Select(one => one.Type.Value));
        Assert.Equal([0L, 1, 2, 3, 4, 5], events.Select(one => one.SequenceNumber));
        Assert.Equal("""{"type":"response.later","sequence_number":4,"x":{"a":[1,2.50]}}""", events[4].ToJson());
        Assert.Equal(("Hello", "openai/resp_1", true), (events[3].TextDelta, events[5].Response!.QualifiedId, events[5].IsLast));
    }

    [Fact]
    public async Task The_whole_of_a_stream_is_what_the_call_gives_without_one()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("stream", StringComparison.Ordinal) ? CannedReply.Sse(WireResponse.Stream) : CannedReply.Json(WireResponse.Response()));
        using var client = Calls.ClientFor(server.Url);

        var streamed = await client.Responses.StreamAsync(_ask, null, Token).ToResponseAsync(Token);
        var whole = await client.Responses.CreateAsync(_ask, null, Token);
        var text = await client.Responses.StreamAsync(_ask, null, Token).TextAsync(Token).ToListAsync(Token);

        Assert.Equal(whole.ToJson(), streamed.ToJson());
        Assert.Equal("openai", streamed.Provider);
        Assert.Equal(["Hel", "lo"], text);
    }

    [Fact]
    public async Task A_last_event_without_its_items_gets_them_from_those_before()
    {
        var done = WireResponse.Event("response.output_item.done", 2, $"\"output_index\":0,\"item\":{WireResponse.Message}");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created() + WireResponse.ItemAdded() + done + WireResponse.Completed(3, "")));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal("Hello", (await client.Responses.StreamAsync(_ask, null, Token).ToResponseAsync(Token)).OutputText);
    }

    [Fact]
    public async Task A_stream_without_its_end_is_an_error_that_holds_what_came()
    {
        var call = WireResponse.Event("response.output_item.added", 5, "\"output_index\":1,\"item\":{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"c\",\"name\":\"add\",\"arguments\":\"\"}")
            + WireResponse.Event("response.function_call_arguments.delta", 6, "\"output_index\":1,\"item_id\":\"fc_1\",\"delta\":\"{\\\"a\\\"\"") + WireResponse.Event("response.function_call_arguments.delta", 7, "\"output_index\":1,\"item_id\":\"fc_1\",\"delta\":\":1}\"");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created() + WireResponse.ItemAdded() + WireResponse.PartAdded() + WireResponse.Delta(3, "Hel") + WireResponse.Delta(4, "lo") + call));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamAsync(_ask, null, Token).ReadAsync();

        var partial = Assert.IsType<Response>(Assert.IsType<StreamInterruptedException>(error).Partial);
        Assert.Equal((8, "Hello", ResponseStatus.InProgress), (events.Count, partial.OutputText, partial.Status));
        Assert.Equal(("add", """{"a":1}"""), (partial.FunctionCalls[0].Name, partial.FunctionCalls[0].Arguments));
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("created")]
    [InlineData("failed")]
    [InlineData("error")]
    [InlineData("nested error")]
    [InlineData("broken")]
    public async Task What_fails_before_any_content_is_answered_elsewhere(string kind)
    {
        var bad = kind switch
        {
            "created" => WireResponse.Created() + WireResponse.ItemAdded() + WireResponse.PartAdded(),
            "failed" => WireResponse.Created() + WireResponse.ItemAdded() + WireResponse.Failed(2),
            "error" => WireResponse.Created() + WireResponse.Event("error", 1, "\"code\":\"server_error\",\"message\":\"It broke.\",\"param\":null"),
            "nested error" => WireResponse.Created() + WireResponse.Event("error", 1, "\"error\":{\"type\":\"server_error\",\"code\":\"server_error\",\"message\":\"It broke.\",\"param\":null}"),
            "broken" => "data: {\"type\":\"response.created\",\"response\":{\n\n",
            _ => kind,
        };
        await using var first = await ReplayServer.StartAsync(1, CannedReply.Sse(bad));
        await using var second = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Stream));
        using var client = new LlmClient(Calls.OptionsFor(first.Url) with
        {
            BaseUrls = new Dictionary<string, Uri> { ["openai"] = first.Url, ["lmstudio"] = second.Url },
        });

        var (events, error) = await client.Responses.StreamAsync(_ask, new() { Fallbacks = [new("lmstudio/m")] }, Token).ReadAsync();

        Assert.Null(error);
        Assert.All(events, one => Assert.Equal("lmstudio", one.Provider));
        Assert.Equal(6, events.Count);
    }

    [Fact]
    public async Task What_fails_after_content_is_told_with_the_event_and_all_that_came()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created() + WireResponse.ItemAdded() + WireResponse.PartAdded() + WireResponse.Delta(3, "Hel") + WireResponse.Failed(4)));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamAsync(_ask, new() { Fallbacks = [new("lmstudio/m")] }, Token).ReadAsync();

        var broken = Assert.IsType<StreamInterruptedException>(error);
        var partial = Assert.IsType<Response>(broken.Partial);
        Assert.Equal(ResponseEventType.Failed, events[^1].Type);
        Assert.Equal((ResponseStatus.Failed, "It broke.", "Hel"), (partial.Status, partial.Error?.Message, partial.OutputText));
        Assert.IsType<ServerException>(broken.InnerException, exactMatch: false);
    }

    [Fact]
    public async Task What_is_made_in_the_background_shows_at_once()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created().Replace("\"background\":false", "\"background\":true", StringComparison.Ordinal)));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamAsync(_ask with { Background = true }, null, Token).ReadAsync();

        Assert.Equal("resp_1", Assert.Single(events).Response!.Id);
        Assert.IsType<StreamInterruptedException>(error);
    }

    [Theory]
    [InlineData("completed", "response.completed")]
    [InlineData("incomplete", "response.incomplete")]
    public async Task A_service_that_does_not_stream_gives_its_last_event(string status, string type)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(WireResponse.Response(status)));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await client.Responses.StreamAsync(_ask, null, Token).ReadAsync();

        Assert.Null(error);
        Assert.Equal(type, Assert.Single(events).Type.Value);
    }

    [Fact]
    public async Task A_type_that_only_the_events_name_tells_is_taken()
    {
        var nameless = WireResponse.Stream.Replace("\"type\":\"response.output_text.delta\",", "", StringComparison.Ordinal);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(nameless));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(["Hel", "lo"], await client.Responses.StreamAsync(_ask, null, Token).TextAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task It_is_written_as_events_with_names_and_no_mark_at_the_end()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Stream));
        using var client = Calls.ClientFor(server.Url);
        using var output = new MemoryStream();

        await client.Responses.StreamAsync(_ask, null, Token).WriteSseAsync(output, Token);

        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.StartsWith("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,", text, StringComparison.Ordinal);
        Assert.Equal(6, text.Split("event: ").Length - 1);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }
}
