using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Google's credentials: found where Google's own programs find them, exchanged for a token once, and shown nowhere.</summary>
public sealed class GoogleCredentialsTests : IDisposable
{
    private const string AccessToken = "ya29.the-access-token-of-this-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-google");
    private readonly Dictionary<string, string?> _environment = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_service_account_signs_for_a_token_that_serves_many_calls()
    {
        await using var tokens = await TokensAsync();
        await using var server = await ServerAsync();
        UseServiceAccount(tokens.Url);
        using var client = new LlmClient(Options(server.Url));

        await client.AskAsync("vertexai/claude-opus-4-8");
        await client.AskAsync("vertexai/claude-opus-4-8");

        Assert.All(server.Requests, request => Assert.Equal($"Bearer {AccessToken}", request.Headers["Authorization"]));
        var asked = Assert.Single(tokens.Requests).Text.Split('&').Select(one => one.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", asked["grant_type"]);
        var claims = JsonNode.Parse(FromBase64Url(asked["assertion"].Split('.')[1]))!;
        Assert.Equal(("robot@p-of-the-file.iam.gserviceaccount.com", "https://www.googleapis.com/auth/cloud-platform"), ((string?)claims["iss"], (string?)claims["scope"]));
        Assert.Contains("/projects/p-of-the-file/locations/global/publishers/anthropic/", server.Requests[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_runs_out_is_renewed()
    {
        await using var tokens = await TokensAsync(seconds: 1);
        await using var server = await ServerAsync();
        UseServiceAccount(tokens.Url);
        using var client = new LlmClient(Options(server.Url));

        await client.AskAsync("vertexai/claude-opus-4-8");
        await client.AskAsync("vertexai/claude-opus-4-8");

        Assert.Equal(2, tokens.Requests.Count);
    }

    [Fact]
    public async Task Calls_at_the_same_time_share_a_token()
    {
        await using var tokens = await TokensAsync();
        await using var server = await ServerAsync();
        UseServiceAccount(tokens.Url);
        using var client = new LlmClient(Options(server.Url));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.AskAsync("vertexai/claude-opus-4-8")));

        Assert.Single(tokens.Requests);
    }

    [Fact]
    public async Task A_key_goes_before_the_credentials()
    {
        await using var tokens = await TokensAsync();
        await using var server = await ServerAsync();
        UseServiceAccount(tokens.Url);
        _environment["VERTEXAI_ACCESS_TOKEN"] = "a-token-of-ones-own";
        using var client = new LlmClient(Options(server.Url));

        await client.AskAsync("vertexai/claude-opus-4-8");

        Assert.Equal("Bearer a-token-of-ones-own", server.Requests[0].Headers["Authorization"]);
        Assert.Empty(tokens.Requests);
    }

    [Fact]
    public async Task What_gcloud_has_left_is_found_by_its_folder()
    {
        await using var server = await ServerAsync();
        _environment["CLOUDSDK_CONFIG"] = _folder.FullName;
        _environment["VERTEXAI_ACCESS_TOKEN"] = "t";
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "application_default_credentials.json"), """{"type":"authorized_user","client_id":"c","client_secret":"d-123456","refresh_token":"r-123456","quota_project_id":"p-that-pays"}""", Cancel);
        using var client = new LlmClient(Options(server.Url));

        await client.AskAsync("vertexai/claude-opus-4-8");

        Assert.Contains("/projects/p-that-pays/", server.Requests[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_the_error_says_so_at_once_and_nothing_is_sent()
    {
        using var client = new LlmClient(new() { Credentials = [new GoogleCredentials(new("A box", _folder.FullName))], Environment = name => name == "GOOGLE_CLOUD_PROJECT" ? "p" : null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("vertexai/claude-opus-4-8").SoonAsync());

        Assert.Equal("vertexai needs credentials: set VERTEXAI_ACCESS_TOKEN to an access token, or GOOGLE_APPLICATION_CREDENTIALS to a file with credentials, or run 'gcloud auth application-default login'", error.Message);
        Assert.True(error.IsMissingKey);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_server_of_ones_own_needs_none()
    {
        await using var server = await ServerAsync();
        _environment["GOOGLE_CLOUD_PROJECT"] = "p";
        using var client = new LlmClient(Options(server.Url));

        await client.AskAsync("vertexai/claude-opus-4-8");

        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("A box", null, false)]
    [InlineData("Google Compute Engine", null, true)]
    [InlineData("", "K_SERVICE", true)]
    [InlineData("", "GCE_METADATA_HOST", true)]
    public void A_machine_of_Googles_is_known_without_asking_anybody(string product, string? variable, bool isGoogles) =>
        Assert.Equal(isGoogles, new GoogleMachine(product, "").IsGoogles(name => name == variable ? "x" : null));

    [Fact]
    public async Task A_file_that_is_not_there_is_told_before_the_project_that_it_would_name()
    {
        var file = Path.Combine(_folder.FullName, "nowhere.json");
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = file;
        using var client = new LlmClient(Options(FaultServer.Refused()));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("vertexai/claude-opus-4-8"));

        Assert.StartsWith($"the credentials in {file} cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("(look at GOOGLE_APPLICATION_CREDENTIALS)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "the file is no JSON of a kind that Google has")]
    [InlineData("[]", "the file is no JSON of a kind that Google has")]
    [InlineData("{}", "the file is no JSON of a kind that Google has")]
    [InlineData("""{"type":"toaster"}""", "")]
    [InlineData("""{"type":"service_account","project_id":"p","client_email":"a@b","private_key":"not a key"}""", "")]
    public async Task A_file_that_cannot_be_used_is_named(string content, string what)
    {
        var file = Path.Combine(_folder.FullName, "key.json");
        await File.WriteAllTextAsync(file, content, Cancel);
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = file;
        _environment["GOOGLE_CLOUD_PROJECT"] = "p";
        using var client = new LlmClient(Options(FaultServer.Refused()));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("vertexai/claude-opus-4-8"));

        Assert.StartsWith($"vertexai: the credentials in {file} cannot be used: {what}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/nowhere/key.json";
        _environment["GOOGLE_CLOUD_PROJECT"] = "p";
        using var client = new LlmClient(Options(FaultServer.Refused()));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("vertexai/claude-opus-4-8"));

        Assert.Contains("/nowhere/key.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, typeof(ConfigurationException))]
    [InlineData(401, typeof(ConfigurationException))]
    [InlineData(503, typeof(ApiConnectionException))]
    public async Task What_Google_does_not_take_is_told_without_what_was_sent(int status, Type type)
    {
        await using var tokens = await ReplayServer.StartAsync(1, request => CannedReply.Json($$"""{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""", status));
        await using var server = await ServerAsync();
        var key = UseServiceAccount(tokens.Url);
        using var client = new LlmClient(Options(server.Url));

        var error = await Assert.ThrowsAnyAsync<LlmException>(() => client.AskAsync("vertexai/claude-opus-4-8"));

        Assert.IsType(type, error);
        Assert.Contains("Google gave no token", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(Secrets(key), secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Token_and_private_key_appear_nowhere_but_in_their_header()
    {
        await using var tokens = await TokensAsync();
        var key = "";
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json(
            $$$"""{"type":"error","error":{"type":"invalid_request_error","message":"Who is {{{AccessToken}}}, and what is {{{Secrets(key).Last()}}}?"}}""", 400));
        key = UseServiceAccount(tokens.Url);
        var log = new List<string>();
        using var client = new LlmClient(Options(server.Url) with { LoggerFactory = new Kept(log) });

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("vertexai/claude-opus-4-8"));

        string[] secrets = [AccessToken, .. Secrets(key)];
        string[] sinks = [error.ToString(), error.Body ?? "", string.Join('\n', log), string.Join('\n', error.Attempts), server.Requests[0].Text, server.Requests[0].Target, .. server.Requests[0].Headers.Where(header => header.Key != "Authorization").Select(header => header.Value)];
        Assert.NotEmpty(log);
        Assert.All(secrets, secret => Assert.All(sinks, sink => Assert.DoesNotContain(secret, sink, StringComparison.Ordinal)));
    }

    private static Task<ReplayServer> TokensAsync(int seconds = 3600) => ReplayServer.StartAsync(1, CannedReply.Json($$"""{"access_token":"{{AccessToken}}","expires_in":{{seconds}},"token_type":"Bearer"}"""));

    private static Task<ReplayServer> ServerAsync() => ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));

    private LlmOptions Options(Uri server)
    {
        _environment["VERTEXAI_BASE_URL"] = server.ToString();
        return new() { Credentials = [new GoogleCredentials(new("A box", ""))], Environment = name => _environment.GetValueOrDefault(name), Retries = Calls.Once };
    }

    /// <summary>Writes a service account's file with a fresh key, names it, and gives the key.</summary>
    private string UseServiceAccount(Uri tokens)
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportPkcs8PrivateKeyPem();
        var file = Path.Combine(_folder.FullName, "key.json");
        File.WriteAllText(file, new JsonObject
        {
            ["type"] = "service_account", ["project_id"] = "p-of-the-file", ["private_key_id"] = "key-id-0123456789", ["private_key"] = key + "\n",
            ["client_email"] = "robot@p-of-the-file.iam.gserviceaccount.com", ["client_id"] = "1", ["token_uri"] = new Uri(tokens, "token").ToString(),
        }.ToJsonString());
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = file;
        return key;
    }

    private static IEnumerable<string> Secrets(string key) => key.Split('\n').Where(static line => line.Length > 30 && !line.StartsWith("---", StringComparison.Ordinal));

    private static string FromBase64Url(string text) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(text));

    /// <summary>Keeps what is logged.</summary>
    private sealed class Kept(List<string> lines) : Microsoft.Extensions.Logging.ILoggerFactory, Microsoft.Extensions.Logging.ILogger
    {
        public void AddProvider(Microsoft.Extensions.Logging.ILoggerProvider provider) { }
        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => this;
        public void Dispose() { }
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;
        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Add($"{formatter(state, exception)} {exception}");
    }
}
