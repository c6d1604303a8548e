using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Muxi.Llm.Tests;

public sealed class FaultServerTests : IDisposable
{
    private static readonly CannedReply _events = CannedReply.Sse("data: one\n\ndata: two\n\n");

    // By default a stream that is left early is drained for two seconds before its socket is closed.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_refused_connection_is_a_connection_error()
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(FaultServer.Refused(), Cancel));

        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
    }

    [Fact]
    public async Task A_reset_on_accept_reaches_the_client_before_any_header()
    {
        await using var server = FaultServer.Start(Fault.ResetOnAccept);

        var error = await Record.ExceptionAsync(() => _http.GetAsync(server.Url, Cancel));

        Assert.True(error is HttpRequestException or SocketException or IOException, $"{error}");
        Assert.Empty(server.Requests);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_reset_may_come_after_the_request_and_before_any_reply()
    {
        await using var server = FaultServer.Start(Fault.ResetUnanswered);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => _http.PostAsync(server.Url, new StringContent("hello"), Cancel));

        Assert.Equal(SocketError.ConnectionReset, Innermost<SocketException>(error)?.SocketErrorCode);
        Assert.Equal("hello", Assert.Single(server.Requests).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task A_reset_comes_after_so_many_bytes_of_the_body(int bytes)
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(bytes, _events));

        var (text, error) = await ReadAsync(server.Url);

        Assert.Equal(_events.Body[..bytes], Encoding.UTF8.GetBytes(text));
        Assert.Equal(SocketError.ConnectionReset, Innermost<SocketException>(error)?.SocketErrorCode);
    }

    [Fact]
    public async Task A_stalled_body_goes_on_when_released()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(11, _events));
        await using var body = await _http.GetStreamAsync(server.Url, Cancel);
        var before = new byte[11];
        await body.ReadExactlyAsync(before, Cancel);
        var next = body.ReadAsync(new byte[1], Cancel).AsTask();

        await server.Stalled;
        Assert.False(next.IsCompleted);
        server.Release();

        Assert.Equal(1, await next);
        Assert.Equal("data: one\n\n"u8, before);
        Assert.False(server.ClientGone.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_leaves_a_stalled_stream_is_seen_to_go()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(11, _events));
        var body = await _http.GetStreamAsync(server.Url, Cancel);
        await server.Stalled;
        Assert.False(server.ClientGone.IsCompleted);

        await body.DisposeAsync();

        await server.ClientGone.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_client_that_gives_up_on_a_silent_server_is_seen_to_go()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, _events));
        using var patience = new CancellationTokenSource();
        var call = _http.GetAsync(server.Url, patience.Token);
        await server.Stalled;

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await server.ClientGone.WaitAsync(Cancel);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_slow_header_arrives_when_released()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(9, CannedReply.Json("{}")));
        var call = _http.GetStringAsync(server.Url, Cancel);
        await server.Stalled;
        Assert.False(call.IsCompleted);

        server.Release();

        Assert.Equal("{}", await call);
    }

    [Fact]
    public async Task A_body_without_its_terminal_chunk_ends_prematurely_with_all_its_bytes()
    {
        await using var server = FaultServer.Start(Fault.NoTerminalChunk(_events));

        var (text, error) = await ReadAsync(server.Url);

        Assert.Equal(_events.Body, Encoding.UTF8.GetBytes(text));
        Assert.Equal(HttpRequestError.ResponseEnded, Innermost<HttpIOException>(error)?.HttpRequestError);
    }

    [Fact]
    public async Task A_body_shorter_than_its_length_ends_prematurely()
    {
        await using var server = FaultServer.Start(Fault.ShortBody(10, CannedReply.Json("{}")));

        var (text, error) = await ReadAsync(server.Url);

        Assert.Equal("{}", text);
        Assert.Equal(HttpRequestError.ResponseEnded, Innermost<HttpIOException>(error)?.HttpRequestError);
    }

    [Fact]
    public async Task A_script_of_replies_is_given_in_turn_and_its_last_one_again()
    {
        await using var server = FaultServer.Start(
            CannedReply.Html(502, "<html>bad gateway</html>"),
            CannedReply.Json("""{"error":{"message":"slow down"}}""", 429).With("retry-after", "7"),
            Fault.ResetOnAccept,
            CannedReply.Json("{}"));

        using var first = await _http.GetAsync(server.Url, Cancel);
        using var second = await _http.PostAsync(server.Url, new StringContent("hello"), Cancel);
        Assert.NotNull(await Record.ExceptionAsync(() => _http.GetAsync(server.Url, Cancel)));
        using var fourth = await _http.GetAsync(server.Url, Cancel);
        using var fifth = await _http.GetAsync(server.Url, Cancel);

        Assert.Equal(HttpStatusCode.BadGateway, first.StatusCode);
        Assert.Equal("text/html", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(7), second.Headers.RetryAfter!.Delta);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (fourth.StatusCode, fifth.StatusCode));
        Assert.Equal(["", "hello", "", ""], server.Requests.Select(r => r.Text));
        Assert.Equal(3, server.Connections);
    }

    private async Task<(string Text, Exception Error)> ReadAsync(Uri url)
    {
        using var reply = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var body = await reply.Content.ReadAsStreamAsync(Cancel);
        using var got = new MemoryStream();
        var error = await Record.ExceptionAsync(() => body.CopyToAsync(got, 1, Cancel));
        Assert.NotNull(error);
        return (Encoding.UTF8.GetString(got.ToArray()), error);
    }

    private static T? Innermost<T>(Exception? error)
        where T : Exception => error is null ? null : Innermost<T>(error.InnerException) ?? error as T;
}
