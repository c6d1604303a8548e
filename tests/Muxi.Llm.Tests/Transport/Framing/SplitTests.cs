using FsCheck;
using FsCheck.Fluent;

namespace Muxi.Llm.Tests;

/// <summary>Law 10: the events do not depend on where the network cut the bytes.</summary>
public sealed class SplitTests
{
    private const string NastySse =
        "\u00EF\u00BB\u00BF: hi\r\n\r\nevent: a\r\ndata: 1\r\n\r\ndata:2\rdata\r\n: c\ndata: 3\u00E2\u0082\u00AC\n\r\n" +
        "{\"e\":\n\revent: long_name\ndata\n\nid: 4\revent\ndata: \0\u00FF\r\rretry: 1\n\ndata: {}\r\ndata: \r";

    private const string NastyJsonLines = "\u00EF\u00BB\u00BF\r\n{\"a\":\"\u00E2\u0082\u00AC\"}\r\n\n \r\n[\r]\n\r\r\n{\"b\":\0\u00FF}\n\n{\"c\":3}\r";

    private static readonly string[] SsePieces =
    [
        "data", "data:", "data: ", "event", "event: a", "event: bb", "id: ", "retry:", ":", " ", "\n", "\n", "\n\n", "\r", "\r\n", "\r\n\r\n",
        "{\"x\":1}", "<b>", "x", "\0", "\u00EF\u00BB\u00BF", "\u00FF", "a long run of text, longer than one vector register of sixty-four bytes",
    ];

    private static readonly string[] JsonLinesPieces = ["{", "}", "{\"x\":1}", " ", "\t", "\n", "\n", "\r", "\r\n", "\u00EF\u00BB\u00BF", "\u00FF", "\0"];

    [Fact]
    public void The_nasty_fixture_says_what_it_should() =>
        Assert.Equal(["a|1", "|2\n\n3\u00E2\u0082\u00AC", "long_name|", "|\0\u00FF", "|{}\n", "stray|{\"e\":"], Framers.ReadSse(NastySse));

    [Fact]
    public void Server_sent_events_are_the_same_at_every_split() => AssertSameAtEverySplit(NastySse, () => new SseFramer());

    [Fact]
    public void JSON_lines_are_the_same_at_every_split() => AssertSameAtEverySplit(NastyJsonLines, () => new JsonLinesFramer());

    [Fact]
    public void Server_sent_events_are_read_as_by_the_reference() =>
        Compare(SsePieces, ReferenceReader.ReadSse, () => new SseFramer(), 0x5EED);

    [Fact]
    public void JSON_lines_are_read_as_by_the_reference() =>
        Compare(JsonLinesPieces, ReferenceReader.ReadJsonLines, () => new JsonLinesFramer(), 0x11E5);

    [Fact]
    public void A_body_of_many_buffers_is_read_as_by_the_reference()
    {
        var random = new Random(20);
        var body = string.Concat(Enumerable.Range(0, 400).Select(i =>
            (i % 7 == 0 ? "event: n" + i % 5 + "\r\n" : "") + string.Concat(Enumerable.Range(0, 1 + i % 3).Select(_ =>
                "data: " + new string((char)('a' + i % 26), random.Next(i % 40 == 0 ? 70_000 : 900)) + "\n")) + (i % 11 == 0 ? ": ping\n\n" : "\n")));
        var expected = ReferenceReader.ReadSse(body);

        foreach (var size in (int[])[1, 3, 1000, 4096, 16384, 100_000])
        {
            using var framer = new SseFramer();
            Assert.Equal(expected, Framers.Read(framer, [.. body.Chunk(size).Select(piece => new string(piece))]));
        }
    }

    private static void AssertSameAtEverySplit(string body, Func<Framer> create)
    {
        var whole = Read([body]);
        Assert.NotEmpty(whole);
        Assert.Equal(whole, Read([.. body.Select(c => c.ToString())]));
        for (var i = 0; i <= body.Length; i++)
            for (var j = i; j <= body.Length; j++)
                Assert.Equal(whole, Read([body[..i], body[i..j], body[j..]]));

        List<string> Read(string[] pieces)
        {
            using var framer = create();
            return Framers.Read(framer, pieces);
        }
    }

    // The pieces of a body are also where it is cut, and once more it is cut byte by byte.
    private static void Compare(string[] alphabet, Func<string, List<string>> reference, Func<Framer> create, ulong seed) =>
        Prop.ForAll(Gen.Elements(alphabet).ArrayOf().ToArbitrary(), pieces =>
            {
                var body = string.Concat(pieces);
                var expected = reference(body);
                using var inPieces = create();
                using var byByte = create();
                using var atOnce = create();
                return expected.SequenceEqual(Framers.Read(inPieces, pieces))
                    && expected.SequenceEqual(Framers.Read(byByte, [.. body.Select(c => c.ToString())]))
                    && expected.SequenceEqual(Framers.Read(atOnce, body));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60).WithReplay(seed, 1).WithQuietOnSuccess(true));
}
