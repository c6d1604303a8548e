namespace Muxi.Llm.Tests;

/// <summary>Headers as the server gets them.</summary>
public sealed class HeaderTests
{
    [Fact]
    public async Task A_call_carries_the_key_the_media_type_and_who_asks()
    {
        var seen = await SentAsync();

        Assert.Equal(("POST", "/chat/completions"), (seen.Method, seen.Target));
        Assert.Equal(($"Bearer {Calls.Key}", "application/json"), (seen.Headers["Authorization"], seen.Headers["Content-Type"]));
        Assert.StartsWith("muxi-llm/", seen.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain(Calls.Key, seen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_organisation_and_the_project_of_the_environment_are_sent()
    {
        var seen = await SentAsync(options => options with
        {
            Environment = static name => name switch { "OPENAI_ORG_ID" => "org-1", "OPENAI_PROJECT_ID" => "proj-2", _ => null },
        });

        Assert.Equal(("org-1", "proj-2"), (seen.Headers["OpenAI-Organization"], seen.Headers["OpenAI-Project"]));
        Assert.DoesNotContain("OpenAI-Organization", (await SentAsync()).Headers.Keys);
    }

    [Fact]
    public async Task The_headers_of_the_call_go_before_those_of_the_client_before_ours()
    {
        var seen = await SentAsync(
            options => options with { Headers = new Dictionary<string, string> { ["X-Both"] = "client", ["X-Client"] = "client", ["user-agent"] = "mine/1" } },
            new() { Headers = new Dictionary<string, string> { ["x-both"] = "call", ["Authorization"] = "Custom abc", ["content-type"] = "application/vnd.mine+json" } });

        Assert.Equal(("call", "client"), (seen.Headers["X-Both"], seen.Headers["X-Client"]));
        Assert.Equal(("mine/1", "Custom abc", "application/vnd.mine+json"), (seen.Headers["User-Agent"], seen.Headers["Authorization"], seen.Headers["Content-Type"]));
    }

    [Theory]
    [InlineData("Content-Language", "fa")]
    [InlineData("Expires", "0")]
    [InlineData("Allow", "GET")]
    [InlineData("Accept", "application/json")]
    [InlineData("Idempotency-Key", "3f2a")]
    public async Task Any_header_may_be_set(string name, string value) =>
        Assert.Equal(value, (await SentAsync(call: new() { Headers = new Dictionary<string, string> { [name] = value } })).Headers[name]);

    [Theory]
    [InlineData("X-Name", "a\r\nX-Evil: 1", "holds a line break")]
    [InlineData("X-Name", "a\nb", "holds a line break")]
    [InlineData("X-Name", "caf\u00e9", "plain ASCII only")]
    [InlineData("X-Name", "a\0b", "plain ASCII only")]
    [InlineData("X Name", "a", "cannot be a header's name")]
    [InlineData("X-Name:", "a", "cannot be a header's name")]
    [InlineData("X-Evil\r\nX-Name", "a", "cannot be a header's name")]
    [InlineData("", "a", "cannot be a header's name")]
    public async Task A_header_that_cannot_be_sent_is_refused_before_anything_is(string name, string value, string reason)
    {
        var headers = new Dictionary<string, string> { [name] = value };
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("Hi")));
        using var plain = Calls.ClientFor(server.Url);

        var byClient = Assert.Throws<ConfigurationException>(() => new LlmClient(Calls.OptionsFor(server.Url) with { Headers = headers }));
        var byCall = await Assert.ThrowsAsync<ConfigurationException>(() => plain.AskStream(options: new() { Headers = headers }).WholeAsync());

        Assert.Equal(byClient.Message, $"LlmOptions.Headers: {byCall.Message}");
        Assert.Contains(reason, byClient.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', byClient.Message);
        if (value.Length > 1) Assert.DoesNotContain(value, byClient.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_path_of_a_raw_call_never_leads_to_another_origin()
    {
        await using var elsewhere = await ReplayServer.StartAsync(0, CannedReply.Json("{}"));
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url);

        foreach (var path in (string[])[$"{elsewhere.Url}x", $"//{elsewhere.Url.Authority}/x", $"\\\\{elsewhere.Url.Authority}/x", $"@{elsewhere.Url.Authority}/x", "../../x", "models?limit=2", "/models", "a:b"])
            (await client.Raw.SendAsync("openai", HttpMethod.Get, path, null, TestContext.Current.CancellationToken)).Dispose();

        Assert.Empty(elsewhere.Requests);
        Assert.Equal(["/models?limit=2", "/models", "/a:b"], server.Requests.Select(request => request.Target).TakeLast(3));
        Assert.Equal(8, server.Requests.Count);
    }

    [Fact]
    public async Task A_raw_call_has_our_key_and_our_errors()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"data":[]}"""), CannedReply.Json("""{"error":{"message":"no such file"}}""", 404).With("x-request-id", "req-1"));
        using var client = Calls.ClientFor(server.Url);
        using var content = new StringContent("{}", null, "application/json");

        using (var reply = await client.Raw.SendAsync(new() { Provider = "openai", Method = HttpMethod.Post, Path = "files", Content = content, Options = new() { Headers = new Dictionary<string, string> { ["X-A"] = "b" } } }, TestContext.Current.CancellationToken))
            Assert.Equal("""{"data":[]}""", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<NotFoundException>(() => client.Raw.SendAsync("openai", HttpMethod.Get, "files/1", null, TestContext.Current.CancellationToken));

        Assert.Equal(($"Bearer {Calls.Key}", "b", "{}"), (server.Requests[0].Headers["Authorization"], server.Requests[0].Headers["X-A"], server.Requests[0].Text));
        Assert.Equal(("openai", "req-1"), (error.Provider, error.RequestId));
        Assert.Equal(("openai", "NotFound", 404), (error.Attempts[0].Target, error.Attempts[0].Outcome, error.Attempts[0].Status));
    }

    private static async Task<SeenRequest> SentAsync(Func<LlmOptions, LlmOptions>? change = null, RequestOptions? call = null)
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("Hi")));
        var options = Calls.OptionsFor(server.Url);
        using var client = new LlmClient(change?.Invoke(options) ?? options);
        await client.AskAsync(options: call);
        return Assert.Single(server.Requests);
    }
}
