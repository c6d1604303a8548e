using System.Text;

namespace Muxi.Llm.Tests;

public sealed class SupportTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("muxi-llm-fixtures").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_repository_is_found() => Assert.True(File.Exists(Repo.PathTo("tests", "oracle", "README.md")));

    [Fact]
    public void Pieces_put_together_are_the_body_at_every_seed()
    {
        var body = Encoding.UTF8.GetBytes("data: {\"t\":\"é😊سلام\"}\r\n\r\ndata: [DONE]\r\n\r\n");
        for (var seed = 0; seed < 200; seed++)
        {
            var pieces = Seeded.Pieces(body, seed).ToList();
            Assert.All(pieces, piece => Assert.NotEmpty(piece));
            Assert.Equal(body, pieces.SelectMany(p => p));
        }
    }

    [Fact]
    public void The_same_seed_cuts_the_same_way_and_another_seed_another_way()
    {
        var body = Encoding.UTF8.GetBytes(new string('x', 5000));

        Assert.Equal(Lengths(body, 3), Lengths(body, 3));
        Assert.NotEqual(Lengths(body, 3), Lengths(body, 4));
        Assert.Equal([5000], Lengths(body, 0));
        Assert.InRange(Enumerable.Range(1, 50).Max(seed => Lengths(body, seed).Count), 10, 200);
    }

    [Fact]
    public void Twenty_seeds_meet_single_bytes_and_cuts_within_characters_and_line_ends()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("data: 😊\r\n\r\n", 30)));
        var pieces = Enumerable.Range(1, 20).SelectMany(seed => Seeded.Pieces(body, seed)).ToList();

        Assert.Contains(pieces, p => p.Length == 1);
        Assert.Contains(pieces, p => (p[0] & 0xC0) == 0x80);
        Assert.Contains(pieces, p => p[0] == '\n' && p.Length > 1);
        Assert.Contains(pieces, p => p[^1] == '\r');
    }

    [Fact]
    public void Every_split_has_each_cut_in_two_and_the_single_bytes()
    {
        var splits = Seeded.EverySplit("abc"u8.ToArray()).Select(s => string.Join('|', s.Select(Encoding.ASCII.GetString)));

        Assert.Equal(["a|bc", "ab|c", "a|b|c"], splits);
    }

    [Fact]
    public void Fixtures_are_found_by_their_folders_and_read_verbatim()
    {
        Write("openai-chat/plain/request.json", "{\"model\":\"m\"}");
        Write("openai-chat/plain/wire-reply.json", "{}");
        Write("openai-chat/stream/wire-reply.sse", "data: x\r\n\r\n");
        Write("openai-chat/stream/notes.md", "CRLF on purpose");

        var all = Fixture.In(_root, "openai-chat");

        Assert.Equal(["openai-chat/plain", "openai-chat/stream"], all.Select(f => f.Name));
        Assert.Equal([false, true], all.Select(f => f.IsStream));
        Assert.Equal("data: x\r\n\r\n"u8, all[1].WireReply);
        Assert.Equal("m", all[0].Json("request.json")["model"]!.GetValue<string>());
        Assert.Equal("openai-chat", all[0].Dialect);
        Assert.Equal(["openai-chat/plain"], Fixture.In(_root, "openai-chat", "request.json", "wire-reply.json").Select(f => f.Name));
        Assert.Empty(Fixture.In(_root, "nowhere"));
    }

    [Theory]
    [InlineData("wire_reply.json")]
    [InlineData("wire-reply.sse")]
    public void A_misnamed_or_contradictory_fixture_is_refused(string file)
    {
        Write("d/bad/wire-reply.json", "{}");
        Write($"d/bad/{file}", "");

        Assert.Throws<InvalidDataException>(() => Fixture.Load(_root, "d/bad"));
    }

    [Fact]
    public void A_canned_reply_has_the_status_and_headers_of_its_head()
    {
        Write("d/one/wire-reply.html", "<html>");
        Write("d/one/wire-head.json", """{"status":502,"headers":{"retry-after":"7"}}""");
        Write("d/two/wire-reply.sse", "data: x\n\n");

        var (one, two) = (Fixture.Load(_root, "d/one").Canned, Fixture.Load(_root, "d/two").Canned);

        Assert.Equal((502, "text/html", "7"), (one.Status, one.Headers["content-type"], one.Headers["retry-after"]));
        Assert.Equal(200, two.Status);
        Assert.True(two.IsStream);
    }

    [Theory]
    [InlineData("""{"a":1,"b":[null,"x"]}""", """{"b":[null,"x"],"a":1.0}""", null)]
    [InlineData("""{"a":null}""", "{}", ".a: expected null, found nothing")]
    [InlineData("{}", """{"a":null}""", ".a: expected nothing, found null")]
    [InlineData("[1,2]", "[2,1]", "[0]: expected 1, found 2")]
    [InlineData("[1]", "[1,2]", ": expected [1], found [1,2]")]
    [InlineData("\"<any>\"", "\"x\"", null)]
    [InlineData("\"<any>\"", "\"\"", ": expected")]
    [InlineData("\"<like a+>\"", "\"aaa\"", null)]
    [InlineData("\"<like a+>\"", "\"aab\"", ": expected")]
    public void Json_differs_where_it_says_so(string expected, string found, string? difference)
    {
        var differences = JsonComparison.Differences(System.Text.Json.Nodes.JsonNode.Parse(expected), System.Text.Json.Nodes.JsonNode.Parse(found), "").ToList();

        Assert.Equal(difference is null, differences.Count == 0);
        if (difference is not null) Assert.StartsWith(difference, differences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_named_twice_is_refused() =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonComparison.ParseStrictly("""{"a":1,"a":1}"""u8));

    private static List<int> Lengths(byte[] body, int seed) => [.. Seeded.Pieces(body, seed).Select(p => p.Length)];

    private void Write(string path, string text)
    {
        var file = Path.Combine([_root, .. path.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
