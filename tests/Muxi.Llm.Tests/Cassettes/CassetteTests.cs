using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class CassetteTests
{
    private const string Line = """
        {"id":"a#0","source_repo":"r","fidelity":"wire","provider":"openai","endpoint":"chat.completions","features":["stream"],"quirks":[],
        "request":{"method":"POST","url":"https://x.test/v1","headers":{"Accept":"*/*"},"body_json":{"model":"m"}},
        "response":{"status":200,"headers":{"content-encoding":"CODING"},BODY}}
        """;

    [Fact]
    public void A_record_with_a_text_body_is_read_as_the_client_saw_it()
    {
        var cassette = Read("gzip", """ "body_text":"é","decoded":"gzip" """);

        Assert.Equal(("a#0", "openai", "chat.completions", "wire"), (cassette.Id, cassette.Provider, cassette.Endpoint, cassette.Fidelity));
        Assert.Equal(["stream"], cassette.Features);
        Assert.Equal(("POST", "https://x.test/v1", "*/*"), (cassette.Request.Method, cassette.Request.Url, cassette.Request.Headers["accept"]));
        Assert.Equal("""{"model":"m"}""", Encoding.UTF8.GetString(cassette.Request.Body));
        Assert.Equal("é", Encoding.UTF8.GetString(cassette.Reply.Body));
        Assert.Null(cassette.Reply.Encoding);
        Assert.DoesNotContain("content-encoding", CannedReply.From(cassette).Headers.Keys);
    }

    [Fact]
    public void A_record_that_is_still_encoded_keeps_its_bytes_and_its_coding()
    {
        using var coded = new MemoryStream();
        using (var brotli = new System.IO.Compression.BrotliStream(coded, System.IO.Compression.CompressionMode.Compress))
            brotli.Write("{\"ok\":1}"u8);
        var cassette = Read("br", $""" "body_base64":"{Convert.ToBase64String(coded.ToArray())}","decoded":"br" """);

        Assert.Equal("br", cassette.Reply.Encoding);
        Assert.Equal(coded.ToArray(), cassette.Reply.Body);
        Assert.Equal("{\"ok\":1}"u8, cassette.Reply.PlainBody());
        Assert.Equal("br", CannedReply.From(cassette).Headers["content-encoding"]);
    }

    [Fact]
    public void The_recorded_traffic_is_indexed_and_filtered()
    {
        Assert.True(Cassettes.All.Count > 1000);
        Assert.All(Cassettes.All, c => Assert.False(string.IsNullOrEmpty(c.Provider) || string.IsNullOrEmpty(c.Endpoint) || string.IsNullOrEmpty(c.Fidelity)));
        var some = Cassettes.Where("chat.completions", "groq", "xai");
        Assert.Equal(["groq", "xai"], some.Select(c => c.Provider).Distinct().Order());
        Assert.Same(some[0], Cassettes.Get(some[0].Id));
        Assert.True(Cassettes.Where("chat.completions").Count > some.Count);
        Assert.Equal(some.Count, Cassettes.Ids("chat.completions", "groq", "xai").Count);
    }

    [Fact]
    public void Every_recorded_json_reply_is_json_once_decoded()
    {
        foreach (var record in Cassettes.Where("chat.completions").Where(c => c.Reply.PlainBody() is [(byte)'{', ..]))
            Assert.NotNull(JsonNode.Parse(record.Reply.PlainBody()));
    }

    private static Cassette Read(string coding, string body) =>
        Cassette.Index(Encoding.UTF8.GetBytes(Line.Replace("CODING", coding, StringComparison.Ordinal).Replace("BODY", body, StringComparison.Ordinal)));
}
