using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What chat over responses sends, against OpenAI's own published schema, checked by a validator of other people.</summary>
public sealed class ResponsesChatRequestTests
{
    private const string Format = "openai-responses";

    /// <summary>An assistant's turn as a response gave it: sealed thinking, items of the service, text with citations, calls.</summary>
    private static readonly Message _turn = new()
    {
        Role = Role.Assistant,
        Blocks =
        [
            new() { Type = ContentPartType.Reasoning, Text = "Let me see.", Signature = "gAAAAA/+==", Format = Format, Extra = """{"id":"rs_1"}""" },
            ContentPart.FromOpaque(Format, """{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"oslo","queries":["oslo"]}}"""),
            new() { Type = ContentPartType.ImageUrl, ImageUrl = new("data:image/png;base64,iVBORw0KGgo="), Format = Format, Extra = """{"id":"ig_1"}""" },
            new() { Type = ContentPartType.Text, Text = "Cold.", Format = Format, Extra = """{"id":"msg_1","phase":"commentary","annotations":[{"type":"url_citation","start_index":0,"end_index":4,"url":"https://example.org/","title":"Ex"}]}""" },
            new() { Type = ContentPartType.Refusal, Text = "No.", Format = Format, Extra = """{"id":"msg_2"}""" },
            ContentPart.FromToolCall(new() { Id = "call_1", Function = new("f", "{}") }) with { Format = Format, Extra = """{"id":"fc_1"}""" },
            ContentPart.FromToolCall(new() { Id = "call_2", Type = "custom", Function = new("sql", "SELECT 1") }) with { Format = Format, Extra = """{"id":"ctc_1"}""" },
        ],
    };

    [Fact]
    public async Task Every_request_is_one_by_the_schema()
    {
        var full = SchemaTests.Full;
        ChatCompletionRequest[] requests =
        [
            full, Calls.Ask("gpt-5"), full with { MaxCompletionTokens = null, MaxTokens = 5 }, full with { ToolChoice = ToolChoice.Function("f") }, full with { ToolChoice = ToolChoice.Custom("sql") }, full with { ToolChoice = ToolChoice.Required },
            full with { ToolChoice = ToolChoice.FromRaw("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}""") }, full with { ResponseFormat = ResponseFormat.Text }, full with { ResponseFormat = ResponseFormat.JsonObject },
            full with { ToolChoice = null, FunctionCall = """{"name":"old"}""" }, full with { StreamOptions = null },
            full with { Tools = [new() { Type = "custom", Custom = """{"name":"sql","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}""" }, new() { Type = "code_interpreter", Extra = """{"container":{"type":"auto"}}""" }] },
            full with { Messages = [Message.User("Hi"), _turn, Message.Tool("call_1", "1"), new() { Role = Role.Tool, ToolCallId = "call_2", Blocks = ["a", Image.FromBytes([0x89, .. "PNG"u8]), Document.FromBytes("%PDF-1"u8, "a.pdf")] }] },
        ];
        var bodies = requests.SelectMany(request => (string[])[Body(request, false), Body(request, true)]).ToList();

        await OpenAISchemas.ExpectValidAsync([.. bodies.Select(body => ("CreateResponse", body))]);
        // The check sees what is wrong.
        var planted = JsonNode.Parse(bodies[0])!.AsObject();
        planted["max_output_tokens"] = 5;
        Assert.Contains("must be >= 16", await OpenAISchemas.ValidateAsync([("CreateResponse", planted.ToJsonString())]), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_of_chat_is_sent_or_warned_of()
    {
        var context = new CallContext("openai-responses", "gpt-5", "request-of-the-test", DateTimeOffset.UnixEpoch);
        var dialect = (OpenAIResponsesChat)Providers.OpenAIResponses.Chat!;

        var call = dialect.Render(SchemaTests.Full, context, stream: true);

        Assert.Equal(
            ["audio", "frequency_penalty", "logit_bias", "messages.content", "messages.name", "modalities", "n", "prediction", "presence_penalty", "seed", "stop"],
            call.Warnings.Select(warning => warning.Param).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["include", "input", "max_output_tokens", "metadata", "model", "moderation", "parallel_tool_calls", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier",
             "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "user"],
            JsonNode.Parse(call.Body.Span)!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_an_error_where_that_is_asked_for()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("{}"));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "openai-responses"));

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() =>
            client.Chat.Completions.CreateAsync(Calls.Ask("openai-responses/gpt-5") with { Seed = 7 }, new() { Strict = true }, TestContext.Current.CancellationToken));

        Assert.Contains("seed", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("o1-pro"), InlineData("o1-pro-2025-03-19"), InlineData("o3-pro"), InlineData("o3-deep-research"), InlineData("o4-mini-deep-research-2025-06-26"), InlineData("computer-use-preview-2025-03-11"), InlineData("gpt-5-pro")]
    [InlineData("gpt-5.5-pro-2026-04-23"), InlineData("gpt-5-codex"), InlineData("gpt-5.1-codex-max"), InlineData("gpt-5.3-codex-spark"), InlineData("gpt-5.6-cyber"), InlineData("gpt-daybreak-blue-latest")]
    public void Models_without_chat_completions_are_asked_for_responses(string model) => Assert.IsType<OpenAIResponsesChat>(Providers.OpenAI.Chat!.ForModel(model));

    [Theory]
    [InlineData("o1"), InlineData("o3-mini"), InlineData("gpt-5"), InlineData("gpt-5.5"), InlineData("gpt-4o"), InlineData("gpt-5-chat-latest")]
    public void Others_are_not(string model) => Assert.IsType<OpenAIChat>(Providers.OpenAI.Chat!.ForModel(model));

    private static string Body(ChatCompletionRequest request, bool stream) => ChatFixture.Rendered(request with { Model = "openai-responses/gpt-5" }, stream).ToJsonString();
}
