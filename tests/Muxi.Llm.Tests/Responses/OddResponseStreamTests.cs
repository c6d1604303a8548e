namespace Muxi.Llm.Tests;

/// <summary>Streams as services send them that leave out, double or misplace what OpenAI sends: the answer is the same, as a response and as a chat.</summary>
public sealed class OddResponseStreamTests
{
    private const string Thought = """{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]}""";
    private const string Call = """{"id":"fc_1","type":"function_call","status":"completed","call_id":"c","name":"add","arguments":"{\"a\":1}"}""";
    private const string Begun = """data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","model":"m","output":[]}}""" + "\n\n";
    private const string Empty = """data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","model":"m","output":[]}}""" + "\n\n";
    private const string Whole = $$$"""data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","model":"m","output":[{{{Thought}}},{{{WireResponse.Message}}},{{{Call}}}]}}""" + "\n\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Done(string item, string place = "") => $"data: {{\"type\":\"response.output_item.done\"{place},\"item\":{item}}}\n\n";

    private static string Added(string item, string place = "") => $"data: {{\"type\":\"response.output_item.added\"{place},\"item\":{item}}}\n\n";

    private static string Piece(string type, string text, string place = "") => $"data: {{\"type\":\"response.{type}\"{place},\"delta\":\"{text}\"}}\n\n";

    public static TheoryData<string, string> Streams => new()
    {
        { "only the end", Whole },
        { "only the end, unnamed", "data: {\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"model\":\"m\",\"output\":[" + Thought + "," + WireResponse.Message + "," + Call + "]}\n\n" },
        { "items at their end, without places", Begun + Done(Thought) + Done(WireResponse.Message) + Done(Call) + Empty },
        { "items at one place", Begun + Done(Thought, ",\"output_index\":0") + Done(WireResponse.Message, ",\"output_index\":0") + Done(Call, ",\"output_index\":0") + Empty },
        { "pieces of nothing", Begun + Piece("reasoning_summary_text.delta", "Hm.") + Piece("output_text.delta", "Hel") + Piece("output_text.delta", "lo") + Done(Call) + Empty },
        { "pieces of nothing, and the whole", Begun + Piece("reasoning_summary_text.delta", "Hm.") + Piece("output_text.delta", "Hel") + Piece("output_text.delta", "lo") + Whole },
        { "an item that is not ended", Begun + Added(Thought) + Piece("output_text.delta", "Hello") + Done(Call) + Empty },
        {
            "whole texts alone", Begun + Done(Thought) + """data: {"type":"response.output_text.done","item_id":"msg_1","output_index":1,"content_index":0,"text":"Hello"}""" + "\n\n"
            + Added("""{"id":"fc_1","type":"function_call","call_id":"c","name":"add","arguments":""}""", ",\"output_index\":2") + """data: {"type":"response.function_call_arguments.done","item_id":"fc_1","output_index":2,"arguments":"{\"a\":1}"}""" + "\n\n" + Empty
        },
        { "carriage returns, comments and pings", ": PROCESSING\r\n\r\n" + ("event: ping\ndata: {\"type\":\"ping\"}\n\n" + Begun + ": here still\n\ndata: {\"type\":\"keepalive\",\"sequence_number\":3}\n\n" + Whole + "data: [DONE]\n\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "null for everything", """data: {"type":"response.created","sequence_number":null,"response":null}""" + "\n\n" + """data: {"type":"response.output_text.delta","item_id":null,"output_index":null,"content_index":null,"delta":null,"logprobs":null}""" + "\n\n" + Whole },
        { "other types", """data: {"type":"response.created","sequence_number":"0","response":{"id":"resp_1","output":null,"usage":[],"metadata":[],"error":"","incomplete_details":"","tools":{},"created_at":"now"}}""" + "\n\n" + Whole },
        { "twice", Begun + Added(WireResponse.Message.Replace("Hello", "", StringComparison.Ordinal), ",\"output_index\":1") + Begun + Piece("output_text.delta", "Hello", ",\"output_index\":1,\"item_id\":\"msg_1\"") + Done(WireResponse.Message, ",\"output_index\":1") + Done(WireResponse.Message, ",\"output_index\":1") + Whole },
    };

    [Theory, MemberData(nameof(Streams))]
    public async Task The_answer_is_the_same(string what, string stream)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(stream));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Providers = [new("odd", server.Url.AbsoluteUri.TrimEnd('/'), Auth.None) { Chat = new OpenAIResponsesChat() }] });

        var response = await client.Responses.StreamAsync(new ResponseRequest { Model = "openai/m", Input = "Hi" }, null, Token).ToResponseAsync(Token);
        var chat = await client.Chat.Completions.StreamAsync(Calls.Ask("odd/m"), cancellationToken: Token).ToCompletionAsync(Token);

        Assert.True(response.OutputText == "Hello", $"{what}: {response.ToJson()}");
        Assert.True(chat.Text == "Hello", $"{what}: {chat.ToJson()}");
        // What nobody told cannot be there; what was told is there once.
        if (stream.Contains("function_call", StringComparison.Ordinal))
        {
            Assert.True(response.FunctionCalls is [{ Name: "add", Arguments: """{"a":1}""" }], $"{what}: {response.ToJson()}");
            Assert.True(chat.ToolCalls is [{ Function: { Name: "add", Arguments: """{"a":1}""" } }], $"{what}: {chat.ToJson()}");
        }
        Assert.Equal("Hm.", chat.Choices[0].Message.ReasoningContent);
        Assert.Equal("Hm.", string.Concat(response.Output.Where(item => item.Type == ResponseItemType.Reasoning).SelectMany(item => item.Summary ?? []).Select(part => part.Text)));
    }

    [Theory, InlineData("codex.rate_limits"), InlineData("keepalive"), InlineData("heartbeat"), InlineData("ping")]
    public async Task What_is_no_part_of_the_answer_does_not_keep_another_service_from_answering(string type)
    {
        await using var first = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Created() + WireResponse.Event(type, 1, "\"limits\":{}") + WireResponse.Failed(2)));
        await using var second = await ReplayServer.StartAsync(1, CannedReply.Sse(WireResponse.Stream));
        using var client = new LlmClient(Calls.OptionsFor(first.Url) with { BaseUrls = new Dictionary<string, Uri> { ["openai"] = first.Url, ["lmstudio"] = second.Url } });

        var (events, error) = await client.Responses.StreamAsync(new ResponseRequest { Model = "openai/gpt-test", Input = "Hi" }, new() { Fallbacks = [new("lmstudio/m")] }, Token).ReadAsync();

        Assert.Null(error);
        Assert.All(events, one => Assert.Equal("lmstudio", one.Provider));
    }
}
