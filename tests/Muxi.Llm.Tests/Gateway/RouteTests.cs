using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class RouteTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/openai/health")]
    [InlineData("/health?verbose=1")]
    [InlineData("/health/")]
    public async Task The_process_says_that_it_answers(string path)
    {
        await using var served = await Served.SandboxAsync();

        var (status, body) = await served.SendAsync(HttpMethod.Get, path).JsonAsync();

        Assert.Equal((200, """{"status":"ok"}"""), (status, body.ToJsonString()));
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/v1/chat/completions?api-version=1")]
    public async Task Chat_is_served_with_and_without_the_prefix(string path)
    {
        await using var served = await Served.SandboxAsync();

        var (status, body) = await served.SendAsync(HttpMethod.Post, path, Served.Ask("sandbox/echo")).JsonAsync();

        Assert.Equal((200, "Hello?"), (status, (string?)body["choices"]![0]!["message"]!["content"]));
    }

    [Theory]
    [InlineData("/v1/models/sandbox/chat")]
    [InlineData("/v1/models/sandbox%2Fchat")]
    [InlineData("/v1/models/sandbox%2fch%61t")]
    [InlineData("/openai/v1/models/sandbox/chat")]
    public async Task A_models_id_may_hold_slashes_raw_or_encoded(string path)
    {
        await using var served = await Served.SandboxAsync();

        var (status, body) = await served.SendAsync(HttpMethod.Get, path).JsonAsync();

        Assert.Equal((200, "sandbox/chat"), (status, (string?)body["id"]));
    }

    [Fact]
    public async Task An_id_is_decoded_once()
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(HttpMethod.Get, "/v1/models/sandbox%252Fchat").ErrorAsync();

        Assert.Equal((404, "model_not_found"), (told.Status, told.Code));
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1")]
    [InlineData("POST", "/v1/chat")]
    [InlineData("POST", "/v1/../v1/chat/completions")]
    [InlineData("POST", "/v1//chat/completions")]
    [InlineData("GET", "/V1/models")]
    [InlineData("GET", "/openai/openai/v1/models")]
    [InlineData("GET", "/openaiv1/models")]
    public async Task An_unknown_path_is_a_404_in_the_surfaces_shape(string method, string path)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(new(method), path).ErrorAsync();

        Assert.Equal((404, "invalid_request_error", "unknown_url"), (told.Status, told.Type, told.Code));
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", "POST")]
    [InlineData("DELETE", "/v1/models/sandbox/chat", "GET")]
    [InlineData("PATCH", "/health", "GET")]
    [InlineData("OPTIONS", "/v1/chat/completions", "POST")]
    public async Task A_wrong_method_is_a_405_that_names_the_right_one(string method, string path, string allowed)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(new(method), path);

        Assert.Equal(allowed, reply.Header("Allow"));
        Assert.Equal((405, "method_not_allowed"), (await Task.FromResult(reply).ErrorAsync()) is var told ? (told.Status, told.Code) : default);
    }

    [Fact]
    public async Task A_request_line_may_name_the_whole_address()
    {
        await using var served = await Served.SandboxAsync();

        var raw = await Wire.AskAsync(served.Url, $"GET {served.Url}v1/models/sandbox%2Fchat HTTP/1.1\r\nHost: {served.Url.Authority}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", raw, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"sandbox/chat\"", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_a_body()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Head, "/health");

        Assert.Equal((200, ""), ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Each_request_has_an_id_of_its_own_and_no_answer_names_the_server()
    {
        await using var served = await Served.SandboxAsync();

        using var first = await served.SendAsync(HttpMethod.Get, "/health", null, ("x-request-id", "mine"));
        using var second = await served.SendAsync(HttpMethod.Get, "/nothing");

        Assert.Matches("^req_[0-9a-f]{32}$", first.Header("x-request-id"));
        Assert.NotEqual(first.Header("x-request-id"), second.Header("x-request-id"));
        Assert.Null(first.Header("Server"));
    }

    [Fact]
    public async Task A_request_is_logged_in_one_line_without_what_the_client_wrote()
    {
        await using var served = await Served.SandboxAsync();

        (await served.SendAsync(HttpMethod.Post, "/v1/chat/completions?secret=abc", Served.Ask("sandbox/echo"), ("Authorization", "Bearer abc"))).Dispose();
        (await served.SendAsync(HttpMethod.Get, "/v1/secret-abc")).Dispose();

        Assert.Collection(served.Lines, line => Assert.Matches("^POST /v1/chat/completions 200 sandbox/echo [0-9]+ ms req_[0-9a-f]{32}$", line), line => Assert.Matches("^GET \\(unknown path\\) 404 - [0-9]+ ms req_", line));
    }
}
