using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class SandboxFaultTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly SandboxClient _sandbox;

    public SandboxFaultTests() => _sandbox = new SandboxClient(_time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("rate-limit", 429, "requests", "rate_limit_exceeded")]
    [InlineData("quota", 429, "insufficient_quota", "insufficient_quota")]
    [InlineData("auth", 401, "invalid_request_error", "invalid_api_key")]
    [InlineData("overloaded", 503, "overloaded_error", "overloaded")]
    [InlineData("context-length", 400, "invalid_request_error", "context_length_exceeded")]
    [InlineData("content-filter", 400, "invalid_request_error", "content_policy_violation")]
    [InlineData("stream-error", 500, "server_error", "internal_error")]
    public async Task A_fault_fails_in_OpenAIs_shape(string model, int status, string type, string code)
    {
        var (actual, error) = await _sandbox.ErrorAsync(SandboxClient.Body(model, "hi"));

        Assert.Equal(status, actual);
        Assert.Equal(type, (string)error["type"]!);
        Assert.Equal(code, (string)error["code"]!);
        Assert.Contains("pretends", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task A_stream_that_is_asked_for_makes_no_difference_to_an_error_status()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("overloaded", "hi", "\"stream\":true"));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_rate_limit_says_when_to_come_back()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("rate-limit", "hi"));

        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(["0"], response.Headers.GetValues("x-ratelimit-remaining-requests"));
    }

    [Fact]
    public async Task Flaky_fails_twice_then_answers_and_so_on()
    {
        var statuses = new List<int>();
        for (var call = 0; call < 6; call++)
        {
            using var response = await _sandbox.SendAsync(SandboxClient.Body("flaky", "hi"));
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([503, 503, 200, 503, 503, 200], statuses);
    }

    [Fact]
    public async Task An_html_error_is_a_page()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("html-error", "hi"));

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("<!DOCTYPE html>", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filtered_output_says_so_in_its_finish()
    {
        var choice = (await _sandbox.ReplyAsync(SandboxClient.Body("content-filter-output", "hi")))["choices"]![0]!;

        Assert.Equal("content_filter", (string)choice["finish_reason"]!);
        Assert.Equal(8, SandboxTokens.Count((string)choice["message"]!["content"]!));
    }

    [Theory]
    [InlineData("cut-stream")]
    [InlineData("bad-json")]
    public async Task A_broken_body_is_a_200_that_no_parser_takes(string model)
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body(model, "hi"));

        Assert.Equal(200, (int)response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.StartsWith("{\"id\"", text, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(text));
    }

    [Theory]
    [InlineData("hi", "")]
    [InlineData("a longer text", ",\"n\":3")]
    [InlineData("a longer text", ",\"stream_options\":{\"include_usage\":true}")]
    public async Task A_cut_stream_begins_well_and_lacks_its_finish_and_its_end(string text, string more)
    {
        var events = await _sandbox.EventsAsync(SandboxClient.Body("cut-stream", text)[..^1] + more + "}");
        var choices = events.ConvertAll(data => JsonNode.Parse(data)!["choices"]![0]!);

        Assert.Contains(choices, choice => !string.IsNullOrEmpty((string?)choice["delta"]!["content"]));
        Assert.All(choices, choice => Assert.Null(choice["finish_reason"]));
    }

    [Fact]
    public async Task A_stream_of_bad_json_breaks_after_two_good_chunks()
    {
        var events = await _sandbox.EventsAsync(SandboxClient.Body("bad-json", "hi"));

        Assert.All(events.Take(2), data => Assert.NotNull(JsonNode.Parse(data)));
        Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(events[2]));
    }

    [Fact]
    public async Task A_stream_error_is_an_event_after_some_content_and_the_last_one()
    {
        var events = await _sandbox.EventsAsync(SandboxClient.Body("stream-error", "hi"));

        Assert.All(events.SkipLast(1), data => Assert.Null(JsonNode.Parse(data)!["choices"]![0]!["finish_reason"]));
        Assert.NotEmpty((string)JsonNode.Parse(events[^2])!["choices"]![0]!["delta"]!["content"]!);
        Assert.Equal("server_error", (string)JsonNode.Parse(events[^1])!["error"]!["type"]!);
    }

    [Fact]
    public async Task Slow_waits_two_seconds_before_the_headers()
    {
        var sending = _sandbox.SendAsync(SandboxClient.Body("slow", "hi"));
        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(sending.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        using var response = await sending;
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Slow_waits_between_the_chunks_of_a_stream()
    {
        var sending = _sandbox.SendAsync(SandboxClient.Body("slow", "hi", "\"stream\":true"));
        _time.Advance(TimeSpan.FromSeconds(2));
        using var response = await sending;
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[10_000];
        Assert.True(await stream.ReadAsync(buffer, Cancel) > 0);

        var second = stream.ReadAsync(buffer, Cancel).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await second > 0);
    }

    [Fact]
    public async Task A_slow_call_can_be_cancelled_before_its_headers()
    {
        using var caller = new CancellationTokenSource();
        var sending = _sandbox.SendAsync(SandboxClient.Body("slow", "hi"), cancel: caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Theory]
    [InlineData("\"stream\":true", 2)]
    [InlineData("\"stream\":false", 1)]
    public async Task A_stalled_body_begins_then_waits_until_the_reader_gives_up(string more, int pieces)
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("stall", "hi", more));
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        using var caller = new CancellationTokenSource();
        var buffer = new byte[10_000];
        for (var piece = 0; piece < pieces; piece++)
            Assert.True(await stream.ReadAsync(buffer, Cancel) > 0);

        var waiting = stream.ReadAsync(buffer, caller.Token).AsTask();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(waiting.IsCompleted);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Disposing_a_stalled_body_ends_the_wait()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("stall", "hi", "\"stream\":true"));
        var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[10_000];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), Cancel);
        var waiting = stream.CopyToAsync(Stream.Null, Cancel);
        Assert.False(waiting.IsCompleted);

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task A_wrong_request_is_refused_before_any_fault() =>
        Assert.Equal("missing_required_parameter", (string)(await _sandbox.ErrorAsync("""{"model":"overloaded"}""")).Error["code"]!);
}
