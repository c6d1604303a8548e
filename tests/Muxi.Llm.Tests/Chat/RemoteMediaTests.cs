using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a request names by an address, for a service that reads none: it is read here, from public hosts alone, and goes along as data.</summary>
public sealed class RemoteMediaTests
{
    private const string Picture = "https://images.example/cat.png", Paper = "https://images.example/papers/a%20paper.pdf";

    private static readonly Provider _blind = new("blind", "http://blind.invalid/v1", Auth.None) { Chat = new OpenAIChat { Addresses = ["s3://*", "https://stored.example/*"] } };

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_picture_and_a_document_are_read_and_sent_along(bool isStream)
    {
        await using var net = new EgressNet();
        net.Host("images.example", Answer(ImageWire.Png), Answer("%PDF-1.7"u8.ToArray()));
        await using var server = await ReplayServer.StartAsync(7, _ => isStream ? CannedReply.Sse(Calls.Events("Nice.")) : CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net);
        var asked = Ask(new() { Type = "image_url", ImageUrl = new(Picture, "low") }, new() { Type = "file", File = new() { FileData = Paper } });

        var outcome = await ChatOutcome.OfAsync(client, asked, isStream);

        Assert.Null(outcome.Error);
        var parts = JsonNode.Parse(server.Requests.Single().Body)!["messages"]![0]!["content"]!.AsArray();
        Assert.Equal(("data:image/png;base64," + Convert.ToBase64String(ImageWire.Png), "low"), ((string?)parts[0]!["image_url"]!["url"], (string?)parts[0]!["image_url"]!["detail"]));
        Assert.Equal(("data:application/pdf;base64," + Convert.ToBase64String("%PDF-1.7"u8), "a paper.pdf"), ((string?)parts[1]!["file"]!["file_data"], (string?)parts[1]!["file"]!["filename"]));
        // The caller's request is as it was.
        Assert.Equal(Picture, asked.Messages[0].Blocks[0].ImageUrl!.Url);
    }

    [Fact]
    public async Task What_the_service_reads_itself_and_data_are_left_alone()
    {
        await using var net = new EgressNet();
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net);

        await client.AskAsync(Ask(new() { Type = "image_url", ImageUrl = new("https://stored.example/a.png") }, new() { Type = "image_url", ImageUrl = new("s3://bucket/a.png") }, new() { Type = "image_url", ImageUrl = new("data:image/png;base64,AAAA") }));

        Assert.Empty(net.Resolved);
        Assert.Equal(
            ["https://stored.example/a.png", "s3://bucket/a.png", "data:image/png;base64,AAAA"],
            JsonNode.Parse(server.Requests.Single().Body)!["messages"]![0]!["content"]!.AsArray().Select(part => (string?)part!["image_url"]!["url"]));
    }

    [Fact]
    public async Task One_address_is_read_once_however_often_it_is_named_and_asked()
    {
        await using var net = new EgressNet();
        var host = net.Host("images.example", Answer(ImageWire.Png));
        var asked = 0;
        await using var server = await ReplayServer.StartAsync(7, _ => asked++ == 0 ? CannedReply.Json("""{"error":{"message":"busy"}}""", 503) : CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net, new Retries { Max = 1, InitialDelay = TimeSpan.Zero });

        await client.AskAsync(Ask(new() { Type = "image_url", ImageUrl = new(Picture) }, new() { Type = "image_url", ImageUrl = new(Picture) }));

        Assert.Equal(2, server.Requests.Count);
        Assert.Single(host.Seen);
    }

    [Theory]
    [InlineData("https://inside.example/a.png", "leads to inside.example, which is no public address")]
    [InlineData("http://images.example/a.png", "only https is read")]
    public async Task No_other_address_is_read_and_nothing_is_sent_then(string url, string told)
    {
        await using var net = new EgressNet();
        net.Names["inside.example"] = ["10.1.2.3"];
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Ask(new ContentPart { Type = "image_url", ImageUrl = new(url) })));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        Assert.Empty(net.Connected);
    }

    [Fact]
    public async Task Nothing_is_read_where_it_is_turned_off()
    {
        await using var net = new EgressNet();
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "blind") with { Providers = [_blind], Network = net.Network, FetchMedia = false });

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Ask(new ContentPart { Type = "image_url", ImageUrl = new(Picture) })));

        Assert.Equal("blind: the service reads no addresses, and fetch_media is false: send the picture or file itself", error.Message);
        Assert.Empty(net.Resolved);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_response_that_a_chat_makes_has_them_read_too()
    {
        await using var net = new EgressNet();
        net.Host("images.example", Answer(ImageWire.Png), Answer("%PDF-1.7"u8.ToArray()));
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net);

        await client.Responses.CreateAsync(
            new() { Model = "blind/m", Input = [ResponseItem.User([ResponsePart.FromImage(Picture), new() { Type = "input_file", FileUrl = Paper }])] }, null, TestContext.Current.CancellationToken);

        var parts = JsonNode.Parse(server.Requests.Single().Body)!["messages"]![0]!["content"]!.AsArray();
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(ImageWire.Png), (string?)parts[0]!["image_url"]!["url"]);
        Assert.Equal(("data:application/pdf;base64," + Convert.ToBase64String("%PDF-1.7"u8), "a paper.pdf"), ((string?)parts[1]!["file"]!["file_data"], (string?)parts[1]!["file"]!["filename"]));
    }

    [Fact]
    public async Task No_more_is_read_for_one_call_than_64_MB_of_all_addresses_together()
    {
        await using var net = new EgressNet();
        // It fits alone; the length that is told is enough to know that both do not.
        var host = net.Host("images.example", Answer(ImageWire.Png), Announced(64 << 20));
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net, new Retries { Max = 2, InitialDelay = TimeSpan.Zero });

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Ask(new() { Type = "image_url", ImageUrl = new(Picture) }, new() { Type = "file", File = new() { FileData = Paper } })));

        Assert.Equal("blind: the address of a picture or file leads to more than is read for one call, 64 MB of all addresses together", error.Message);
        Assert.Equal(2, host.Seen.Count);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task No_more_than_a_hundred_addresses_are_read_for_one_call()
    {
        await using var net = new EgressNet();
        var host = net.Host("images.example", [.. Enumerable.Repeat(Answer(ImageWire.Png), 101)]);
        await using var server = await ReplayServer.StartAsync(7, _ => CannedReply.Json(Calls.Reply("Nice.")));
        using var client = ClientFor(server.Url, net);

        var error = await Assert.ThrowsAsync<BadRequestException>(
            () => client.AskAsync(Ask([.. Enumerable.Range(0, 101).Select(i => new ContentPart { Type = "image_url", ImageUrl = new($"{Picture}?{i}") })])));

        Assert.Equal("blind: the service reads no addresses, and no more than 100 are read here for one call: send the pictures and files themselves", error.Message);
        Assert.Equal(100, host.Seen.Count);
        Assert.Empty(server.Requests);
    }

    private static LlmClient ClientFor(Uri server, EgressNet net, Retries? retries = null) =>
        new(Calls.OptionsFor(server, "blind") with { Providers = [_blind], Network = net.Network, Retries = retries ?? Calls.Once });

    private static ChatCompletionRequest Ask(params ContentPart[] parts) => new() { Model = "blind/m", Messages = [Message.User(parts)] };

    private static byte[] Announced(int length) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");

    private static byte[] Answer(byte[] body) => [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
}
