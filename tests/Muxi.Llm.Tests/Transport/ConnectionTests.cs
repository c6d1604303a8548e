using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Muxi.Llm.Tests;

/// <summary>Whose connections are used, and how often.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Calls_after_each_other_share_one_connection()
    {
        await using var server = FaultServer.Start(
            CannedReply.Json(Calls.Reply("one")), CannedReply.Sse(Calls.Events("two")), CannedReply.Json("""{"error":{"message":"no"}}""", 400),
            CannedReply.Sse(Calls.Opening + Calls.Piece("four") + Calls.Finish), CannedReply.Json(Calls.Reply("five")));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal("one", (await client.AskAsync()).Text);
        Assert.Equal("two", (await client.AskStream().WholeAsync()).Text);
        await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync());
        Assert.Equal("four", (await client.AskStream().WholeAsync()).Text);
        Assert.Equal("five", (await client.AskAsync()).Text);

        Assert.Equal((5, 1), (server.Requests.Count, server.Connections));
    }

    [Fact]
    public async Task A_server_that_keeps_a_finished_stream_open_is_not_waited_for()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Events("whole")), CannedReply.Sse(Calls.Events("whole"))));
        using var client = Calls.ClientFor(server.Url);

        var reply = client.AskStream().WholeAsync();

        await reply.SoonAsync();
        Assert.Equal("whole", (await reply).Text);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task The_proxy_of_the_settings_is_used()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("through")));
        await using var proxy = ProxyServer.Start();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Proxy = new WebProxy(proxy.Url) });

        Assert.Equal("through", (await client.AskAsync()).Text);

        Assert.Equal(new Uri(server.Url, "chat/completions").ToString(), Assert.Single(proxy.Requests).Target);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_proxys_credentials_go_to_the_proxy_alone()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Calls.Events("through")));
        await using var proxy = ProxyServer.Start("ann:secret");
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Proxy = new WebProxy(proxy.Url) { Credentials = new NetworkCredential("ann", "secret") } });
        using var stranger = new LlmClient(Calls.OptionsFor(server.Url) with { Proxy = new WebProxy(proxy.Url) });

        Assert.Equal("through", (await client.AskStream().WholeAsync()).Text);
        var refused = await Assert.ThrowsAnyAsync<ApiException>(() => stranger.AskAsync());

        Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, refused.Status);
        Assert.DoesNotContain(Assert.Single(server.Requests).Headers.Keys, name => name.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_callers_own_handler_is_used_and_outlives_the_client()
    {
        using var handler = new Answering(Calls.Reply("mine"));
        for (var i = 1; i <= 2; i++)
        {
            using (var client = new LlmClient(Calls.OptionsFor(new("http://nowhere.invalid/v1")) with { Handler = handler }))
                Assert.Equal("mine", (await client.AskAsync()).Text);
            Assert.False(handler.IsDisposed);
        }
        Assert.Equal(["http://nowhere.invalid/v1/chat/completions", "http://nowhere.invalid/v1/chat/completions"], handler.Asked);
    }

    [Fact]
    public async Task A_handler_that_gives_up_by_itself_is_a_connection_error_in_its_own_words()
    {
        using var handler = new Answering("") { Error = new TaskCanceledException("the handler has had enough") };
        using var client = new LlmClient(Calls.OptionsFor(new("http://nowhere.invalid/v1")) with { Handler = handler });

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync());

        Assert.Contains("the handler has had enough", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_factory_is_asked_by_the_configured_name()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("made")));
        var services = new ServiceCollection();
        services.AddHttpClient("Muxi.Llm", http => http.DefaultRequestHeaders.Add("X-From", "default"));
        services.AddHttpClient("other", http =>
        {
            http.DefaultRequestHeaders.Add("X-From", "other");
            http.Timeout = TimeSpan.FromMilliseconds(1);
        });
        await using var provider = services.BuildServiceProvider();
        var options = Calls.OptionsFor(server.Url) with { HttpClientFactory = provider.GetRequiredService<IHttpClientFactory>() };
        using var standard = new LlmClient(options);
        using var named = new LlmClient(options with { HttpClientName = "other" });

        Assert.Equal("made", (await standard.AskAsync()).Text);
        Assert.Equal("made", (await named.AskAsync()).Text);

        Assert.Equal(["default", "other"], server.Requests.Select(request => request.Headers["X-From"]));
        Assert.All(server.Requests, request => Assert.Equal($"Bearer {Calls.Key}", request.Headers["Authorization"]));
    }

    [Fact]
    public void Settings_that_would_be_ignored_are_refused()
    {
        using var handler = new Answering("");
        var options = Calls.OptionsFor(new("http://nowhere.invalid/v1"));
        using var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        var factory = services.GetRequiredService<IHttpClientFactory>();

        foreach (var clash in (LlmOptions[])[options with { Handler = handler, Proxy = new WebProxy() }, options with { HttpClientFactory = factory, Proxy = new WebProxy() }, options with { HttpClientFactory = factory, Handler = handler }])
            Assert.Throws<ConfigurationException>(() => new LlmClient(clash));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Compressed_replies_and_streams_are_unpacked(string coding)
    {
        await using var server = await ReplayServer.StartAsync(3, Packed(CannedReply.Json(Calls.Reply("whole")), coding), Packed(CannedReply.Sse(Calls.Events("in ", "pieces")), coding), Packed(CannedReply.Json("""{"error":{"message":"packed","code":"why"}}""", 404), coding));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal("whole", (await client.AskAsync()).Text);
        Assert.Equal("in pieces", (await client.AskStream().WholeAsync()).Text);
        Assert.Equal("why", (await Assert.ThrowsAsync<NotFoundException>(() => client.AskAsync())).Code);

        Assert.All(server.Requests, request => Assert.Contains(coding, request.Headers["Accept-Encoding"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_reply_that_does_not_unpack_is_an_error_of_ours(string coding)
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("not packed at all")).With("content-encoding", coding), CannedReply.Sse(Calls.Events("nor this")).With("content-encoding", coding));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(ErrorKind.Server, (await Assert.ThrowsAsync<ServerException>(() => client.AskAsync())).Kind);
        Assert.Equal(ErrorKind.Server, (await Assert.ThrowsAsync<ServerException>(() => client.AskStream().WholeAsync())).Kind);
    }

    [Fact]
    public async Task Two_hundred_calls_at_once_to_different_hosts_reach_their_hosts()
    {
        await using var first = await ReplayServer.StartAsync(1, request => CannedReply.Json(Calls.Reply("first " + Prompt(request))));
        await using var second = await ReplayServer.StartAsync(1, request => CannedReply.Json(Calls.Reply("second " + Prompt(request))));
        using var client = new LlmClient(new() { Environment = static _ => null });
        var answers = new ConcurrentDictionary<int, string>();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var host = (i % 2 == 0 ? first : second).Url.Authority;
            answers[i] = (await client.AskAsync(Calls.Ask($"vllm/m{i}@{host}", $"call {i}"))).Text;
        }));

        Assert.All(answers, answer => Assert.Equal($"{(answer.Key % 2 == 0 ? "first" : "second")} call {answer.Key}", answer.Value));
        Assert.Equal((100, 100), (first.Requests.Count, second.Requests.Count));
        Assert.Contains("\"model\":\"m0\"", first.Requests.Single(request => Prompt(request) == "call 0").Text, StringComparison.Ordinal);
        Assert.All(first.Requests, request => Assert.Equal("/v1/chat/completions", request.Target));
    }

    private static string Prompt(SeenRequest request) => ChatCompletionRequest.Parse(request.Body).Messages[0].Content!;

    private static CannedReply Packed(CannedReply reply, string coding)
    {
        using var bytes = new MemoryStream();
        using (Stream packer = coding switch { "gzip" => new GZipStream(bytes, CompressionMode.Compress, true), "br" => new BrotliStream(bytes, CompressionMode.Compress, true), _ => new ZLibStream(bytes, CompressionMode.Compress, true) })
            packer.Write(reply.Body);
        return (reply with { Body = bytes.ToArray() }).With("content-encoding", coding);
    }

    private sealed class Answering(string body) : HttpMessageHandler
    {
        public Exception? Error { get; init; }

        public bool IsDisposed { get; private set; }

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            return Error is not null ? Task.FromException<HttpResponseMessage>(Error) : Task.FromResult(new HttpResponseMessage { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
