using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>
/// Addresses that a reply names are read over https from public machines and nowhere else. The names and connections are a test's own: a public address leads to a server
/// of the test, so that what is looked at and what is connected to can be told apart.
/// </summary>
public sealed class EgressTests
{
    private const string Public = EgressNet.Public;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_public_address_is_read_without_a_key_a_cookie_or_a_header_of_ours()
    {
        await using var net = new EgressNet();
        var server = net.Host("images.example", Reply("200 OK", ImageWire.Png));
        using var egress = new Egress(new() { ApiKeys = new Dictionary<string, string> { ["openai"] = Calls.Key }, Headers = new Dictionary<string, string> { ["x-mine"] = "secret" }, Environment = static _ => null }, net.Network);

        var bytes = await egress.ReadAsync(new("https://images.example/a.png?sig=1", 1000), Cancel);

        Assert.Equal(ImageWire.Png, bytes);
        Assert.Equal(["GET /a.png?sig=1 HTTP/1.1", "Host: images.example", "User-Agent: muxi-llm", "Accept: */*"], server.Seen[0].TrimEnd().Split("\r\n"));
        Assert.Equal([$"{Public}:443"], net.Connected);
    }

    [Theory]
    [InlineData("http://images.example/", "only https is read")]
    [InlineData("ftp://images.example/", "only https is read")]
    [InlineData("file:///etc/passwd", "only https is read")]
    [InlineData("https://user:password@images.example/", "carries a user")]
    [InlineData("images.example/a.png", "is no address")]
    [InlineData("https://127.0.0.1/", "leads to 127.0.0.1, which is no public address")]
    [InlineData("https://[::1]/", "leads to ::1, which is no public address")]
    [InlineData("https://[::ffff:10.0.0.1]/", "no public address")]
    [InlineData("https://2130706433/", "leads to 127.0.0.1, which is no public address")]
    [InlineData("https://0x7f.1/", "leads to 127.0.0.1, which is no public address")]
    [InlineData("https://0251.0376.0251.0376/", "leads to 169.254.169.254, which is no public address")]
    [InlineData("https://inside.example/", "leads to inside.example (10.1.2.3), which is no public address")]
    [InlineData("https://mixed.example/", "leads to mixed.example (192.168.0.9), which is no public address")]
    public async Task Other_addresses_are_refused_and_nobody_is_connected_to(string url, string told)
    {
        await using var net = new EgressNet();
        net.Host("images.example", Reply("200 OK", "x"u8.ToArray()));
        net.Names["inside.example"] = ["10.1.2.3"];
        net.Names["mixed.example"] = [Public, "192.168.0.9"];
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new(url, 1000) { Provider = "openai", What = "the picture's address" }, Cancel));

        Assert.StartsWith("openai: the picture's address ", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Equal(("url", "openai"), (error.Param, error.Provider));
        Assert.Empty(net.Connected);
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_is_looked_at_for_each_connection_and_connected_to_as_it_was_seen()
    {
        await using var net = new EgressNet();
        net.Host("rebinding.example", Reply("200 OK\r\nConnection: close", "first"u8.ToArray()));
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network);

        var first = await egress.ReadAsync(new("https://rebinding.example/", 1000), Cancel);
        net.Names["rebinding.example"] = ["127.0.0.1"];
        var error = await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://rebinding.example/", 1000), Cancel));

        Assert.Equal("first", Encoding.ASCII.GetString(first));
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, net.Resolved.Count);
        Assert.Equal([$"{Public}:443"], net.Connected);
    }

    [Fact]
    public async Task Redirects_are_followed_three_times_and_each_is_looked_at()
    {
        await using var net = new EgressNet();
        net.Host("a.example", Reply("302 Found\r\nLocation: https://b.example/next", []));
        net.Host("b.example", Reply("307 Temporary Redirect\r\nLocation: /again", []), Reply("301 Moved Permanently\r\nLocation: https://c.example/", []));
        net.Host("c.example", Reply("200 OK", "there"u8.ToArray()));
        net.Host("loop.example", Reply("302 Found\r\nLocation: /again", []));
        net.Host("inwards.example", Reply("302 Found\r\nLocation: https://10.0.0.1/latest/meta-data", []));
        net.Host("down.example", Reply("302 Found\r\nLocation: http://c.example/", []));
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network);

        Assert.Equal("there", Encoding.ASCII.GetString(await egress.ReadAsync(new("https://a.example/", 1000), Cancel)));
        Assert.Contains("redirected more than 3 times", (await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://loop.example/", 1000), Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1", (await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://inwards.example/", 1000), Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("only https", (await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://down.example/", 1000), Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_is_read_than_was_allowed_whether_its_length_is_told_or_not()
    {
        await using var net = new EgressNet();
        net.Host("told.example", Reply("200 OK", new byte[1001]));
        net.Host("untold.example", Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{new string('x', 1001)}\r\n0\r\n\r\n"));
        net.Host("just.example", Reply("200 OK", new byte[1000]));
        net.Host("empty.example", Reply("200 OK", []));
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network);

        foreach (var host in (string[])["told", "untold"])
            Assert.Contains("more than", (await Assert.ThrowsAsync<ServerException>(() => egress.ReadAsync(new($"https://{host}.example/", 1000), Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(1000, (await egress.ReadAsync(new("https://just.example/", 1000), Cancel)).Length);
        Assert.Contains("nothing to read", (await Assert.ThrowsAsync<ServerException>(() => egress.ReadAsync(new("https://empty.example/", 1000), Cancel))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("403 Forbidden", typeof(PermissionDeniedException))]
    [InlineData("404 Not Found", typeof(NotFoundException))]
    [InlineData("500 Internal Server Error", typeof(ServerException))]
    public async Task A_status_is_told_as_one_and_the_address_is_not(string status, Type kind)
    {
        await using var net = new EgressNet();
        net.Host("images.example", Reply(status, "<Error>SIGNATURE</Error>"u8.ToArray()));
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => egress.ReadAsync(new("https://images.example/a.png?sig=SIGNATURE", 1000) { Provider = "openai", What = "the picture's address" }, Cancel));

        Assert.IsType(kind, error);
        Assert.Equal("openai", error.Provider);
        Assert.StartsWith("openai: the picture's address: HTTP ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SIGNATURE", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_no_connection()
    {
        await using var net = new EgressNet();
        net.Host("images.example", Reply("200 OK", "x"u8.ToArray()));
        using var egress = new Egress(new() { Environment = static _ => null }, net.Network with { Trust = null });

        await Assert.ThrowsAsync<ApiConnectionException>(() => egress.ReadAsync(new("https://images.example/", 1000), Cancel));
    }

    [Fact]
    public async Task Waiting_has_its_limits_and_the_caller_can_end_it()
    {
        await using var net = new EgressNet();
        net.Host("silent.example", []);
        net.Host("stalls.example", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray());
        var clock = new ManualTime();
        using var egress = new Egress(new() { Environment = static _ => null, TimeProvider = clock, Timeouts = new() { FirstByte = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(3) } }, net.Network);
        using var cancel = new CancellationTokenSource();

        var silent = egress.ReadAsync(new("https://silent.example/", 1000) { Provider = "openai" }, Cancel);
        await net.Asked("silent.example");
        clock.Advance(TimeSpan.FromSeconds(5));
        var first = await Assert.ThrowsAsync<ApiTimeoutException>(() => silent);
        var cancelled = egress.ReadAsync(new("https://stalls.example/", 1000), cancel.Token);
        await net.Asked("stalls.example");
        await cancel.CancelAsync();

        Assert.Equal((TimeoutKind.FirstByte, "openai"), (first.Timeout, first.Provider));
        Assert.Equal(cancel.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled)).CancellationToken);
    }

    [Fact]
    public async Task The_own_server_is_read_over_http_and_no_neighbour_of_it()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Target == "/out" ? CannedReply.Json("", 302).With("location", "http://127.0.0.1:1/inside") : CannedReply.Json("{}"));
        using var egress = new Egress(new() { Environment = static _ => null });
        var own = new Uri(server.Url, "v1/");

        Assert.Equal("{}", Encoding.ASCII.GetString(await egress.ReadAsync(new(new Uri(server.Url, "files/1.png").ToString(), 1000) { Own = own }, Cancel)));
        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
        await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new(new Uri(server.Url, "out").ToString(), 1000) { Own = own }, Cancel));
        await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new(new Uri(server.Url, "files/1.png").ToString(), 1000) { Own = new Uri("http://127.0.0.1:1/v1/") }, Cancel));
        await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new(new Uri(server.Url, "files/1.png").ToString(), 1000), Cancel));
    }

    [Fact]
    public async Task A_picture_at_the_own_server_is_read_when_it_is_asked_for_and_not_before()
    {
        Uri? url = null;
        await using var server = await ReplayServer.StartAsync(1, request => request.Method == "GET"
            ? new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "image/png" }, ImageWire.Png) : CannedReply.Json($$"""{"created":1,"data":[{"url":"{{new Uri(url!, "files/1.png")}}"},{"url":"https://10.0.0.1/x"}]}"""));
        url = server.Url;
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Images.GenerateAsync(new() { Model = "openai/m", Prompt = "x" }, null, Cancel);

        Assert.Single(server.Requests);
        Assert.Equal(ImageWire.Png, await reply.Data[0].ReadBytesAsync(Cancel));
        Assert.Equal(("GET", "/files/1.png", false), (server.Requests[1].Method, server.Requests[1].Target, server.Requests[1].Headers.ContainsKey("Authorization")));
        Assert.Equal("openai: the picture's address leads to 10.0.0.1, which is no public address", (await Assert.ThrowsAsync<BadRequestException>(() => reply.Data[1].ReadBytesAsync(Cancel))).Message);
    }

    [Fact]
    public async Task A_file_found_in_the_working_directory_opens_no_address_of_this_network()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"created":1,"data":[{"url":"http://127.0.0.1:1/x.png"}]}"""));
        var folder = Directory.CreateTempSubdirectory("muxi stranger ");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "muxi-llm.yaml"), $"providers: {{openai: {{base_url: \"{server.Url}\", api_key: k}}}}", Cancel);
            using var client = new LlmClient(new() { Environment = static _ => null, Configuration = LlmConfiguration.Find(static _ => null, folder.FullName) });

            var reply = await client.Images.GenerateAsync(new() { Model = "openai/m", Prompt = "x" }, null, Cancel);

            await Assert.ThrowsAsync<BadRequestException>(() => reply.Data[0].ReadBytesAsync(Cancel));
            Assert.Null(reply.Call!.Own);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task With_a_proxy_the_proxy_connects_and_a_name_that_is_known_here_is_looked_at_all_the_same()
    {
        await using var net = new EgressNet();
        net.Names["inside.example"] = ["10.1.2.3"];
        net.Names["proxy.example"] = ["10.0.0.7"];
        net.Host("10.0.0.7", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        using var egress = new Egress(new() { Environment = static _ => null, Proxy = new WebProxy("http://proxy.example:3128") }, net.Network);

        await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://inside.example/", 1000), Cancel));
        await Assert.ThrowsAsync<BadRequestException>(() => egress.ReadAsync(new("https://127.0.0.1/", 1000), Cancel));
        Assert.Empty(net.Connected);
        await Assert.ThrowsAsync<ApiConnectionException>(() => egress.ReadAsync(new("https://known-to-the-proxy.example/", 1000), Cancel));
        Assert.Equal(["10.0.0.7:3128"], net.Connected);
    }

    private static byte[] Reply(string head, byte[] body) => [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
}
