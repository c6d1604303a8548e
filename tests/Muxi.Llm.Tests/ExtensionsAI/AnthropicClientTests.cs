using Anthropic;
using Microsoft.Extensions.AI;

namespace Muxi.Llm.Tests;

/// <summary>A vendor's own client, Anthropic's for .NET, behind a name of ours: over real HTTP against a model of the service.</summary>
public sealed class AnthropicClientTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task It_chats_calls_tools_and_goes_on(bool stream)
    {
        var model = new AnthropicWireModel();
        var script = new Queue<Said[]>([[new Said.Words("Let me look. "), new Said.Call("toolu_1", "get_weather", """{"city":"Oslo"}""")], [new Said.Words("It is cold.")]]);
        var seen = new List<SeenRequest>();
        await using var server = await ReplayServer.StartAsync(3, request =>
        {
            seen.Add(request);
            return model.Say(stream, script.Dequeue());
        });
        using var theirs = ClientAt(server.Url);
        using var chat = theirs.AsIChatClient("claude-sonnet-4-5");
        using var client = new LlmClient(new() { Providers = [Provider.From(chat, "claude")], Environment = static _ => null });
        var weather = FunctionTool.Create((string city) => $"2 degrees in {city}", new() { Name = "get_weather", Description = "The weather" });
        var request = Calls.Ask("claude/claude-sonnet-4-5", "Weather in Oslo?") with { MaxTokens = 300 };
        var token = TestContext.Current.CancellationToken;

        ChatCompletion? reply = null;
        if (!stream) reply = await client.Chat.Completions.RunToolsAsync(request, [weather], cancellationToken: token);
        else await foreach (var happening in client.Chat.Completions.StreamToolsAsync(request, [weather], cancellationToken: token)) reply = happening.Completion ?? reply;

        Assert.Equal("It is cold.", reply!.Text);
        Assert.True(reply.Usage!.PromptTokens > 0 && reply.Usage.CompletionTokens > 0);
        Assert.Equal([stream, stream], seen.Select(model.Streams));
        Assert.All(seen, one => Assert.Contains("\"max_tokens\":300", one.Text, StringComparison.Ordinal));
        Assert.Contains("2 degrees in Oslo", seen[1].Text, StringComparison.Ordinal);
        Assert.Contains("\"tool_use_id\":\"toolu_1\"", seen[1].Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Its_errors_are_ours_and_another_service_takes_over(bool stream)
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Json("""{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}""", 401), CannedReply.Json("""{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}""", 401));
        using var theirs = ClientAt(server.Url);
        using var chat = theirs.AsIChatClient("claude-sonnet-4-5");
        using var client = new LlmClient(new() { Providers = [Provider.From(chat, "claude")], Environment = static _ => null });

        async Task<ChatCompletion> AskAsync(RequestOptions? options) => stream ? await client.AskStream("claude/claude-sonnet-4-5", options).WholeAsync() : await client.AskAsync("claude/claude-sonnet-4-5", options);
        var error = await Assert.ThrowsAnyAsync<ApiException>(() => AskAsync(null));
        var reply = await AskAsync(new() { Fallbacks = ["sandbox/chat"] });

        Assert.Equal("claude", error.Provider);
        Assert.NotNull(error.InnerException);
        Assert.NotEmpty(reply.Text);
    }

    private static AnthropicClient ClientAt(Uri server) => new() { ApiKey = Calls.Key, BaseUrl = server.ToString().TrimEnd('/'), MaxRetries = 0 };
}
