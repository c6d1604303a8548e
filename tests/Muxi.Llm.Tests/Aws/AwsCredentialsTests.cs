using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Where Amazon's keys are found, and that requests are signed with them.</summary>
public sealed class AwsCredentialsTests : IDisposable
{
    private const string Id = "AKIATEST0123456789AB", Secret = "secret-0123456789-abcdefghijklmnopqrstuvwxyz", Session = "session-token-0123456789";

    private static readonly DateTimeOffset _now = new(2026, 11, 26, 4, 5, 6, TimeSpan.Zero);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("muxi-llm-aws-");

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task A_request_is_signed_with_the_keys_of_the_environment()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, Keys);

        var reply = await client.AskAsync("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0");

        Assert.Equal("Hi.", reply.Text);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", request.Target);
        Assert.Equal(("20261126T040506Z", Session, AwsSignature.HashOf(request.Body)), (request.Headers["x-amz-date"], request.Headers["x-amz-security-token"], request.Headers["x-amz-content-sha256"]));
        Assert.Equal(Signed(request, server.Url, "eu-central-1"), request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Each_attempt_is_signed_anew()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"message":"Too many requests"}""", 429).With("x-amzn-errortype", "ThrottlingException"), CannedReply.Json(Reply));
        using var client = new LlmClient(Options(server.Url, Keys) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        await client.AskAsync("bedrock/m");

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(Signed(request, server.Url, "eu-central-1"), request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_key_of_Bedrocks_own_goes_before_them()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, name => name == "AWS_BEARER_TOKEN_BEDROCK" ? "bedrock-key" : Keys(name));

        await client.AskAsync("bedrock/m");

        var headers = Assert.Single(server.Requests).Headers;
        Assert.Equal("Bearer bedrock-key", headers["Authorization"]);
        Assert.DoesNotContain("x-amz-date", headers.Keys);
    }

    [Fact]
    public async Task Without_any_the_error_names_all_ways_at_once()
    {
        using var client = new LlmClient(new() { Environment = static name => name == "AWS_REGION" ? "us-east-1" : null, Credentials = [new AwsCredentials(new AwsMachine(null))], Retries = Calls.Once });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("bedrock/m"));

        Assert.Equal("bedrock needs credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE", error.Message);
    }

    [Fact]
    public async Task Without_the_package_the_error_names_it()
    {
        using var client = new LlmClient(new() { Environment = static name => name == "AWS_REGION" ? "us-east-1" : null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("bedrock/m"));

        Assert.Equal("bedrock needs a key: set BEDROCK_API_KEY or AWS_BEARER_TOKEN_BEDROCK, or give LlmOptions.Credentials those of the package Muxi.Llm.Aws", error.Message);
    }

    [Fact]
    public async Task Without_a_region_the_error_says_where_to_set_one()
    {
        using var client = new LlmClient(new() { Environment = static name => name == "AWS_BEARER_TOKEN_BEDROCK" ? "k-0123456789" : null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("bedrock/m"));

        Assert.Equal("bedrock needs a region: set AWS_REGION or AWS_DEFAULT_REGION", error.Message);
    }

    [Fact]
    public async Task At_an_address_of_the_users_own_the_usual_region_is_signed_for_where_none_is_told()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, static name => name.EndsWith("REGION", StringComparison.Ordinal) ? null : Keys(name));

        await client.AskAsync("bedrock/m");

        Assert.Contains("/us-east-1/bedrock/aws4_request", Assert.Single(server.Requests).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_has_keys_and_a_region()
    {
        Write("credentials", $"""
            [default]
            aws_access_key_id = AKIAOTHER
            aws_secret_access_key = other

            [work]
            aws_access_key_id = {Id}
            aws_secret_access_key = {Secret}
            aws_session_token = {Session}
            """);
        Write("config", """
            [default]
            region = us-east-1
            [profile work]
            region = ap-south-1
            """);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, name => name switch { "AWS_PROFILE" => "work", "HOME" => _home.FullName, _ => null });

        await client.AskAsync("bedrock/m");

        var request = Assert.Single(server.Requests);
        Assert.Equal(Signed(request, server.Url, "ap-south-1"), request.Headers["Authorization"]);
    }

    [Fact]
    public async Task The_usual_profile_counts_where_none_is_named()
    {
        Write("credentials", $"[default]\naws_access_key_id={Id}\naws_secret_access_key={Secret}\naws_session_token={Session}\nregion=sa-east-1\n");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, name => name == "AWS_SHARED_CREDENTIALS_FILE" ? Path.Combine(_home.FullName, ".aws", "credentials") : null);

        await client.AskAsync("bedrock/m");

        Assert.Equal(Signed(server.Requests[0], server.Url, "sa-east-1"), server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_said()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));
        using var client = Client(server.Url, name => name switch { "AWS_PROFILE" => "nowhere", "HOME" => _home.FullName, "AWS_REGION" => "us-east-1", _ => null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("bedrock/m"));

        Assert.StartsWith("bedrock: the profile 'nowhere' gives no keys: there is no profile 'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("AWS_PROFILE=p AWS_ROLE_ARN=r AWS_WEB_IDENTITY_TOKEN_FILE=t", "the profile 'p'")]
    [InlineData("AWS_ROLE_ARN=r AWS_WEB_IDENTITY_TOKEN_FILE=t AWS_CONTAINER_CREDENTIALS_FULL_URI=http://c", "the role r of AWS_ROLE_ARN")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/c", "the container's agent")]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://m", "the machine's own role")]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://m AWS_EC2_METADATA_DISABLED=true", null)]
    [InlineData("", null)]
    public void They_are_looked_for_in_the_order_of_Amazons_tools(string variables, string? place)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(place, AwsPlace.Find(set.GetValueOrDefault, new(null))?.ToString());
    }

    [Fact]
    public void A_machine_of_Amazons_is_asked_and_no_other() =>
        Assert.Equal((true, false), (AwsPlace.Find(static _ => null, new("Amazon EC2")) is not null, AwsPlace.Find(static _ => null, new("QEMU")) is not null));

    [Fact]
    public async Task The_region_of_the_address_counts_before_the_settings()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://bedrock-runtime.us-west-2.amazonaws.com/model/m/converse") { Content = new ByteArrayContent("{}"u8.ToArray()) };

        await new AwsCredentials().ApplyAsync(request, new("bedrock", TimeProvider.System, Keys) { Protect = static _ => { }, UrlParts = new Dictionary<string, string> { ["region"] = "eu-central-1" } }, TestContext.Current.CancellationToken);

        Assert.Contains("/us-west-2/bedrock/aws4_request", request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_token_and_signature_are_in_no_error()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json($$"""{"message":"{{Secret}} {{Session}} {{request.Headers["Authorization"]}} is wrong"}""", 403));
        using var client = Client(server.Url, Keys);

        var error = await Assert.ThrowsAsync<PermissionDeniedException>(() => client.AskAsync("bedrock/m"));

        var signature = server.Requests[0].Headers["Authorization"].Split("Signature=")[1];
        foreach (var secret in (string[])[Secret, Session, signature]) Assert.DoesNotContain(secret, error + error.Body, StringComparison.Ordinal);
    }

    private const string Reply = """{"output":{"message":{"role":"assistant","content":[{"text":"Hi."}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""";

    private static string? Keys(string name) => name switch { "AWS_ACCESS_KEY_ID" => Id, "AWS_SECRET_ACCESS_KEY" => Secret, "AWS_SESSION_TOKEN" => Session, "AWS_REGION" => "eu-central-1", _ => null };

    private static LlmClient Client(Uri server, Func<string, string?> environment) => new(Options(server, environment));

    private static LlmOptions Options(Uri server, Func<string, string?> environment) => new()
    {
        BaseUrls = new Dictionary<string, Uri> { ["bedrock"] = server }, Environment = environment, Retries = Calls.Once, Credentials = [new AwsCredentials(new AwsMachine(null))], TimeProvider = new Fixed(),
    };

    private static string Signed(SeenRequest request, Uri server, string region)
    {
        var names = request.Headers["Authorization"].Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        Assert.Equal(["content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"], names);
        return AwsSignature.Authorization(new(request.Method, new(server, request.Target), [.. names.Select(name => new KeyValuePair<string, string>(name, request.Headers[name]))], AwsSignature.HashOf(request.Body)), new(Id, Secret, Session), new(region, "bedrock"));
    }

    private sealed class Fixed : TimeProvider { public override DateTimeOffset GetUtcNow() => _now; }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(_home.FullName, ".aws"));
        File.WriteAllText(Path.Combine(_home.FullName, ".aws", file), text, Encoding.UTF8);
    }
}
