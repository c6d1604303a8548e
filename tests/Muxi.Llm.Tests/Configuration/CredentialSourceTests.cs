namespace Muxi.Llm.Tests;

/// <summary>Credentials that are more than a key: asked where there is no key, for addresses that the user trusts, and shown nowhere.</summary>
public sealed class CredentialSourceTests
{
    private const string Token = "token-0123456789-of-the-account";

    private static readonly Provider _cloud = new("cloud", "https://cloud.example/v1", Auth.Bearer("CLOUD_TOKEN") with { Source = new("clouds", "Muxi.Llm.Cloud") { Variables = ["CLOUD_ACCOUNT_FILE"] } }) { Chat = new OpenAIChat() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_sign_the_whole_request_each_time_it_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(7, request => request.Headers["X-Signed"] == "2" ? CannedReply.Json(Calls.Reply("Hi.")) : CannedReply.Json("{}", 503));
        var source = new Signing();
        using var client = new LlmClient(Options(server.Url, source) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        var reply = await client.AskAsync("cloud/m");

        Assert.Equal("Hi.", reply.Text);
        Assert.Equal([$"POST {server.Url}chat/completions with the model and a user agent", $"POST {server.Url}chat/completions with the model and a user agent"], source.Seen);
        Assert.All(server.Requests, request => Assert.Equal($"Bearer {Token}", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task What_they_protect_is_in_no_error()
    {
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json($$$"""{"error":{"message":"{{{Token}}} is not welcome","type":"x"}}""", 400));
        using var client = new LlmClient(Options(server.Url, new Signing()));

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("cloud/m"));

        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, error.Body, StringComparison.Ordinal);
    }

    [Theory, InlineData("key"), InlineData("header"), InlineData("address of the call"), InlineData("nothing")]
    public async Task They_are_asked_only_where_nothing_else_tells_who_asks(string told)
    {
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Hi.")));
        var source = new Signing();
        using var client = new LlmClient(Options(server.Url, source) with { ApiKeys = told == "key" ? new Dictionary<string, string> { ["cloud"] = "a-key" } : [] });
        var call = told switch { "header" => new RequestOptions { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer mine" } }, "address of the call" => new() { BaseUrl = server.Url }, _ => null };

        await client.AskAsync("cloud/m", call);

        Assert.Equal(told == "nothing", source.Seen.Count == 1);
        Assert.Equal(told switch { "key" => "Bearer a-key", "header" => "Bearer mine", "nothing" => $"Bearer {Token}", _ => null }, server.Requests.Single().Headers.GetValueOrDefault("Authorization"));
    }

    [Fact]
    public void Without_them_the_error_names_key_and_package()
    {
        using var client = new LlmClient(new() { Providers = [_cloud], Environment = static _ => null });

        var error = Assert.Throws<ConfigurationException>(() => client.Targets.Resolve(client.Targets.Name("cloud/m"), null));

        Assert.Equal("cloud needs a key: set CLOUD_API_KEY or CLOUD_TOKEN, or give LlmOptions.Credentials those of the package Muxi.Llm.Cloud", error.Message);
        Assert.True(error.IsMissingKey);
    }

    [Theory, InlineData(true, "CLOUD_ACCOUNT_FILE"), InlineData(false, null)]
    public void A_service_is_set_up_by_their_variables_where_the_client_has_them(bool has, string? source)
    {
        using var client = new LlmClient(new() { Providers = [_cloud], Credentials = has ? [new Signing()] : [], Environment = static name => name == "CLOUD_ACCOUNT_FILE" ? "/a/file" : null });

        Assert.Equal(source, client.Targets.KeySource(_cloud));
    }

    private static LlmOptions Options(Uri server, ICredentialSource source) => new()
    {
        Providers = [_cloud], Retries = Calls.Once, BaseUrls = new Dictionary<string, Uri> { ["cloud"] = server }, Environment = static _ => null, Credentials = [source],
    };

    private sealed class Signing : ICredentialSource
    {
        public List<string> Seen { get; } = [];

        public string Name => "clouds";

        public string? UrlPart(string part, Func<string, string?> environment) => null;

        public async ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Seen.Add($"{request.Method} {request.RequestUri}{(body.Contains("\"model\":\"m\"", StringComparison.Ordinal) ? " with the model" : "")}{(request.Headers.UserAgent.Count > 0 ? " and a user agent" : "")}");
            context.Protect(Token);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
            request.Headers.TryAddWithoutValidation("X-Signed", $"{Seen.Count}");
        }
    }
}
