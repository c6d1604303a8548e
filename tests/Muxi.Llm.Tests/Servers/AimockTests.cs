using System.Net;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>The third-party server itself, asked with a plain client: what it can do for the tests that use it.</summary>
public sealed class AimockTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller."}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}}]}},
          {"match": {"userMessage": "picture"}, "response": {"content": "A red dot."}},
          {"match": {"userMessage": "too fast"}, "response": {"error": {"message": "Slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}, "status": 429, "retryAfter": 7}}
        ]}
        """;

    private readonly HttpClient _http = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_request_is_answered_by_its_fixture()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var reply = await ReplyAsync(server, """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"greet me"}]}""");

        var choice = reply.GetProperty("choices")[0];
        Assert.Equal("Good morning to you, dear caller.", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("gpt-4o-mini", reply.GetProperty("model").GetString());
        Assert.True(reply.GetProperty("usage").GetProperty("total_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task A_stream_comes_in_pieces_with_usage_and_ends_with_done()
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "5");

        using var response = await PostAsync(server,
            """{"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"greet me"}]}""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        var data = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(piece => piece.Trim()["data: ".Length..]).ToArray();
        Assert.Equal("[DONE]", data[^1]);
        var chunks = data[..^1].Select(Parse).ToArray();
        var deltas = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : null)
            .Where(text => !string.IsNullOrEmpty(text)).ToArray();
        Assert.True(deltas.Length > 3);
        Assert.Equal("Good morning to you, dear caller.", string.Concat(deltas));
        Assert.True(chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task A_fixture_can_call_a_tool()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var reply = await ReplyAsync(server, """
            {"model":"gpt-4o-mini","messages":[{"role":"user","content":"weather in Paris?"}],
             "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}
            """);

        var choice = reply.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        var call = choice.GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("call_1", call.GetProperty("id").GetString());
        Assert.Equal("get_weather", call.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("Paris", Parse(call.GetProperty("function").GetProperty("arguments").GetString()!).GetProperty("city").GetString());
    }

    [Fact]
    public async Task An_image_in_the_request_is_seen_in_the_journal_byte_for_byte()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        const string Image = "data:image/png;base64,iVBORw0KGgo=";

        var reply = await ReplyAsync(server, $$$"""
            {"model":"gpt-4o-mini","messages":[{"role":"user","content":[
              {"type":"text","text":"what is in the picture?"},{"type":"image_url","image_url":{"url":"{{{Image}}}"}}]}]}
            """);

        Assert.Equal("A red dot.", reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var request = Assert.Single(await server.RequestsAsync());
        Assert.Equal("/v1/chat/completions", request.GetProperty("path").GetString());
        var part = request.GetProperty("body").GetProperty("messages")[0].GetProperty("content")[1];
        Assert.Equal(Image, part.GetProperty("image_url").GetProperty("url").GetString());
    }

    [Fact]
    public async Task An_error_fixture_answers_with_its_status_retry_after_and_code()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        using var response = await PostAsync(server, """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"too fast"}]}""");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        var error = Parse(await response.Content.ReadAsStringAsync(Cancelled)).GetProperty("error");
        Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_request_without_a_fixture_is_refused()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        using var response = await PostAsync(server, """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"something else"}]}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task After_disposal_nothing_listens()
    {
        var server = await AimockServer.StartAsync(Fixtures);
        Assert.Contains("listening", server.Log, StringComparison.Ordinal);

        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(new Uri(server.Url, "health"), Cancelled));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => AimockServer.StartAsync("""{"fixtures": []}"""));

        Assert.Contains("ended before it was ready", error.Message, StringComparison.Ordinal);
        Assert.Contains("ixture", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _http.Dispose();

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private async Task<HttpResponseMessage> PostAsync(AimockServer server, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.PostAsync(new Uri(server.Url, "v1/chat/completions"), content, Cancelled);
    }

    private async Task<JsonElement> ReplyAsync(AimockServer server, string body)
    {
        using var response = await PostAsync(server, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Parse(await response.Content.ReadAsStringAsync(Cancelled));
    }
}
