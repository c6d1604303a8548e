using System.Net.Http.Headers;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A raw request is sent again where that can do no harm.</summary>
public sealed class RawRetryTests
{
    private static readonly CannedReply _good = CannedReply.Json("""{"ok":true}""");

    [Theory]
    [InlineData("GET", 500, 2)]
    [InlineData("HEAD", 500, 2)]
    [InlineData("POST", 500, 1)]
    [InlineData("DELETE", 502, 1)]
    [InlineData("POST", 429, 2)]
    [InlineData("POST", 503, 2)]
    public async Task What_may_create_something_is_sent_again_only_where_the_service_says_so(string method, int status, int requests)
    {
        await using var server = FaultServer.Start(CannedReply.Json(method == "HEAD" ? "" : """{"error":{"message":"x"}}""", status), method == "HEAD" ? CannedReply.Json("") : _good);
        using var client = Client(server.Url);

        var error = await Record.ExceptionAsync(() => SendAsync(client, new(method), method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null));

        Assert.Equal(requests, server.Requests.Count);
        Assert.Equal(requests == 1, error is ApiException);
    }

    [Fact]
    public async Task The_service_may_ask_for_another_try_itself()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"error":{"message":"x"}}""", 500).With("x-should-retry", "true"), _good);
        using var client = Client(server.Url);

        await SendAsync(client, HttpMethod.Post, new StringContent("{}", Encoding.UTF8, "application/json"));

        Assert.Equal(["{}", "{}"], server.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task A_content_that_can_be_read_but_once_is_not_sent_twice()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"error":{"message":"x"}}""", 429), _good);
        using var client = Client(server.Url);
        using var once = new StreamContent(new MemoryStream("{}"u8.ToArray()));
        once.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        await Assert.ThrowsAsync<RateLimitException>(() => SendAsync(client, HttpMethod.Post, once));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_connection_that_did_not_come_about_did_no_harm()
    {
        using var client = Client(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => SendAsync(client, HttpMethod.Post, new StringContent("{}")));

        Assert.Equal(3, error.Attempts.Count);
    }

    [Fact]
    public async Task An_option_that_cannot_be_meant_here_is_refused()
    {
        using var client = Client(FaultServer.Refused());

        foreach (var options in (RequestOptions[])[new() { Fallbacks = ["groq/m"] }, new() { ExtraBody = """{"a":1}""" }, new() { MaxRetries = -1 }])
            await Assert.ThrowsAsync<ConfigurationException>(() => client.Raw.SendAsync(new() { Provider = "openai", Method = HttpMethod.Get, Path = "models", Options = options }, TestContext.Current.CancellationToken));
    }

    private static LlmClient Client(Uri server) => new(Calls.OptionsFor(server) with { Retries = new() { InitialDelay = TimeSpan.Zero } });

    private static async Task SendAsync(LlmClient client, HttpMethod method, HttpContent? content)
    {
        using var reply = await client.Raw.SendAsync("openai", method, "things", content, TestContext.Current.CancellationToken);
    }
}
