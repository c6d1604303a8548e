using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Calls of responses that are made by a service's chat: what is refused, what takes several requests, and what is told of it.</summary>
public sealed class OverChatCallTests
{
    private const string Searching = """{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}}""";

    private static readonly ResponseRequest _search = new()
    {
        Model = ManyServices.Chat, Input = "Search.", MaxOutputTokens = 50, Tools = [new() { Type = "web_search_20250305", Name = "web_search" }],
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Refused => new()
    {
        { """[{"type":"item_reference","id":"msg_1"}]""", "input[0].id", "keeps none" },
        { """[{"role":"user","content":"Hi"},{"type":"function_call","name":"f","arguments":"{}"}]""", "input[1].call_id", "needs the id" },
        { """[{"type":"function_call_output","output":"7"}]""", "input[0].call_id", "needs the id" },
        { """[{"type":"reasoning","summary":[],"encrypted_content":"gAAAA"}]""", "input", "says nothing" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task What_no_chat_can_be_asked_is_refused_and_nothing_is_sent(string input, string param, string says)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var request = ResponseRequest.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"{{ManyServices.Chat}}","input":{{input}}}"""));

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.CreateAsync(request, null, Token));

        Assert.Equal(param, error.Param);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(services.Requests);
    }

    [Fact]
    public async Task What_would_be_left_out_can_be_forbidden()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(
            () => client.Responses.CreateAsync(new() { Model = ManyServices.Chat, Input = "Hi", Tools = [ResponseTool.BuiltIn("web_search")] }, new() { Strict = true }, Token));

        Assert.Contains("tools[0]", error.Message, StringComparison.Ordinal);
        Assert.Empty(services.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_turn_that_the_service_pauses_goes_on_as_the_same_response(bool stream)
    {
        CannedReply Reply(string id, string stop, params string[] blocks)
        {
            var (content, reason) = stream ? ("", "null") : (string.Join(',', blocks), $"\"{stop}\"");
            var message = $$$"""{"id":"{{{id}}}","type":"message","role":"assistant","model":"m","content":[{{{content}}}],"stop_reason":{{{reason}}},"usage":{"input_tokens":1,"output_tokens":1}}""";
            if (!stream) return CannedReply.Json(message);
            string[] events =
            [
                $$$"""{"type":"message_start","message":{{{message}}}}""",
                .. blocks.SelectMany((block, i) => (string[])[$$$"""{"type":"content_block_start","index":{{{i}}},"content_block":{{{block}}}}""", $$$"""{"type":"content_block_stop","index":{{{i}}}}"""]),
                $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stop}}}"},"usage":{"output_tokens":1}}""", """{"type":"message_stop"}""",
            ];
            return CannedReply.Sse(string.Concat(events.Select(e => $"event: {JsonNode.Parse(e)!["type"]}\ndata: {e}\n\n")));
        }
        await using var server = await ReplayServer.StartAsync(1, Reply("msg_1", "pause_turn", Searching), Reply("msg_2", "end_turn", """{"type":"text","text":"Found."}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        Response response;
        if (stream)
        {
            var events = await client.Responses.StreamAsync(_search, null, Token).ToListAsync(Token);
            var naive = NaiveResponse.Of(events.Select(OverChatRun.Json));
            JsonComparison.Same("what the events told", naive.Last!["output"], naive.Output);
            response = events[^1].Response!;
        }
        else response = await client.Responses.CreateAsync(_search, null, Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(("Found.", ResponseStatus.Completed), (response.OutputText, response.Status));
        Assert.Equal(["reasoning", "message"], response.Output.Select(item => item.Type.Value));
        Assert.Equal(Searching, SealedBlock.Open(response.Output[0].EncryptedContent!)!.Raw.ToString());
        Assert.Equal("web_search_20250305", (string?)JsonNode.Parse(server.Requests[0].Body)!["tools"]![0]!["type"]);
    }

    [Fact]
    public async Task A_stream_that_breaks_after_content_tells_what_came_and_keeps_nothing()
    {
        var whole = Fixture.Load("responses-over-chat/thinking-and-words-streamed").WireReply;
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(System.Text.Encoding.UTF8.GetString(whole[..(whole.Length - 200)])));
        var store = new MemoryResponseStore();
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic") with { ResponseStore = store });

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Responses.StreamAsync(new ResponseRequest { Model = ManyServices.Chat, Input = "Hi" }, null, Token).ToListAsync(Token).AsTask());

        Assert.Equal("Once", Assert.IsType<Response>(error.Partial).OutputText);
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task A_file_of_another_services_history_is_called_by_its_owner()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var first = await client.Responses.CreateAsync(new() { Model = ManyServices.Stateless, Input = [ResponseItem.User("Read:", ResponsePart.FromFileId("file-1"))] }, null, Token);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.CreateAsync(new() { Model = ManyServices.Chat, Input = "And?", PreviousResponseId = first.QualifiedId }, null, Token));

        Assert.Contains("groq", error.Message, StringComparison.Ordinal);
        Assert.Contains("file-1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-picture", "output"), InlineData("a-picture-streamed", "output"), InlineData("sound-streamed", "output")]
    [InlineData("a-blocked-prompt", "input"), InlineData("a-blocked-prompt-streamed", "input"), InlineData("hello", null), InlineData("hello-streamed", null)]
    public async Task What_a_chat_noticed_and_what_a_response_cannot_tell_are_warnings(string name, string? param)
    {
        var fixture = Fixture.Load($"gemini-chat/{name}");
        await using var server = await ReplayServer.StartAsync(1, fixture.Canned);
        using var client = ChatFixture.Client(fixture, server.Url);
        var request = new ResponseRequest { Model = "gemini/gemini-3.8-flash", Input = "Hi", Store = false };

        Reply? reply = fixture.IsStream ? null : await client.Responses.CreateAsync(request, null, TestContext.Current.CancellationToken);
        if (fixture.IsStream)
            await foreach (var one in client.Responses.StreamAsync(request, null, TestContext.Current.CancellationToken)) reply = one;

        Assert.Equal(param is null ? [] : [param], reply!.Warnings.Select(warning => warning.Param));
    }
}
