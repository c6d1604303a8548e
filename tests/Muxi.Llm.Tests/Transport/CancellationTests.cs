namespace Muxi.Llm.Tests;

/// <summary>The caller's own cancellation: it reaches the socket and comes back as what it is.</summary>
public sealed class CancellationTests : IDisposable
{
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task A_call_with_a_cancelled_token_opens_no_socket()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Calls.Reply("Hi")));
        using var client = Calls.ClientFor(server.Url);
        await _caller.CancelAsync();

        await ExpectAsync(client.AskAsync(token: _caller.Token));
        await ExpectAsync(client.AskStream(token: _caller.Token).WholeAsync());

        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_cancelled_before_the_headers(bool stream)
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("late"))));
        using var client = Calls.ClientFor(server.Url);
        var call = stream ? client.AskStream(token: _caller.Token).WholeAsync() : client.AskAsync(token: _caller.Token);
        await server.Stalled;

        await _caller.CancelAsync();

        await ExpectAsync(call);
        await server.ClientGone.SoonAsync();
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_call_is_cancelled_in_the_middle_of_a_body(int status)
    {
        await using var server = FaultServer.Start(Fault.StallAfter(20, CannedReply.Json(Calls.Reply("late"), status)));
        using var client = Calls.ClientFor(server.Url);
        var call = client.AskAsync(token: _caller.Token);
        await server.Stalled;

        await _caller.CancelAsync();

        await ExpectAsync(call);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_stream_is_cancelled_in_its_middle_without_being_wrapped()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("one")), CannedReply.Sse(Calls.Events("one", "two"))));
        using var client = Calls.ClientFor(server.Url);
        var text = "";
        var call = Task.Run(
            async () =>
            {
                await foreach (var chunk in client.AskStream(token: _caller.Token)) text += chunk.Text;
            },
            TestContext.Current.CancellationToken);
        await server.Stalled;

        await _caller.CancelAsync();

        await ExpectAsync(call);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_token_given_to_the_loop_counts_as_one_given_to_the_call()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Sse(Calls.Events("late"))));
        using var client = Calls.ClientFor(server.Url);
        var call = client.AskStream(token: CancellationToken.None).ToCompletionAsync(_caller.Token);
        await server.Stalled;

        await _caller.CancelAsync();

        await ExpectAsync(call);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_cancellation_while_connecting_is_the_callers()
    {
        using var handler = new Waiter();
        using var client = new LlmClient(Calls.OptionsFor(new("http://somewhere.invalid/v1")) with { Handler = handler });
        var call = client.AskAsync(token: _caller.Token);
        await handler.Asked.Task;

        await _caller.CancelAsync();

        await ExpectAsync(call);
    }

    [Fact]
    public async Task Leaving_the_loop_closes_the_socket()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("one")), CannedReply.Sse(Calls.Events("one", "two"))));
        using var client = Calls.ClientFor(server.Url);
        await foreach (var chunk in client.AskStream())
        {
            if (chunk.Text == "one") break;
        }

        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_stream_that_is_never_read_sends_nothing()
    {
        await using var server = FaultServer.Start(CannedReply.Sse(Calls.Events("one")));
        using var client = Calls.ClientFor(server.Url);

        _ = client.AskStream();
        await client.AskStream().GetAsyncEnumerator(TestContext.Current.CancellationToken).DisposeAsync();

        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task A_call_fails_as_a_connection_error_when_its_client_is_disposed()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("late"))));
        var client = Calls.ClientFor(server.Url);
        var call = client.AskAsync();
        await server.Stalled;

        client.Dispose();

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => call);
        Assert.Equal(ErrorKind.Connection, error.Kind);
        await server.ClientGone.SoonAsync();
    }

    private async Task ExpectAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => call);
        Assert.Equal(_caller.Token, error.CancellationToken);
    }

    private sealed class Waiter : HttpMessageHandler
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
