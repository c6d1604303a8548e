using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Muxi.Llm.Tests;

/// <summary>Amazon's event stream, after its specification in Smithy ("Amazon Event Stream Specification").</summary>
public sealed class AwsEventStreamFramerTests
{
    private const string Fixture = """
        event messageStart {"role":"assistant"}
        event contentBlockDelta {"delta":{"text":"Grüße 👋🏽"}}
        exception throttlingException {"message":"Too many"}
        error InternalFailure It broke
        """;

    private static readonly byte[] _fixture = AwsFrames.FromText(Fixture);

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_check_sum_is_that_of_the_standard(string text, uint sum) => Assert.Equal(sum, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_check_sum_of_any_bytes_is_that_of_the_definition() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Crc32.Of(bytes) == AwsFrames.Sum(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    [Fact]
    public void Each_frame_is_an_event_with_its_type_and_payload() => Assert.Equal(
        ["messageStart|{\"role\":\"assistant\"}", "contentBlockDelta|{\"delta\":{\"text\":\"Grüße 👋🏽\"}}", "throttlingException|{\"message\":\"Too many\"} fault throttlingException/", "InternalFailure| fault InternalFailure/It broke"],
        Read(_fixture));

    [Fact]
    public void The_events_are_the_same_at_every_split()
    {
        var whole = Read(_fixture);
        for (var i = 0; i <= _fixture.Length; i++)
            for (var j = i; j <= _fixture.Length; j += 7) Assert.Equal(whole, Read(_fixture[..i], _fixture[i..j], _fixture[j..]));
        Assert.Equal(whole, Read([.. _fixture.Select(b => new[] { b })]));
    }

    [Fact]
    public void Headers_of_every_kind_are_stepped_over()
    {
        byte[] headers =
        [
            .. Header("t", 0), .. Header("f", 1), .. Header("b", 2, 7), .. Header("s", 3, 1, 2), .. Header("i", 4, 1, 2, 3, 4), .. Header("l", 5, 1, 2, 3, 4, 5, 6, 7, 8),
            .. Header("bytes", 6, 0, 3, 9, 9, 9), .. Header("text", 7, 0, 2, (byte)'h', (byte)'i'), .. Header("when", 8, 0, 0, 1, 0, 0, 0, 0, 0), .. Header("id", 9, [.. Enumerable.Repeat((byte)1, 16)]),
            .. Header(":event-type", 7, [0, 4, .. "done"u8]),
        ];

        Assert.Equal(["done|x"], Read(AwsFrames.Frame("x"u8.ToArray(), headers)));
    }

    [Fact]
    public void A_frame_may_have_no_headers_and_no_payload() => Assert.Equal(["|"], Read(AwsFrames.Frame([], Array.Empty<byte>())));

    [Fact]
    public void A_frame_of_the_specification_is_read()
    {
        // "payload_one_str_header" and "empty_message" of the published test vectors.
        var one = Convert.FromHexString("0000003D0000002007FD83960C636F6E74656E742D747970650700106170706C69636174696F6E2F6A736F6E7B27666F6F273A27626172277D8D9C08B1");
        var empty = Convert.FromHexString("000000100000000005C248EB7D98C8FF");

        Assert.Equal(["|{'foo':'bar'}", "|"], Read([.. one, .. empty]));
    }

    [Fact]
    public void Any_bit_that_is_turned_is_an_error()
    {
        var frame = AwsFrames.Event("messageStop", "{\"stopReason\":\"end_turn\"}");
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var broken = frame.ToArray();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            // The first byte is what tells a frame from a text.
            if (broken[0] > 1) Assert.StartsWith("stray|", Assert.Single(Read(broken)), StringComparison.Ordinal);
            else Assert.Throws<InvalidDataException>(() => Read(broken));
        }
    }

    [Fact]
    public void A_body_that_ends_within_a_frame_is_an_error()
    {
        for (var length = 1; length < _fixture.Length; length++)
        {
            if (AwsFrames.Ends(_fixture).Contains(length)) continue;
            var error = Assert.Throws<InvalidDataException>(() => Read(_fixture[..length]));
            Assert.Contains("ends within a frame", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"message\":\"no\"}")]
    [InlineData("<html>")]
    [InlineData("\n")]
    public void A_body_that_is_no_event_stream_is_stray(string body) => Assert.Equal(["stray|" + body], Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_frame_beyond_the_limit_is_refused_before_it_is_there()
    {
        using var framer = new AwsEventStreamFramer(unwraps: false, maxFrameBytes: 64);
        var frame = AwsFrames.Event("x", new string('x', 100));

        var error = Assert.Throws<InvalidDataException>(() => Feed(framer, frame.AsSpan(0, 12)));

        Assert.Contains("64 at most", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_that_cannot_be_are_an_error()
    {
        byte[] prelude = [0, 0, 0, 20, 0, 0, 0, 9];
        byte[] frame = [.. prelude, .. BitConverter.GetBytes(AwsFrames.Sum(prelude)).Reverse(), .. new byte[8]];

        Assert.Throws<InvalidDataException>(() => Read(frame));
    }

    [Fact]
    public void Headers_that_break_off_are_an_error() => Assert.Throws<InvalidDataException>(() => Read(AwsFrames.Frame([], Header("name", 7, 0, 9, 1))));

    [Fact]
    public void A_chunk_holds_an_event_of_another_format() => Assert.Equal(
        ["|{\"type\":\"ping\"}", "other|{\"bytes\":\"eA==\"}", "chunk|{\"bytes\":7}", "chunk|no JSON"],
        Unwrapped([.. AwsFrames.Chunk("{\"type\":\"ping\"}"), .. AwsFrames.Event("other", "{\"bytes\":\"eA==\"}"), .. AwsFrames.Event("chunk", "{\"bytes\":7}"), .. AwsFrames.Event("chunk", "no JSON")]));

    [Fact]
    public void A_chunk_may_be_escaped() => Assert.Equal(["|???"], Unwrapped(AwsFrames.Event("chunk", """{"p":{"a":[1]},"bytes":"Pz8\/"}""")));

    [Fact]
    public void Events_of_one_read_stay_valid_together() => Assert.Equal(["|one", "|two", "|three"], Unwrapped([.. AwsFrames.Chunk("one"), .. AwsFrames.Chunk("two"), .. AwsFrames.Chunk("three")]));

    [Fact]
    public void Any_bytes_at_all_are_events_an_error_or_stray() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        try
        {
            Read([0, .. bytes]);
        }
        catch (InvalidDataException)
        {
            // Said clearly.
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    private static byte[] Header(string name, byte kind, params byte[] value) => [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), kind, .. value];

    private static List<string> Read(params byte[][] pieces)
    {
        using var framer = new AwsEventStreamFramer(unwraps: false);
        return All(framer, pieces);
    }

    private static List<string> Unwrapped(byte[] body)
    {
        using var framer = new AwsEventStreamFramer(unwraps: true);
        return All(framer, [body]);
    }

    private static List<string> All(Framer framer, byte[][] pieces)
    {
        var events = new List<string>();
        foreach (var piece in pieces) events.AddRange(Feed(framer, piece));
        framer.Complete();
        events.AddRange(Drain(framer));
        if (!framer.Stray.IsEmpty) events.Add("stray|" + Encoding.UTF8.GetString(framer.Stray.Span));
        return events;
    }

    private static List<string> Feed(Framer framer, ReadOnlySpan<byte> piece)
    {
        var events = new List<string>();
        while (!piece.IsEmpty)
        {
            var room = framer.GetBuffer().Span;
            var count = Math.Min(room.Length, piece.Length);
            piece[..count].CopyTo(room);
            framer.Advance(count);
            piece = piece[count..];
            events.AddRange(Drain(framer));
        }
        return events;
    }

    private static List<string> Drain(Framer framer)
    {
        var read = new List<WireEvent>();
        while (framer.TryRead(out var e)) read.Add(e);
        return [.. read.Select(e => $"{e.Type}|{Encoding.UTF8.GetString(e.Data.Span)}{(e.Fault is { } fault ? $" fault {fault.Type}/{fault.Message}" : "")}")];
    }
}
