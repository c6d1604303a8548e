using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>A key in an exception is a key in a bug report. A canary in every slot, against servers that repeat it, must show nowhere.</summary>
[Collection(nameof(Alone))]
public class Law09_A_key_is_seen_nowhere
{
    private const string Mend = "Make it known to Target.Secrets and pass what is shown through Redaction, or do not show it.";

    private static readonly Timeouts _short = new() { FirstByte = TimeSpan.FromMilliseconds(25), Idle = TimeSpan.FromMilliseconds(25) };

    public static TheoryData<string> Situations => [.. CanaryServers.Replies.Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task From_any_slot_whatever_the_server_says(string situation)
    {
        using var witness = new Witness();
        foreach (var slot in CanarySlot.All)
        {
            witness.Slot = slot.Name;
            await using var server = FaultServer.Start(CanaryServers.Replies[situation]);
            await CallAsync(witness, slot.Put(server.Url), situation);
            foreach (var request in server.Requests)
            {
                if (slot.IsSent) Assert.Contains(request.Headers.Values, Canary.IsIn);
                witness.Saw(request);
            }
        }

        Assert.True(witness.Logged > 0 && witness.Traced > 0);
        Assert.Equal(situation.StartsWith("a good reply", StringComparison.Ordinal), witness.Failures.IsEmpty);
        Assert.All(witness.Failures, error => Assert.IsAssignableFrom<LlmException>(error));
        Law.Holds(witness.Leaks(), Mend);
    }

    [Fact]
    public async Task From_any_slot_when_nobody_listens()
    {
        using var witness = new Witness();
        foreach (var slot in CanarySlot.All)
        {
            witness.Slot = slot.Name;
            await CallAsync(witness, slot.Put(FaultServer.Refused()), "refused");
        }

        Assert.Equal(3 * CanarySlot.All.Count, witness.Failures.OfType<ApiConnectionException>().Count());
        Law.Holds(witness.Leaks(), Mend);
    }

    [Fact]
    public async Task From_any_variable_of_any_provider()
    {
        using var witness = new Witness();
        foreach (var (provider, variable) in CanarySlot.Variables)
        {
            await using var server = FaultServer.Start(CanaryServers.Replies["401 with the key in its message, code, type and param"]);
            var options = new LlmOptions { BaseUrls = new Dictionary<string, Uri> { [provider] = server.Url }, Environment = name => name == variable ? Canary.Key : CanarySlot.IsClient(provider, name) ? "the-client" : null, Retries = Calls.Once };
            await CallAsync(witness, (options, null), "401", provider);
            Assert.All(server.Requests, request => Assert.Contains(request.Headers.Values, Canary.IsIn));
        }

        Assert.Equal(3 * CanarySlot.Variables.Count, witness.Failures.OfType<AuthenticationException>().Count());
        Law.Holds(witness.Leaks(), Mend);
    }

    [Theory]
    [InlineData("a good reply")]
    [InlineData("401 with the key in its message, code, type and param")]
    [InlineData("a reset at once")]
    public async Task From_a_proxys_credentials(string situation)
    {
        using var witness = new Witness();
        await using var server = FaultServer.Start(CanaryServers.Replies[situation]);
        await using var proxy = ProxyServer.Start($"user:{Canary.Key}");

        await CallAsync(witness, (CanarySlot.Behind(proxy.Url, server.Url), null), situation);

        Assert.Contains(proxy.Requests, request => request.Headers.Values.Any(Canary.IsIn));
        foreach (var request in server.Requests) witness.Saw(request);
        Law.Holds(witness.Leaks(), Mend);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task From_a_proxys_address(string scheme)
    {
        using var witness = new Witness();
        await using var proxy = ProxyServer.Start("user:another");
        var address = new UriBuilder(FaultServer.Refused()) { Scheme = scheme }.Uri;

        await CallAsync(witness, (CanarySlot.Keyed(address) with { Proxy = new AddressedProxy(CanarySlot.WithUser(proxy.Url)) }, null), "407");

        Assert.NotEmpty(proxy.Requests);
        Assert.Equal(3, witness.Failures.Count);
        Law.Holds(witness.Leaks(), Mend);
    }

    [Theory]
    [InlineData("ftp://user:{0}@host/v1")]
    [InlineData("user:{0}@host/v1")]
    [InlineData("http://user:{0}@host:port/v1")]
    public async Task From_settings_that_cannot_work(string url)
    {
        using var witness = new Witness();
        foreach (var secret in new[] { Canary.Key, Uri.EscapeDataString(Canary.Key) })
        {
            var wrong = string.Format(null, url, secret);
            await CallAsync(witness, (new() { Environment = name => name switch { "OPENAI_BASE_URL" => wrong, "OPENAI_API_KEY" => "key", _ => null } }, null), "wrong url");
            witness.Saw(Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Providers = [new("mine", wrong, Auth.None)] })));
        }
        await CallAsync(witness, (new() { Environment = name => name == "OPENAI_API_KEY" ? Canary.Key + " \n" + Canary.Key : null }, null), "wrong key");
        await CallAsync(witness, (new() { Environment = _ => null }, new() { ApiKey = Canary.Key + "ä", BaseUrl = FaultServer.Refused() }), "wrong letters");

        Assert.NotEmpty(witness.Failures.OfType<ConfigurationException>());
        Law.Holds(witness.Leaks(), Mend);
    }

    [Fact]
    public void From_settings_that_are_printed()
    {
        using var witness = new Witness();
        foreach (var slot in CanarySlot.All)
        {
            witness.Slot = slot.Name;
            var (options, request) = slot.Put(new("http://host/v1/"));
            var target = new Targets(options).Resolve(Catalog.Resolve("openai/m"), request);
            witness.Saw("options", options.ToString());
            witness.Saw("request options", request?.ToString());
            witness.Saw("raw request", new RawRequest { Provider = "openai", Method = HttpMethod.Get, Path = "models", Options = request }.ToString());
            witness.Saw("target", $"{target} {target.BaseUrl}");
            witness.Saw("context", new CallContext("openai", "m", "1", DateTimeOffset.UnixEpoch) { Secrets = target.Secrets }.ToString());
        }

        Law.Holds(witness.Leaks(), Mend);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("Bearer {0}, or so")]
    [InlineData("user={1}")]
    [InlineData("{2}")]
    [InlineData("Basic {3}.")]
    public void The_law_catches_a_planted_breach(string text)
    {
        var shown = string.Format(null, text, Canary.Key, Uri.EscapeDataString(Canary.Key), System.Text.Json.JsonSerializer.Serialize(Canary.Key), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("user:" + Canary.Key)));
        using var witness = new Witness();

        witness.Saw(new ServerException("fine", new InvalidOperationException("inner") { Data = { ["key"] = shown } }) { Body = shown, Provider = "p" });
        witness.Saw(new SeenRequest("POST", "/v1?key=" + shown, new Dictionary<string, string>(), []));
        ((Microsoft.Extensions.Logging.ILogger)witness).Log(Microsoft.Extensions.Logging.LogLevel.Trace, 7, shown, null, (_, _) => "formatted without it");
        using (var activity = new System.Diagnostics.ActivitySource("Planted").StartActivity("planted")) activity!.SetTag("http.header", shown);

        Law.Catches(witness.Leaks(), "exception.Body", "exception.InnerException.Data", "request line", "log 7", "activity planted, http.header");
    }

    /// <summary>Every failure is met twice, without a wait between.</summary>
    private static readonly Retries _hasty = new() { Max = 1, InitialDelay = TimeSpan.Zero, MaxRetryAfter = TimeSpan.Zero };

    private static async Task CallAsync(Witness witness, (LlmOptions Options, RequestOptions? Request) settings, string situation, string provider = "openai")
    {
        var (options, request) = (settings.Options with { LoggerFactory = witness, Retries = _hasty }, settings.Request);
        if (situation.StartsWith("silence", StringComparison.Ordinal)) options = options with { Timeouts = _short };
        var asked = new ChatCompletionRequest { Model = $"{provider}/m", Messages = [Message.User("Hi")] };
        using var client = new LlmClient(options);
        // Some have no chat: theirs is ranking and embedding.
        var chats = Catalog.Resolve(asked.Model).Provider.Chat is not null;
        if (!chats) await TryAsync(async () => witness.Saw("ranking", (await client.Rerank.CreateAsync(new() { Model = asked.Model, Query = "Hi", Documents = ["Hi"] }, request, TestContext.Current.CancellationToken)).ToJson()));
        if (!chats) await TryAsync(async () => witness.Saw("embedding", (await client.Embeddings.CreateAsync(new() { Model = asked.Model, Input = "Hi" }, request, TestContext.Current.CancellationToken)).ToJson()));
        if (chats) await TryAsync(async () => witness.Saw(await client.Chat.Completions.CreateAsync(asked, request, TestContext.Current.CancellationToken)));
        if (chats) await TryAsync(async () =>
        {
            await foreach (var chunk in client.Chat.Completions.StreamAsync(asked, request, TestContext.Current.CancellationToken)) witness.Saw(chunk);
        });
        await TryAsync(async () =>
        {
            using var reply = await client.Raw.SendAsync(new() { Provider = provider, Method = HttpMethod.Get, Path = "models", Options = request }, TestContext.Current.CancellationToken);
            witness.Saw("raw reply", reply.ReasonPhrase);
        });

        async Task TryAsync(Func<Task> call)
        {
            try
            {
                await call();
            }
            catch (Exception e)
            {
                witness.Saw(e);
            }
        }
    }

    /// <summary>A proxy whose address carries the credentials, as HTTPS_PROXY does.</summary>
    private sealed class AddressedProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }
        public Uri GetProxy(Uri destination) => address;
        public bool IsBypassed(Uri host) => false;
    }
}

/// <summary>Who listens to all activities makes HttpClient send trace headers, also in tests that run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
