using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A credential that is exchanged for a token: when one is asked for, what becomes of it, and what an error says. The forms are those of IBM's IAM and of Databricks' workspaces (2026).</summary>
public sealed class TokenExchangeTests
{
    private const string Key = "ibm-key-0123456789";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_key_goes_to_IAM_and_its_token_to_the_service()
    {
        await using var cloud = await Cloud.StartAsync();
        using var client = cloud.Client();

        await client.AskAsync("watsonx/m");
        await client.AskAsync("watsonx/m");

        var exchange = Assert.Single(cloud.Exchanges);
        Assert.Equal(("/identity/token", "application/x-www-form-urlencoded; charset=utf-8", "application/json"), (exchange.Target, exchange.Headers["content-type"], exchange.Headers["accept"]));
        Assert.Equal($"apikey={Key}&grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey", exchange.Text);
        Assert.Equal(["Bearer token-1", "Bearer token-1"], cloud.Calls.Select(call => call.Headers["authorization"]));
        Assert.All(cloud.Calls, call => Assert.DoesNotContain(Key, string.Join(' ', call.Headers.Values) + call.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_renewed_shortly_before_its_end()
    {
        await using var cloud = await Cloud.StartAsync();
        var clock = new ManualTime();
        using var client = cloud.Client(clock);

        await client.AskAsync("watsonx/m");
        clock.Advance(TimeSpan.FromMinutes(55) - TimeSpan.FromSeconds(1));
        await client.AskAsync("watsonx/m");
        clock.Advance(TimeSpan.FromSeconds(1));
        await client.AskAsync("watsonx/m");

        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], cloud.Calls.Select(call => call.Headers["authorization"]));
    }

    [Theory]
    [InlineData("""{"access_token":"t-N","expires_in":"100"}""", 79, 81)]
    [InlineData("""{"access_token":"t-N","expiration":1767323145}""", 79, 81)]
    [InlineData("""{"access_token":"t-N"}""", 239, 241)]
    [InlineData("""{"access_token":"t-N","expires_in":0}""", 0, 0)]
    public async Task How_long_it_lasts_is_read_in_each_form(string reply, int held, int renewed)
    {
        await using var cloud = await Cloud.StartAsync();
        cloud.Iam = count => CannedReply.Json(reply.Replace("t-N", $"token-{count}", StringComparison.Ordinal));
        var clock = new ManualTime();
        using var client = cloud.Client(clock);

        await client.AskAsync("watsonx/m");
        clock.Advance(TimeSpan.FromSeconds(held));
        if (held > 0) await client.AskAsync("watsonx/m");
        Assert.Single(cloud.Exchanges);
        clock.Advance(TimeSpan.FromSeconds(renewed - held));
        await client.AskAsync("watsonx/m");

        Assert.Equal(2, cloud.Exchanges.Count);
    }

    [Fact]
    public async Task A_token_that_cannot_be_renewed_is_used_to_its_end()
    {
        await using var cloud = await Cloud.StartAsync();
        var clock = new ManualTime();
        using var client = cloud.Client(clock);
        await client.AskAsync("watsonx/m");
        cloud.Iam = static _ => CannedReply.Json("""{"errorCode":"BXNIM0001E","errorMessage":"Internal error"}""", 500);

        clock.Advance(TimeSpan.FromMinutes(57));
        await client.AskAsync("watsonx/m");
        clock.Advance(TimeSpan.FromMinutes(3));
        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync("watsonx/m"));

        Assert.Equal(("watsonx: Internal error", "BXNIM0001E"), (error.Message, error.Code));
        Assert.Equal(2, cloud.Calls.Count);
    }

    [Fact]
    public async Task Calls_that_come_together_wait_for_one_exchange()
    {
        using var gate = new Gate();
        using var client = gate.Client();
        var calls = Enumerable.Range(0, 20).Select(_ => client.AskAsync("watsonx/m")).ToList();

        Assert.False(calls.Exists(static call => call.IsCompleted));
        gate.Open.SetResult("""{"access_token":"the-token","expires_in":3600}""");
        await Task.WhenAll(calls);

        Assert.Equal((1, 20), (gate.Exchanges, gate.Calls));
    }

    [Fact]
    public async Task Who_leaves_the_wait_takes_nobody_along()
    {
        using var gate = new Gate();
        using var client = gate.Client();
        using var leaving = new CancellationTokenSource();
        var (left, stays) = (client.AskAsync("watsonx/m", token: leaving.Token), client.AskAsync("watsonx/m"));

        await leaving.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.Open.SetResult("""{"access_token":"the-token","expires_in":3600}""");
        await stays;

        Assert.Equal((leaving.Token, 1, 1), (cancelled.CancellationToken, gate.Exchanges, gate.Calls));
    }

    /// <summary>As a circuit breaker in a handler of the caller's own does: what it raises is no exception of HTTP.</summary>
    [Fact]
    public async Task What_a_handler_raises_is_not_raised_for_ever()
    {
        var exchanges = 0;
        using var handler = new Answering(request => request.RequestUri!.Host != "iam.cloud.ibm.com" ? Tests.Calls.Reply("Hello")
            : ++exchanges == 1 ? throw new NotSupportedException("the circuit is open") : """{"access_token":"t","expires_in":3600}""");
        using var client = new LlmClient(new() { Handler = handler, Environment = static name => name switch { "WATSONX_APIKEY" => Key, "WATSONX_REGION" => "us-south", _ => null }, Retries = Tests.Calls.Once });

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.AskAsync("watsonx/m"));
        await client.AskAsync("watsonx/m");

        Assert.Equal(("the circuit is open", 2), (error.Message, exchanges));
    }

    [Fact]
    public async Task A_key_that_IAM_does_not_know_is_told_and_nothing_is_asked()
    {
        await using var cloud = await Cloud.StartAsync();
        cloud.Iam = static _ => CannedReply.Json($$$"""{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found: {{{Key}}}","context":{"requestId":"r-1"}}""", 400);
        using var client = cloud.Client();

        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AskAsync("watsonx/m"));

        Assert.Equal("watsonx: 127.0.0.1 gave no token for the key: Provided API key could not be found: [redacted]", error.Message);
        Assert.Equal((HttpStatusCode.BadRequest, "BXNIM0415E", "watsonx", "m"), (error.Status, error.Code, error.Provider, error.Model));
        Assert.DoesNotContain(Key, $"{error} {error.Body}", StringComparison.Ordinal);
        Assert.Empty(cloud.Calls);
    }

    [Fact]
    public async Task IAM_that_is_down_for_a_moment_is_asked_again_as_the_service_would_be()
    {
        await using var cloud = await Cloud.StartAsync();
        cloud.Iam = static count => count < 3 ? CannedReply.Json("""{"errorMessage":"busy"}""", 503) : CannedReply.Json("""{"access_token":"token-3","expires_in":3600}""");
        using var client = cloud.Client(new SteppedTime(), new() { Max = 3 });

        var reply = await client.AskAsync("watsonx/m");

        Assert.Equal(["Overloaded", "Overloaded", "ok"], reply.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal("Bearer token-3", Assert.Single(cloud.Calls).Headers["authorization"]);
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("""{"token":"x"}""")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":"two words"}""")]
    [InlineData("[]")]
    public async Task A_good_reply_without_a_token_is_an_error(string reply)
    {
        await using var cloud = await Cloud.StartAsync();
        cloud.Iam = _ => CannedReply.Json(reply);
        using var client = cloud.Client();

        Assert.Equal("watsonx: 127.0.0.1 answered without a token", (await Assert.ThrowsAsync<ServerException>(() => client.AskAsync("watsonx/m"))).Message);
    }

    [Fact]
    public async Task IAM_that_does_not_answer_is_a_lost_connection_that_sent_nothing()
    {
        await using var cloud = await Cloud.StartAsync();
        using var client = cloud.Client(iam: new Uri(FaultServer.Refused(), "identity/token"));

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync("watsonx/m"));

        Assert.StartsWith("watsonx: no token from 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.NothingWasSent);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_service_refuses_is_not_used_again_and_shown_nowhere()
    {
        await using var cloud = await Cloud.StartAsync();
        using var client = cloud.Client();
        cloud.Service = static call => CannedReply.Json($$"""{"errors":[{"code":"authentication_token_expired","message":"Token {{call.Headers["authorization"]}} is expired"}],"status_code":401}""", 401);

        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AskAsync("watsonx/m"));
        cloud.Service = static _ => CannedReply.Json(Tests.Calls.Reply("Hello"));
        await client.AskAsync("watsonx/m");

        Assert.DoesNotContain("token-1", $"{error} {error.Body}", StringComparison.Ordinal);
        Assert.Equal("Bearer token-2", cloud.Calls[^1].Headers["authorization"]);
    }

    [Fact]
    public async Task A_token_of_ones_own_goes_as_it_is()
    {
        await using var cloud = await Cloud.StartAsync();
        using var client = cloud.Client(variables: new() { ["WATSONX_TOKEN"] = "my-own-token" });

        await client.AskAsync("watsonx/m");

        Assert.Empty(cloud.Exchanges);
        Assert.Equal("Bearer my-own-token", cloud.Calls[0].Headers["authorization"]);
    }

    [Fact]
    public async Task At_an_address_of_ones_own_the_key_goes_there_and_not_to_IAM()
    {
        using var handler = new SeenCall(Tests.Calls.Reply("Hello"));
        using var client = new LlmClient(new() { Handler = handler, Environment = static name => name switch { "WATSONX_API_KEY" => Key, "WATSONX_URL" => "https://gateway.example.org/wx", _ => null } });

        await client.AskAsync("watsonx/m");

        Assert.Equal(("https://gateway.example.org/wx/ml/v1/text/chat?version=2025-02-06", $"Bearer {Key}"), (handler.Url, handler.Authorization));
    }

    [Theory]
    [InlineData("WATSONX_URL=https://eu-de.ml.cloud.ibm.com", "https://eu-de.ml.cloud.ibm.com/ml/v1/text/chat?version=2025-02-06")]
    [InlineData("WATSONX_REGION=jp-tok", "https://jp-tok.ml.cloud.ibm.com/ml/v1/text/chat?version=2025-02-06")]
    public async Task At_IBMs_own_hosts_the_key_is_exchanged_at_IBMs_IAM(string setting, string url)
    {
        var urls = new List<string>();
        using var handler = new Answering(request =>
        {
            urls.Add(request.RequestUri!.AbsoluteUri);
            return request.RequestUri.Host == "iam.cloud.ibm.com" ? """{"access_token":"t","expires_in":3600}""" : Tests.Calls.Reply("Hello");
        });
        using var client = new LlmClient(new() { Handler = handler, Environment = name => name == "WATSONX_APIKEY" ? Key : name == setting.Split('=')[0] ? setting.Split('=')[1] : null });

        await client.AskAsync("watsonx/m");

        Assert.Equal(["https://iam.cloud.ibm.com/identity/token", url], urls);
    }

    [Fact]
    public async Task A_service_principals_secret_is_exchanged_at_its_workspace()
    {
        await using var cloud = await Cloud.StartAsync();
        using var client = cloud.Client(variables: new() { ["DATABRICKS_CLIENT_ID"] = "the-client", ["DATABRICKS_CLIENT_SECRET"] = "dose-secret", ["DATABRICKS_API_BASE"] = cloud.Url.OriginalString });

        await client.AskAsync("databricks/m");

        var exchange = Assert.Single(cloud.Exchanges);
        Assert.Equal(("/oidc/v1/token", "grant_type=client_credentials&scope=all-apis", "Basic " + Convert.ToBase64String("the-client:dose-secret"u8)), (exchange.Target, exchange.Text, exchange.Headers["authorization"]));
        Assert.Equal(("Bearer token-1", "/serving-endpoints/chat/completions"), (cloud.Calls[0].Headers["authorization"], cloud.Calls[0].Target));
    }

    [Fact]
    public async Task A_secret_without_its_name_and_an_address_that_is_none_are_named()
    {
        using var secret = new LlmClient(new() { Environment = static name => name is "DATABRICKS_CLIENT_SECRET" ? "s" : name is "DATABRICKS_HOST" ? "h.cloud.databricks.com" : null });
        using var address = new LlmClient(new() { Environment = static name => name is "WATSONX_APIKEY" ? Key : name is "WATSONX_REGION" ? "us-south" : name is "WATSONX_IAM_URL" ? "iam" : null });

        Assert.Equal("databricks needs the name that belongs to its secret: set DATABRICKS_CLIENT_ID", (await Assert.ThrowsAsync<ConfigurationException>(() => secret.AskAsync("databricks/m"))).Message);
        Assert.Equal("WATSONX_IAM_URL holds no http(s) address at which watsonx gives tokens", (await Assert.ThrowsAsync<ConfigurationException>(() => address.AskAsync("watsonx/m"))).Message);
    }

    [Fact]
    public async Task A_secret_that_is_refused_is_told_as_one()
    {
        await using var cloud = await Cloud.StartAsync();
        cloud.Iam = static _ => CannedReply.Json("""{"error":"invalid_client","error_description":"Client authentication failed","error_id":"r-1"}""", 401);
        using var client = cloud.Client(variables: new() { ["DATABRICKS_CLIENT_ID"] = "the-client", ["DATABRICKS_CLIENT_SECRET"] = "dose-secret", ["DATABRICKS_API_BASE"] = cloud.Url.OriginalString });

        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AskAsync("databricks/m"));

        Assert.StartsWith("databricks: 127.0.0.1 gave no token for the client's secret: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, error.Status);
    }

    /// <summary>Who gives tokens and the service itself, at one address.</summary>
    private sealed class Cloud : IAsyncDisposable
    {
        private ReplayServer? _server;
        private int _count;

        public Func<int, CannedReply> Iam { get; set; } = static count => CannedReply.Json($$"""{"access_token":"token-{{count}}","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600,"scope":"ibm openid"}""");

        public Func<SeenRequest, CannedReply> Service { get; set; } = static _ => CannedReply.Json(Tests.Calls.Reply("Hello"));

        public Uri Url => _server!.Url;

        public IReadOnlyList<SeenRequest> Exchanges => [.. _server!.Requests.Where(IsExchange)];

        public IReadOnlyList<SeenRequest> Calls => [.. _server!.Requests.Where(static request => !IsExchange(request))];

        public static async Task<Cloud> StartAsync()
        {
            var cloud = new Cloud();
            cloud._server = await ReplayServer.StartAsync(1, request => IsExchange(request) ? cloud.Iam(Interlocked.Increment(ref cloud._count)) : cloud.Service(request));
            return cloud;
        }

        public LlmClient Client(TimeProvider? clock = null, Retries? retries = null, Uri? iam = null, Dictionary<string, string>? variables = null)
        {
            variables ??= new() { ["WATSONX_APIKEY"] = Key };
            variables["WATSONX_URL"] = Url.OriginalString;
            variables["WATSONX_IAM_URL"] = (iam ?? new Uri(Url, "identity/token")).OriginalString;
            return new(new() { Environment = variables.GetValueOrDefault, Retries = retries ?? Tests.Calls.Once, TimeProvider = clock ?? TimeProvider.System });
        }

        public ValueTask DisposeAsync() => _server!.DisposeAsync();

        private static bool IsExchange(SeenRequest request) => request.Target is "/identity/token" or "/oidc/v1/token";
    }

    /// <summary>Gives a token when it is opened.</summary>
    private sealed class Gate : HttpMessageHandler
    {
        private int _exchanges, _calls;

        public TaskCompletionSource<string> Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Exchanges => _exchanges;

        public int Calls => _calls;

        public LlmClient Client() => new(new() { Handler = this, Environment = static name => name switch { "WATSONX_APIKEY" => Key, "WATSONX_REGION" => "us-south", _ => null }, Retries = Tests.Calls.Once });

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host != "iam.cloud.ibm.com")
            {
                Interlocked.Increment(ref _calls);
                return new(HttpStatusCode.OK) { Content = new StringContent(Tests.Calls.Reply("Hello"), Encoding.UTF8, "application/json") };
            }
            Interlocked.Increment(ref _exchanges);
            return new(HttpStatusCode.OK) { Content = new StringContent(await Open.Task.WaitAsync(cancellationToken), Encoding.UTF8, "application/json") };
        }
    }

    private sealed class Answering(Func<HttpRequestMessage, string> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer(request), Encoding.UTF8, "application/json") });
    }
}
