using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own .NET client talks to the server as if it were OpenAI.</summary>
public sealed class DotNetSdkTests
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    [Fact]
    public async Task A_question_is_answered()
    {
        await using var served = await Served.SandboxAsync();

        var reply = (await Client(served, "sandbox/echo").CompleteChatAsync([new SystemChatMessage("Be brief"), new UserChatMessage("Hello?")], null, TestContext.Current.CancellationToken)).Value;

        Assert.Equal(("Hello?", ChatFinishReason.Stop, ChatMessageRole.Assistant), (reply.Content[0].Text, reply.FinishReason, reply.Role));
        Assert.True(reply.Usage.TotalTokenCount > 0);
    }

    [Theory]
    [InlineData("sandbox/chat")]
    [InlineData("sandbox/content-filter-output")]
    public async Task A_stream_is_read_to_its_end_with_the_usage_of_the_unstreamed_call(string model)
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served, model);
        ChatMessage[] messages = [new UserChatMessage("Tell me a story")];
        var whole = (await client.CompleteChatAsync(messages, null, TestContext.Current.CancellationToken)).Value;

        var (text, usage, finish, updates) = ("", (ChatTokenUsage?)null, (ChatFinishReason?)null, 0);
        await foreach (var update in client.CompleteChatStreamingAsync(messages, null, TestContext.Current.CancellationToken))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            (usage, finish, updates) = (update.Usage ?? usage, update.FinishReason ?? finish, updates + 1);
        }

        Assert.True(updates > 3);
        Assert.Equal((whole.Content[0].Text, whole.FinishReason, whole.Usage.TotalTokenCount), (text, finish, usage?.TotalTokenCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_is_called_and_its_result_is_taken(bool isStreamed)
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather", BinaryData.FromString(Schema), true) } };
        List<ChatMessage> messages = [new UserChatMessage("Weather in Oslo?")];
        options.ToolChoice = ChatToolChoice.CreateRequiredChoice();

        var (id, name, arguments, finish) = isStreamed ? await StreamedCallAsync(client, messages, options) : await CallAsync(client, messages, options);
        Assert.Equal((ChatFinishReason.ToolCalls, "weather"), (finish, name));
        Assert.NotNull(JsonNode.Parse(arguments)!["city"]);

        messages.Add(new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments))]));
        messages.Add(new ToolChatMessage(id, "18 degrees"));
        options.ToolChoice = ChatToolChoice.CreateAutoChoice();
        var answer = (await client.CompleteChatAsync(messages, options, TestContext.Current.CancellationToken)).Value;

        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Contains("18 degrees", answer.Content[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_follows_a_schema()
    {
        await using var served = await Served.SandboxAsync();

        var reply = (await Client(served).CompleteChatAsync([new UserChatMessage("Where?")], new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("place", BinaryData.FromString(Schema), null, true) }, TestContext.Current.CancellationToken)).Value;

        Assert.Null(SchemaJudge.Fault(Schema, reply.Content[0].Text));
    }

    [Fact]
    public async Task A_picture_arrives()
    {
        await using var served = await Served.SandboxAsync();
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

        var reply = (await Client(served).CompleteChatAsync([new UserChatMessage(ChatMessageContentPart.CreateTextPart("What is this?"), ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(png), "image/png"))], null, TestContext.Current.CancellationToken)).Value;

        Assert.Contains("image/png", reply.Content[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sandbox/context-length", 400)]
    [InlineData("sandbox/auth", 401)]
    [InlineData("nobody/m", 404)]
    [InlineData("sandbox/rate-limit", 429)]
    [InlineData("sandbox/html-error", 502)]
    [InlineData("sandbox/overloaded", 503)]
    public async Task An_error_has_its_status_and_words(string model, int status)
    {
        await using var served = await Served.SandboxAsync();

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(served, model).CompleteChatAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken));
        var streamed = await Assert.ThrowsAsync<ClientResultException>(async () =>
        {
            await foreach (var _ in Client(served, model).CompleteChatStreamingAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken)) { }
        });

        Assert.Equal((status, status), (error.Status, streamed.Status));
        Assert.Contains(model == "nobody/m" ? "nobody" : "sandbox", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_servers_own_key_is_asked_for()
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = "right-key" });

        Assert.Equal("Hi", (await Client(served, "sandbox/echo", "right-key").CompleteChatAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken)).Value.Content[0].Text);
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => Client(served, "sandbox/echo", "wrong-key").CompleteChatAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken))).Status);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_never_taken_for_a_whole_one()
    {
        await using var served = await Served.SandboxAsync();
        foreach (var model in (string[])["sandbox/stream-error", "sandbox/cut-stream"])
        {
            var seen = "";
            var error = await Record.ExceptionAsync(async () =>
            {
                await foreach (var update in Client(served, model).CompleteChatStreamingAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken))
                    seen += string.Concat(update.ContentUpdate.Select(part => part.Text));
            });

            Assert.NotNull(error);
            Assert.NotEmpty(seen);
        }
    }

    [Theory]
    [InlineData("pause_turn")]
    [InlineData("")]
    public async Task A_vendors_finish_reason_does_not_throw(string word)
    {
        var chunk = Calls.Event($$"""{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":"{{word}}"}""");
        await using var upstream = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.Sse(chunk + Calls.Done) : CannedReply.Json(Calls.Reply("Hi", word)));
        await using var served = await Served.BeforeAsync(upstream.Url);
        var client = Client(served, "openai/gpt-test");

        var whole = (await client.CompleteChatAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken)).Value;
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("Hi")], null, TestContext.Current.CancellationToken)) finish = update.FinishReason ?? finish;

        Assert.Equal((ChatFinishReason.Stop, ChatFinishReason.Stop), (whole.FinishReason, finish));
    }

    [Fact]
    public async Task Leaving_a_stream_ends_the_call_at_the_upstream()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("Once ")), CannedReply.Sse(Calls.Events("Once ", "upon"))));
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Client(served, "openai/gpt-test").CompleteChatStreamingAsync([new UserChatMessage("Hi")], null, cancel.Token))
                if (update.ContentUpdate is [{ Text: "Once " }]) await cancel.CancelAsync();
        });

        await upstream.ClientGone.WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_models_are_listed_and_one_is_told()
    {
        await using var served = await Served.SandboxAsync();
        var client = new OpenAIModelClient(new ApiKeyCredential("any"), Options(served));

        var all = (await client.GetModelsAsync(TestContext.Current.CancellationToken)).Value;
        var one = (await client.GetModelAsync("sandbox/chat", TestContext.Current.CancellationToken)).Value;

        Assert.Contains(all, model => model.Id == "sandbox/chat");
        Assert.Equal("sandbox/chat", one.Id);
    }

    private static async Task<(string Id, string Name, string Arguments, ChatFinishReason? Finish)> CallAsync(ChatClient client, List<ChatMessage> messages, ChatCompletionOptions options)
    {
        var reply = (await client.CompleteChatAsync(messages, options, TestContext.Current.CancellationToken)).Value;
        var call = Assert.Single(reply.ToolCalls);
        return (call.Id, call.FunctionName, call.FunctionArguments.ToString(), reply.FinishReason);
    }

    private static async Task<(string Id, string Name, string Arguments, ChatFinishReason? Finish)> StreamedCallAsync(ChatClient client, List<ChatMessage> messages, ChatCompletionOptions options)
    {
        var (id, name, arguments, finish) = ("", "", "", (ChatFinishReason?)null);
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options, TestContext.Current.CancellationToken))
        {
            foreach (var call in update.ToolCallUpdates) (id, name, arguments) = (id + call.ToolCallId, name + call.FunctionName, arguments + call.FunctionArgumentsUpdate);
            finish = update.FinishReason ?? finish;
        }
        return (id, name, arguments, finish);
    }

    private static ChatClient Client(Served served, string model = "sandbox/chat", string key = "any") => new(model, new ApiKeyCredential(key), Options(served));

    private static OpenAIClientOptions Options(Served served) => new() { Endpoint = new(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
