using Muxi.Llm.Gateway;

namespace Muxi.Llm.Tests;

/// <summary>Who may come in, with a key and without one.</summary>
public sealed class AccessTests
{
    private const string Key = "sk-master-0123456789";

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:4000")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1:80")]
    [InlineData("127.8.9.10")]
    [InlineData("[::1]")]
    [InlineData("[::1]:4000")]
    public async Task Without_a_key_this_machine_is_answered(string host)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Get, "/v1/models", null, ("Host", host));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:4000")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.0.1")]
    [InlineData("0.0.0.0:4000")]
    [InlineData("[fe80::1]")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("localhost.")]
    public async Task Without_a_key_a_foreign_host_is_a_403(string host)
    {
        await using var served = await Served.SandboxAsync();

        foreach (var path in (string[])["/health", "/v1/models", "/nothing"])
            Assert.Equal((403, "foreign_origin"), await served.SendAsync(HttpMethod.Get, path, null, ("Host", host)).ErrorAsync() is var told ? (told.Status, told.Code) : default);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://evil.example:4000")]
    [InlineData("null")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:1")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("vscode-webview://abc")]
    public async Task Without_a_key_a_foreign_page_is_a_403_and_gets_no_leave(string origin)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Origin", origin));
        using var preflight = await served.SendAsync(HttpMethod.Options, Served.ChatPath, null, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));

        Assert.Equal((403, 403), ((int)reply.StatusCode, (int)preflight.StatusCode));
        Assert.DoesNotContain(reply.Headers.Concat(preflight.Headers), header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_page_of_the_server_itself_is_answered()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Origin", served.Url.AbsoluteUri.TrimEnd('/')));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    [InlineData("text/plain; application/json")]
    [InlineData("")]
    public async Task Without_a_key_a_body_that_any_page_may_send_is_not_taken(string type)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Content-Type", type)).ErrorAsync();

        Assert.Equal((415, "unsupported_media_type"), (told.Status, told.Code));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=utf-8")]
    public async Task JSON_is_taken(string type)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Content-Type", type));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key)]
    [InlineData("Authorization", "bearer  " + Key + " ")]
    [InlineData("x-api-key", Key)]
    [InlineData("api-key", Key)]
    [InlineData("x-goog-api-key", Key)]
    public async Task The_key_is_taken_from_each_customary_header(string header, string value)
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = Key });

        using var reply = await served.ChatAsync(Served.Ask("sandbox/chat"), (header, value));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic " + Key)]
    [InlineData("Authorization", Key)]
    [InlineData("Authorization", "Bearer " + Key + "x")]
    [InlineData("Authorization", "Bearer SK-MASTER-0123456789")]
    [InlineData("x-api-key", "sk-master-012345678")]
    [InlineData("x-other", Key)]
    public async Task A_wrong_or_missing_key_is_a_401_everywhere(string header, string value)
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = Key });

        foreach (var (method, path) in ((string, string)[])[("GET", "/v1/models"), ("GET", "/v1/models/sandbox/chat"), ("GET", "/nothing"), ("OPTIONS", Served.ChatPath), ("GET", $"/v1/models?key={Key}")])
        {
            using var reply = await served.SendAsync(new(method), path, null, (header, value));
            var told = await Task.FromResult(reply).ErrorAsync();
            Assert.Equal((401, "invalid_request_error", "invalid_api_key", "Bearer"), (told.Status, told.Type, told.Code, reply.Header("WWW-Authenticate")));
            Assert.DoesNotContain(Key, told.Message, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(401, (int)(await served.ChatAsync(Served.Ask("sandbox/chat"), (header, value))).StatusCode);
    }

    [Fact]
    public async Task Whether_the_server_answers_is_told_without_a_key()
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = Key });

        using var reply = await served.SendAsync(HttpMethod.Get, "/health", null, ("Host", "anything.example"));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Key)]
    public async Task Two_keys_that_differ_are_a_400(string? master)
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = master });

        var told = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Authorization", $"Bearer {Key}"), ("x-api-key", "another")).ErrorAsync();
        using var same = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Authorization", $"Bearer {Key}"), ("x-api-key", Key), ("api-key", ""));

        Assert.Equal((400, "conflicting_keys"), (told.Status, told.Code));
        Assert.Equal(200, (int)same.StatusCode);
    }

    [Fact]
    public async Task With_a_key_any_host_page_and_announced_type_will_do()
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = Key });

        using var reply = await served.ChatAsync(Served.Ask("sandbox/chat"), ("Authorization", $"Bearer {Key}"), ("Host", "llm.example.com"), ("Origin", "https://app.example.com"), ("Content-Type", "text/plain"));

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.DoesNotContain(reply.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task No_header_that_can_be_made_up_opens_the_door()
    {
        await using var served = await Served.SandboxAsync(options => options with { MasterKey = Key });
        var random = new Random(4000);
        string[] bits = ["Bearer ", "bearer", " ", Key, "\t", "x", "\"", "%00", "=", ";", ",", "\u00e9", "Bearer Bearer ", Key[..5], "\u200b", new('k', 5000)];

        for (var i = 0; i < 300; i++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => bits[random.Next(bits.Length)]));
            if (value.Replace("Bearer ", "", StringComparison.OrdinalIgnoreCase).Trim() == Key) continue;
            using var reply = await served.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", value));
            Assert.True((int)reply.StatusCode is 400 or 401 or 431, $"{value} gave {(int)reply.StatusCode}");
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("::")]
    [InlineData("192.168.1.1")]
    public async Task Without_a_key_other_machines_are_not_listened_to(string host)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => GatewayServer.StartAsync(new() { Host = host, Port = 0 }, TestContext.Current.CancellationToken));

        Assert.Equal($"--host {host} is open to other machines, which needs a key: set MUXI_LLM_MASTER_KEY, or leave --host at 127.0.0.1", error.Message);
    }

    [Theory]
    [InlineData("example.com", 0, "the host 'example.com' is no IP address: use 127.0.0.1 for this machine, or 0.0.0.0 for every address")]
    [InlineData("127.0.0.1", 65536, "the port 65536 is none: it must be between 0 and 65535")]
    [InlineData("192.0.2.1", 0, "192.0.2.1 is no address of this machine: use 127.0.0.1, or 0.0.0.0 for every address")]
    public async Task What_cannot_be_listened_on_is_told_in_one_line(string host, int port, string message)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => GatewayServer.StartAsync(new() { Host = host, Port = port, MasterKey = Key }, TestContext.Current.CancellationToken));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task A_busy_port_is_told_in_one_line()
    {
        await using var served = await Served.SandboxAsync();

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => GatewayServer.StartAsync(new() { Port = served.Url.Port }, TestContext.Current.CancellationToken));

        Assert.Equal($"port {served.Url.Port} of 127.0.0.1 is in use: stop who has it, or pick another with --port (0 takes a free one)", error.Message);
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("::1", null)]
    [InlineData("0.0.0.0", Key)]
    public async Task A_server_listens_where_it_is_told(string host, string? key)
    {
        await using var served = await Served.SandboxAsync(options => options with { Host = host, MasterKey = key });

        Assert.Equal(200, (int)(await served.SendAsync(HttpMethod.Get, "/health")).StatusCode);
    }
}
