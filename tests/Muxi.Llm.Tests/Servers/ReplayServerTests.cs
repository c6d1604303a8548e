using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Muxi.Llm.Tests;

public sealed class ReplayServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_pieces_of_a_body_arrive_whole(int seed)
    {
        const string Events = "data: {\"text\":\"سلام 😊\"}\r\n\r\ndata: [DONE]\r\n\r\n";
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(Events).With("x-request-id", "req_1"));
        using var http = new HttpClient();

        using var reply = await http.GetAsync(server.Url, Cancel);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("req_1", Assert.Single(reply.Headers.GetValues("x-request-id")));
        Assert.Equal(Encoding.UTF8.GetBytes(Events), await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_client_sees_split_reads()
    {
        var text = new string('x', 4000);
        await using var server = await ReplayServer.StartAsync(7, CannedReply.Sse(text));
        using var http = new HttpClient();

        await using var body = await http.GetStreamAsync(server.Url, Cancel);
        var reads = new List<int>();
        var buffer = new byte[8192];
        while (await body.ReadAsync(buffer, Cancel) is var read and > 0)
            reads.Add(read);

        Assert.Equal(4000, reads.Sum());
        Assert.True(reads.Count > 1, "the body came in one read");
    }

    [Fact]
    public async Task Replies_take_turns_and_requests_are_kept()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":"busy"}""", 429).With("retry-after", "2"), CannedReply.Json("{}"));
        using var http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "key");

        using var first = await http.PostAsJsonAsync("v1/chat/completions?x=%2F", new { model = "m" }, Cancel);
        using var second = await http.GetAsync(new Uri("v1/models", UriKind.Relative), Cancel);
        using var third = await http.GetAsync(new Uri("v1/models", UriKind.Relative), Cancel);

        Assert.Equal([429, 200, 200], new[] { first, second, third }.Select(r => (int)r.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(2), first.Headers.RetryAfter!.Delta);
        Assert.Equal(3, server.Requests.Count);
        var seen = server.Requests[0];
        Assert.Equal(("POST", "/v1/chat/completions?x=%2F", """{"model":"m"}"""), (seen.Method, seen.Target, seen.Text));
        Assert.Equal("Bearer key", seen.Headers["authorization"]);
    }

    [Fact]
    public async Task Every_recorded_http_reply_can_be_replayed()
    {
        var records = Cassettes.All.Where(c => c.Fidelity != "ws" && c.Reply.Status >= 200).ToList();
        await using var server = await ReplayServer.StartAsync(11, request => CannedReply.From(records[int.Parse(request.Target.AsSpan(1), null)]));
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = server.Url };

        for (var n = 0; n < records.Count; n++)
        {
            using var reply = await http.GetAsync(new Uri($"{n}", UriKind.Relative), Cancel);
            Assert.Equal(records[n].Reply.Status, (int)reply.StatusCode);
            var got = await reply.Content.ReadAsByteArrayAsync(Cancel);
            Assert.True(got.AsSpan().SequenceEqual(records[n].Reply.PlainBody()), records[n].Id);
        }
    }
}
