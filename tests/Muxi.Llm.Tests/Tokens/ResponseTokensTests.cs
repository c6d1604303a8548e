using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The input of a response is counted at every provider: by its own count of responses, over its count of chats, or here; and so it is at the server's route.</summary>
public sealed class ResponseTokensTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_counts_chats_counts_it_as_the_chat_that_means_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":21}"""));
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var count = await client.Responses.CountInputTokensAsync(new() { Model = "anthropic/claude-sonnet-4-5", Instructions = "Be brief.", Input = "Hi", MaxToolCalls = 3 }, null, Token);

        Assert.Equal("/messages/count_tokens", server.Requests[0].Target);
        JsonComparison.Same("the request", JsonNode.Parse("""{"model":"claude-sonnet-4-5","system":"Be brief.","messages":[{"role":"user","content":"Hi"}]}"""), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal((21, true, 0, "anthropic"), (count.InputTokens, count.IsExact, count.ErrorBand, count.Provider));
        Assert.Equal("max_tool_calls", Assert.Single(count.Warnings).Param);
    }

    [Fact]
    public async Task A_service_that_does_not_count_is_counted_for_here_and_a_warning_says_how_well()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        var request = new ResponseRequest { Model = "groq/llama-3.3-70b-versatile", Input = "Hello there" };

        var count = await client.Responses.CountInputTokensAsync(request, null, Token);

        var here = client.Tokens.Count(request.Model, request);
        Assert.Equal((here.InputTokens, here.IsExact, here.ErrorBand, null), (count.InputTokens, count.IsExact, count.ErrorBand, count.Provider));
        var warning = Assert.Single(count.Warnings);
        Assert.Equal("input_tokens", warning.Param);
        Assert.Matches(@"^counted on this machine: the provider does not count; an estimate, of which 9 in 10 are no more than [0-9.]+ % off$", warning.Message);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Responses.CountInputTokensAsync(request, new() { Strict = true }, Token));
    }

    [Fact]
    public async Task What_was_said_before_counts_where_it_is_kept_here()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Certainly, and with pleasure.")));
        using var client = Calls.ClientFor(server.Url, "deepseek");
        var first = await client.Responses.CreateAsync(new() { Model = "deepseek/m", Input = "Will you help me?" }, null, Token);

        var alone = await client.Responses.CountInputTokensAsync(new() { Model = "deepseek/m", Input = "Then begin." }, null, Token);
        var after = await client.Responses.CountInputTokensAsync(new() { Model = "deepseek/m", Input = "Then begin.", PreviousResponseId = first.QualifiedId }, null, Token);

        var whole = client.Tokens.Count("deepseek/m", new ChatCompletionRequest { Model = "-", Messages = [Message.User("Will you help me?"), Message.Assistant("Certainly, and with pleasure."), Message.User("Then begin.")] });
        Assert.Equal(whole.InputTokens, after.InputTokens);
        Assert.True(after.InputTokens > alone.InputTokens);
    }

    [Fact]
    public async Task The_servers_route_answers_for_every_provider_and_says_what_is_an_estimate()
    {
        await using var served = await Served.SandboxAsync();

        using var sandbox = await CountAsync(served, "sandbox/chat");
        using var none = await CountAsync(served, "groq/llama-3.3-70b-versatile");
        var (_, exact) = await Task.FromResult(sandbox).JsonAsync();
        var (status, estimate) = await Task.FromResult(none).JsonAsync();

        Assert.False(sandbox.Headers.Contains("x-muxi-warnings"));
        Assert.Equal("sandbox", Assert.Single(sandbox.Headers.GetValues("x-muxi-provider")));
        Assert.StartsWith("input_tokens: counted on this machine: the provider does not count; an estimate, of which 9 in 10", Assert.Single(none.Headers.GetValues("x-muxi-warnings")), StringComparison.Ordinal);
        Assert.False(none.Headers.Contains("x-muxi-provider"));
        Assert.Equal((200, "response.input_tokens"), (status, (string?)estimate["object"]));
        Assert.Equal(["object", "input_tokens"], estimate.AsObject().Select(member => member.Key));
        Assert.True((int)estimate["input_tokens"]! > 0 && (int)exact["input_tokens"]! > 0);
    }

    private static Task<HttpResponseMessage> CountAsync(Served served, string model) =>
        served.SendAsync(HttpMethod.Post, "/v1/responses/input_tokens", $$"""{"model":"{{model}}","input":"Hello there"}""");
}
