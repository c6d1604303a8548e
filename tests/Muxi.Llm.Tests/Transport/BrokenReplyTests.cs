using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>Replies that go wrong on their way, without streaming.</summary>
public sealed class BrokenReplyTests
{
    private const string Page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

    [Fact]
    public async Task A_refused_connection_is_told_with_its_address()
    {
        var nobody = FaultServer.Refused();
        using var client = Calls.ClientFor(nobody);

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync());

        Assert.Equal($"openai: no reply from http://{nobody.Authority}: Connection refused", error.Message);
        Assert.Equal(("openai", "gpt-test", ErrorKind.Connection), (error.Provider, error.Model, error.Kind));
        Assert.Equal(("openai/gpt-test", "Connection", null), (error.Attempts[0].Target, error.Attempts[0].Outcome, error.Attempts[0].Status));
    }

    [Theory]
    [InlineData("vllm", "start it with 'vllm serve MODEL'; VLLM_BASE_URL")]
    [InlineData("llama_cpp", "start it with 'llama-server -m MODEL.gguf', or name a model's file, as llama_cpp/MODEL.gguf, and one is started for it; LLAMA_CPP_BASE_URL")]
    [InlineData("lmstudio", "start it with 'lms server start'; LMSTUDIO_BASE_URL")]
    public async Task A_self_hosted_server_that_refuses_says_how_to_mend_it(string provider, string mend)
    {
        using var client = Calls.ClientFor(FaultServer.Refused(), provider);

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync($"{provider}/m"));

        Assert.EndsWith($"Connection refused (is the server running? {mend} tells where)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_a_connection_error()
    {
        using var client = Calls.ClientFor(new("http://nowhere.invalid/v1"));

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync());

        Assert.StartsWith("openai: no reply from http://nowhere.invalid: ", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Resets => ["on accept", "unanswered", "mid-body", "no terminal chunk", "short body"];

    [Theory, MemberData(nameof(Resets))]
    public async Task A_connection_that_breaks_is_a_connection_error(string how)
    {
        var reply = CannedReply.Json(Calls.Reply("never whole"));
        await using var server = FaultServer.Start(how switch
        {
            "on accept" => Fault.ResetOnAccept,
            "unanswered" => Fault.ResetUnanswered,
            "mid-body" => Fault.ResetAfter(40, reply),
            "no terminal chunk" => Fault.NoTerminalChunk(reply),
            _ => Fault.ShortBody(10, reply),
        });
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync());

        Assert.DoesNotContain('\n', error.Message);
        Assert.Single(error.Attempts);
    }

    [Fact]
    public async Task An_error_whose_body_breaks_off_is_still_told_as_what_its_status_says()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(12, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429).With("retry-after", "7")));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync());

        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
    }

    [Fact]
    public async Task An_html_page_with_502_is_a_server_error_that_does_not_quote_it()
    {
        await using var server = FaultServer.Start(CannedReply.Html(502, Page));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync());

        Assert.Equal(HttpStatusCode.BadGateway, error.Status);
        Assert.Contains("HTML", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nginx", error.Message, StringComparison.Ordinal);
        Assert.Null(error.Body);
    }

    [Theory]
    [InlineData("text/html", Page, "HTML")]
    [InlineData("application/json", "", "empty")]
    [InlineData("application/json", "   \n", "empty")]
    [InlineData("application/json", "null", "openai: ")]
    [InlineData("application/json", "[]", "openai: ")]
    [InlineData("application/json", "{}", "openai: ")]
    [InlineData("application/json", """{"id":"1","choices":[]}""", "openai: ")]
    [InlineData("application/json", """{"id":"1","choices":[{"index":0,"message":{"role":"assist""", "openai: ")]
    [InlineData("text/event-stream", "data: [DONE]\n\n", "openai: ")]
    public async Task A_good_status_without_a_reply_is_a_server_error(string type, string body, string expected)
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(body).With("content-type", type));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync());

        Assert.Contains(expected, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(200, error.Attempts[0].Status);
    }

    [Fact]
    public async Task A_good_status_with_an_error_is_that_error()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"""));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.AskAsync());

        Assert.Equal("rate_limit_exceeded", error.Code);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    [InlineData(304)]
    public async Task A_redirect_is_an_error_and_is_not_followed(int status)
    {
        await using var elsewhere = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("stolen")));
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("", status).With("location", new Uri(elsewhere.Url, "chat/completions").ToString()));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.AskAsync());
        await Assert.ThrowsAnyAsync<ApiException>(() => client.AskStream().WholeAsync());

        Assert.Equal(status, (int)error.Status);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_huge_reply_is_read_whole()
    {
        var text = new string('x', 32 << 20);
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply(text)), CannedReply.Sse(Calls.Events(text)));
        using var client = Calls.ClientFor(server.Url);

        Assert.True(text == (await client.AskAsync()).Text);
        Assert.True(text == (await client.AskStream().WholeAsync()).Text);
    }

    [Fact]
    public async Task An_error_without_end_is_read_to_a_limit()
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            var junk = new byte[64 << 10];
            Array.Fill(junk, (byte)'x');
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(junk, context.RequestAborted);
        });
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync());

        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        Assert.InRange(error.Body!.Length, 1, 4096);
    }
}
