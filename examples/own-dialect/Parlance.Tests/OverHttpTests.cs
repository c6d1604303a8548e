using System.Net;
using System.Net.Sockets;
using System.Text;
using Muxi.Llm;

namespace Parlance.Tests;

/// <summary>The dialect behind the whole library, over real HTTP: the key, errors, streams cut anywhere, tools, fallback.</summary>
public sealed class OverHttpTests
{
    private const string Lines = """
        {"ref":"p-3","voice":"alto-3"}
        {"text":"Grüße, "}
        {"text":"世界 👋🏽"}
        {"ended":"done","spent":{"read":8,"written":21}}

        """;

    [Fact]
    public async Task A_stream_is_the_same_wherever_the_network_cuts_it()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            await using var server = Server.Start(seed, (200, Lines));
            using var client = ClientAt(server.Url);
            var token = TestContext.Current.CancellationToken;

            var reply = await client.Chat.Completions.StreamAsync(Ask(), null, token).ToCompletionAsync(token);

            Assert.Equal(("Grüße, 世界 👋🏽", 29L, "alto-3"), (reply.Text, reply.Usage!.TotalTokens, reply.Model));
            Assert.StartsWith("POST /v3/talk ", server.Requests[0], StringComparison.Ordinal);
            Assert.Contains("Authorization: Bearer key-of-the-test\r\n", server.Requests[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_that_is_cut_or_fails_is_no_whole_one()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = Server.Start(1, (200, Lines[..Lines.IndexOf("{\"ended\"", StringComparison.Ordinal)]), (200, """{"text":"Half"}""" + "\n" + """{"trouble":{"kind":"overloaded","text":"too many talk"}}""" + "\n"));
        using var client = ClientAt(server.Url);

        var cut = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Chat.Completions.StreamAsync(Ask(), null, token).ToCompletionAsync(token));
        var failed = await Assert.ThrowsAnyAsync<LlmException>(() => client.Chat.Completions.StreamAsync(Ask(), null, token).ToCompletionAsync(token));

        Assert.Equal("Grüße, 世界 👋🏽", cut.Received!.Text);
        Assert.Contains("too many talk", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_typed_and_another_model_takes_over()
    {
        var token = TestContext.Current.CancellationToken;
        (int, string) limit = (429, """{"trouble":{"kind":"slow_down","text":"slow down, please"}}""");
        await using var server = Server.Start(1, limit, limit);
        using var client = ClientAt(server.Url);

        var error = await Assert.ThrowsAsync<RateLimitException>(() => client.Chat.Completions.CreateAsync(Ask(), null, token));
        var reply = await client.Chat.Completions.CreateAsync(Ask(), new() { Fallbacks = ["sandbox/chat"] }, token);

        Assert.Equal(("parlance", "alto"), (error.Provider, error.Model));
        Assert.NotEmpty(reply.Text);
    }

    [Fact]
    public async Task Tools_run_in_a_loop()
    {
        await using var server = Server.Start(1, (200, """{"asks":[{"ticket":"t-1","skill":"add","with":{"a":2,"b":3}}],"ended":"asks"}"""), (200, """{"text":"It is 5.","ended":"done"}"""));
        using var client = ClientAt(server.Url);

        var reply = await client.Chat.Completions.RunToolsAsync(Ask(), [FunctionTool.Create((int a, int b) => a + b, new() { Name = "add" })], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("It is 5.", reply.Text);
        Assert.Contains("""{"who":"skill","ticket":"t-1","text":"5"}""", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_model_has_no_skills()
    {
        using var client = ClientAt(new("http://127.0.0.1:9"));

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() =>
            client.Chat.Completions.CreateAsync(Ask() with { Model = "parlance/alto-mini", Tools = [Tool.FromFunction("now")] }, null, TestContext.Current.CancellationToken));

        Assert.Contains("alto-mini has no skills", error.Message, StringComparison.Ordinal);
    }

    private static ChatCompletionRequest Ask() => new() { Model = "parlance/alto", Messages = [Message.User("Hello?")] };

    private static LlmClient ClientAt(Uri server) => new(new()
    {
        Providers = [Parlance.Provider],
        BaseUrls = new Dictionary<string, Uri> { ["parlance"] = new(server, "v3") },
        Environment = static name => name == "PARLANCE_API_KEY" ? "key-of-the-test" : null,
        Retries = new() { Max = 0 },
    });

    /// <summary>A server that gives its answers in order, each in pieces of random length.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _ended = new();
        private Task _serving = Task.CompletedTask;

        public List<string> Requests { get; } = [];

        public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

        public static Server Start(int seed, params (int Status, string Body)[] answers)
        {
            var server = new Server();
            server._listener.Start();
            server._serving = server.ServeAsync(new(seed), answers);
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            _listener.Dispose();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.Dispose();
        }

        private async Task ServeAsync(Random random, (int Status, string Body)[] answers)
        {
            foreach (var (status, body) in answers)
            {
                using var connection = await _listener.AcceptTcpClientAsync(_ended.Token);
                var stream = connection.GetStream();
                Requests.Add(await RequestAsync(stream));
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"), _ended.Token);
                for (ReadOnlyMemory<byte> left = Encoding.UTF8.GetBytes(body); !left.IsEmpty;)
                {
                    var count = random.Next(1, Math.Min(left.Length, 40) + 1);
                    await stream.WriteAsync(left[..count], _ended.Token);
                    await stream.FlushAsync(_ended.Token);
                    left = left[count..];
                }
            }
        }

        private async Task<string> RequestAsync(NetworkStream stream)
        {
            var (bytes, length, buffer) = (0, -1, new byte[64 << 10]);
            while (true)
            {
                bytes += await stream.ReadAsync(buffer.AsMemory(bytes), _ended.Token);
                var text = Encoding.UTF8.GetString(buffer, 0, bytes);
                var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0) continue;
                if (length < 0) length = int.Parse(text.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..], System.Globalization.CultureInfo.InvariantCulture);
                if (bytes >= Encoding.UTF8.GetByteCount(text[..head]) + 4 + length) return text;
            }
        }
    }
}
