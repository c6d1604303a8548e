using Azure.Core;
using Azure.Core.Pipeline;

namespace Muxi.Llm.Tests;

/// <summary>Entra ID's tokens: fetched by what the environment names, once for many calls, renewed in time, and shown nowhere.</summary>
public sealed class AzureCredentialsTests : IDisposable
{
    private const string Secret = "the~client.secret-of-this-test", Tenant = "11111111-2222-3333-4444-555555555555";

    private readonly Dictionary<string, string?> _environment = new() { ["AZURE_RESOURCE_NAME"] = "res" };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-azure");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_client_with_a_secret_gets_a_token_that_serves_many_calls()
    {
        await using var tokens = await TokensAsync();
        UseSecret();
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, tokens));

        await client.AskAsync("azure/dep");
        await client.AskAsync("azure/dep");

        Assert.All(handler.Headers, headers => Assert.Equal("Bearer token-1", headers["Authorization"]));
        Assert.All(handler.Headers, headers => Assert.False(headers.ContainsKey("api-key")));
        var asked = Assert.Single(tokens.Requests, static request => request.Target.Contains("/oauth2/v2.0/token", StringComparison.Ordinal));
        Assert.StartsWith($"/{Tenant}/", asked.Target, StringComparison.Ordinal);
        var form = asked.Text.Split('&').Select(static one => one.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
        Assert.Equal(("client_credentials", "a-client", Secret), (form["grant_type"], form["client_id"], form["client_secret"]));
        Assert.Contains("https://cognitiveservices.azure.com/.default", form["scope"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_identity_hands_over_the_clusters_token()
    {
        await using var tokens = await TokensAsync();
        var file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, "the-token-of-the-cluster", TestContext.Current.CancellationToken);
        (_environment["AZURE_TENANT_ID"], _environment["AZURE_CLIENT_ID"], _environment["AZURE_FEDERATED_TOKEN_FILE"]) = (Tenant, "a-workload", file);
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, tokens));

        await client.AskAsync("azure/dep");

        Assert.Equal("Bearer token-1", handler.Headers[0]["Authorization"]);
        var asked = Assert.Single(tokens.Requests, static request => request.Target.Contains("/oauth2/v2.0/token", StringComparison.Ordinal));
        Assert.Contains("client_assertion=the-token-of-the-cluster", asked.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_goes_before_the_credentials()
    {
        await using var tokens = await TokensAsync();
        UseSecret();
        _environment["AZURE_OPENAI_API_KEY"] = "a-key";
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, tokens));

        await client.AskAsync("azure/dep");

        Assert.Equal("a-key", handler.Headers[0]["api-key"]);
        Assert.Empty(tokens.Requests);
    }

    [Fact]
    public async Task A_credential_of_ones_own_is_asked_in_place_of_all_others()
    {
        var own = new Counted();
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(own) { Scope = "api://mine/.default" }));

        await client.AskAsync("azure/dep");

        Assert.Equal(("Bearer own-1", "api://mine/.default"), (handler.Headers[0]["Authorization"], Assert.Single(own.Scopes)));
    }

    [Theory]
    [InlineData("https://res.openai.azure.com/openai/v1/responses", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://res.services.ai.azure.com/openai/v1/responses", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://res.services.ai.azure.com/api/projects/p/openai/v1/responses", "https://ai.azure.com/.default")]
    [InlineData("https://res.openai.azure.us/openai/v1/responses", "https://cognitiveservices.azure.us/.default")]
    [InlineData("https://res.openai.azure.cn/openai/v1/responses", "https://cognitiveservices.azure.cn/.default")]
    public void A_token_is_asked_for_what_the_address_is_of(string address, string scope) => Assert.Equal(scope, AzureCredentials.ScopeFor(new(address)));

    [Fact]
    public async Task A_token_is_renewed_five_minutes_before_its_end()
    {
        var clock = new ManualTime();
        var own = new Counted { Clock = clock };
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(own)) with { TimeProvider = clock });

        await client.AskAsync("azure/dep");
        clock.Advance(TimeSpan.FromMinutes(54));
        await client.AskAsync("azure/dep");
        clock.Advance(TimeSpan.FromMinutes(2));
        await client.AskAsync("azure/dep");

        Assert.Equal(["Bearer own-1", "Bearer own-1", "Bearer own-2"], handler.Headers.Select(static headers => headers["Authorization"]));
    }

    [Fact]
    public async Task A_token_that_still_holds_serves_while_nobody_gives_a_new_one()
    {
        var clock = new ManualTime();
        var own = new Counted { Clock = clock };
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(own)) with { TimeProvider = clock });

        await client.AskAsync("azure/dep");
        own.Fails = true;
        clock.Advance(TimeSpan.FromMinutes(57));
        await client.AskAsync("azure/dep");
        clock.Advance(TimeSpan.FromMinutes(4));
        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync("azure/dep"));

        Assert.Equal(["Bearer own-1", "Bearer own-1"], handler.Headers.Select(static headers => headers["Authorization"]));
        Assert.Contains("no token for the given credential", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_at_the_same_time_share_a_token()
    {
        var own = new Counted();
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(own)));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.AskAsync("azure/dep")));

        Assert.Single(own.Scopes);
    }

    [Fact]
    public async Task A_server_of_ones_own_needs_none_and_nothing_is_looked_for()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        _environment["AZURE_BASE_URL"] = server.Url.ToString();
        using var client = new LlmClient(new() { Credentials = [new AzureCredentials()], Environment = _environment.GetValueOrDefault, Retries = Calls.Once });

        await client.AskAsync("azure/dep");

        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData(400, """{"error":"unauthorized_client","error_description":"AADSTS700016: Application with identifier 'a-client' was not found in the directory.\r\nTrace ID: x"}""", typeof(ConfigurationException), "AADSTS700016")]
    [InlineData(401, """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided: SECRET."}""", typeof(ConfigurationException), "AADSTS7000215")]
    [InlineData(503, """{"error":"temporarily_unavailable","error_description":"busy"}""", typeof(ApiConnectionException), "no token")]
    public async Task What_Entra_ID_does_not_take_is_told_without_what_was_sent(int status, string body, Type type, string what)
    {
        await using var tokens = await TokensAsync(CannedReply.Json(body.Replace("SECRET", Secret, StringComparison.Ordinal), status));
        UseSecret();
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, tokens));

        var error = await Assert.ThrowsAnyAsync<LlmException>(() => client.AskAsync("azure/dep"));

        Assert.IsType(type, error);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("the client a-client of AZURE_CLIENT_ID", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(handler.Urls);
    }

    [Fact]
    public async Task Without_any_the_error_says_so_at_once_and_nothing_is_asked()
    {
        _environment["PATH"] = _folder.FullName;
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(null, new("a box"))));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("azure/dep").SoonAsync());

        Assert.Equal("azure needs credentials: set AZURE_API_KEY or AZURE_OPENAI_API_KEY, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run 'az login'", error.Message);
        Assert.True(error.IsMissingKey);
    }

    [Theory]
    [InlineData("7783-7084-3265-9085-8269-3286-77", false, false)]
    [InlineData("a box", true, false)]
    [InlineData("a box", false, true)]
    public async Task What_may_be_there_is_looked_for(string tag, bool hasProgram, bool isNowhere)
    {
        if (hasProgram) await File.WriteAllTextAsync(Path.Combine(_folder.FullName, OperatingSystem.IsWindows() ? "az.cmd" : "az"), "", TestContext.Current.CancellationToken);

        Assert.Equal(isNowhere, AzurePlace.Find(name => name == "PATH" ? _folder.FullName : null, new(tag)).IsNowhere);
    }

    [Fact]
    public async Task A_credential_that_has_nothing_says_why()
    {
        var nobody = new Counted { Fault = new Azure.Identity.CredentialUnavailableException("DefaultAzureCredential failed to retrieve a token.\n- one\n- two") };
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, new AzureCredentials(nobody)));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("azure/dep"));

        Assert.Contains("DefaultAzureCredential failed to retrieve a token", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Token_and_secret_appear_nowhere_but_in_their_places()
    {
        await using var tokens = await TokensAsync();
        UseSecret();
        using var handler = new Asked { Reply = $$$"""{"error":{"code":"bad","message":"Who is token-1, and what is {{{Secret}}}?"}}""", Status = System.Net.HttpStatusCode.BadRequest };
        using var client = new LlmClient(Options(handler, tokens));

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("azure/dep"));

        Assert.DoesNotContain("token-1", $"{error}{error.Body}", StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, $"{error}{error.Body}", StringComparison.Ordinal);
    }

    /// <summary>Answers as Entra ID does: who else it is called, then tokens.</summary>
    private static Task<ReplayServer> TokensAsync(CannedReply? reply = null)
    {
        var count = 0;
        return ReplayServer.StartAsync(1, request =>
        {
            if (request.Target.Contains("/discovery/instance", StringComparison.Ordinal))
                return CannedReply.Json($$"""{"tenant_discovery_endpoint":"https://login.microsoftonline.com/{{Tenant}}/v2.0/.well-known/openid-configuration","api-version":"1.1","metadata":[{"preferred_network":"login.microsoftonline.com","preferred_cache":"login.windows.net","aliases":["login.microsoftonline.com","login.windows.net"]}]}""");
            return reply ?? CannedReply.Json($$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"token-{{++count}}"}""");
        });
    }

    private void UseSecret() => (_environment["AZURE_TENANT_ID"], _environment["AZURE_CLIENT_ID"], _environment["AZURE_CLIENT_SECRET"]) = (Tenant, "a-client", Secret);

    private LlmOptions Options(HttpMessageHandler handler, ReplayServer tokens) => Options(handler, new AzureCredentials(new HttpClientTransport(new Redirected(tokens.Url)), new("")));

    private LlmOptions Options(HttpMessageHandler handler, AzureCredentials credentials) =>
        new() { Handler = handler, Credentials = [credentials], Environment = _environment.GetValueOrDefault, Retries = Calls.Once };

    /// <summary>Sends everything to one server, whoever is meant.</summary>
    private sealed class Redirected(Uri server) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new(server, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A credential that counts, whose tokens hold for an hour.</summary>
    private sealed class Counted : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public TimeProvider Clock { get; init; } = TimeProvider.System;

        public bool Fails { get; set; }

        public Exception? Fault { get; init; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Fault is not null) throw Fault;
            if (Fails) throw new HttpRequestException("nobody is there");
            Scopes.Add(requestContext.Scopes[0]);
            return new($"own-{Scopes.Count}", Clock.GetUtcNow().AddHours(1));
        }
    }
}
