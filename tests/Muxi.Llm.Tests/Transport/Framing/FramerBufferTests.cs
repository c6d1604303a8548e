using System.Diagnostics;

namespace Muxi.Llm.Tests;

public sealed class FramerBufferTests
{
    private static readonly TimeSpan FarAboveLinear = TimeSpan.FromSeconds(20);

    [Fact]
    public void Single_line_events_allocate_nothing()
    {
        using var framer = new SseFramer();
        var piece = "event: content_block_delta\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\r\n\r\ndata: {\"ping\":1}\n\n"u8.ToArray();

        AssertAllocatesNothing(framer, piece, 5000, 10_000);
    }

    [Fact]
    public void Events_of_several_lines_allocate_nothing()
    {
        using var framer = new SseFramer();

        AssertAllocatesNothing(framer, "event: t\ndata: {\ndata: }\n\n: ping\n\nevent: u\ndata: x\n\n"u8.ToArray(), 5000, 10_000);
    }

    [Fact]
    public void JSON_lines_allocate_nothing()
    {
        using var framer = new JsonLinesFramer();

        AssertAllocatesNothing(framer, "{\"message\":{\"content\":\"Hi\"}}\n"u8.ToArray(), 10_000, 10_000);
    }

    [Fact]
    public void A_single_line_event_is_a_slice_of_the_buffer()
    {
        using var framer = new SseFramer();
        var buffer = framer.GetBuffer();
        "data: abc\n\n"u8.CopyTo(buffer.Span);
        framer.Advance(11);
        framer.TryRead(out var e);

        Assert.True(e.Data.Span.Overlaps(buffer.Span, out var offset));
        Assert.Equal(-6, offset);
    }

    [Fact]
    public void Events_read_between_two_feeds_stay_valid_together() =>
        Assert.Equal(["|a\nb", "|c\nd", "|e"], Framers.ReadSse("data: a\ndata: b\n\ndata: c\ndata: d\n\ndata: e\n\n"));

    [Fact]
    public void A_long_line_in_single_bytes_takes_linear_time()
    {
        using var framer = new SseFramer();
        var clock = Stopwatch.StartNew();
        Feed(framer, "data: "u8);
        for (var i = 0; i < 4_000_000; i++)
        {
            Feed(framer, "x"u8);
            Assert.False(framer.TryRead(out _));
            if (i % 65536 == 0) Assert.True(clock.Elapsed < FarAboveLinear, $"{i} bytes took {clock.Elapsed}");
        }
        Feed(framer, "\n\n"u8);

        Assert.True(framer.TryRead(out var e));
        Assert.Equal(4_000_000, e.Data.Length);
    }

    [Fact]
    public void An_event_of_a_million_lines_takes_linear_time()
    {
        using var framer = new SseFramer();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 1_000_000; i++)
        {
            Feed(framer, "data: x\n: c\n"u8);
            Assert.False(framer.TryRead(out _));
            if (i % 65536 == 0) Assert.True(clock.Elapsed < FarAboveLinear, $"{i} lines took {clock.Elapsed}");
        }
        Feed(framer, "\n"u8);

        Assert.True(framer.TryRead(out var e));
        Assert.Equal(1_999_999, e.Data.Length);
        Assert.Equal(-1, e.Data.Span.IndexOfAnyExcept((byte)'x', (byte)'\n'));
    }

    [Fact]
    public void Comments_within_an_unfinished_event_do_not_make_the_buffer_grow()
    {
        using var framer = new SseFramer();
        Feed(framer, "data: a\n"u8);
        for (var i = 0; i < 20_000; i++)
        {
            Feed(framer, ": keep-alive\n"u8);
            Assert.False(framer.TryRead(out _));
        }

        Assert.InRange(framer.GetBuffer().Length, 1, 16 * 1024);
        Assert.Equal(["|a"], Framers.End(framer));
    }

    [Fact]
    public void Feeding_on_without_reading_loses_nothing()
    {
        using var framer = new SseFramer();
        Feed(framer, "data: a\n\ndata: b\ndata: c"u8);
        Assert.True(framer.TryRead(out _));
        Assert.False(framer.TryRead(out _));
        for (var i = 0; i < 5000; i++) Feed(framer, "c\ndata: c"u8);
        Feed(framer, "\n\n"u8);

        Assert.True(framer.TryRead(out var e));
        Assert.Equal("b" + string.Concat(Enumerable.Repeat("\ncc", 5000)) + "\nc", Framers.Text(e.Data.Span));
    }

    [Fact]
    public void There_is_always_room_to_read_into()
    {
        using var framer = new JsonLinesFramer();
        for (var i = 0; i < 300; i++)
        {
            var room = framer.GetBuffer();
            Assert.InRange(room.Length, 4096, int.MaxValue);
            room.Span[..4096].Fill((byte)'x');
            framer.Advance(4096);
            Assert.False(framer.TryRead(out _));
        }
    }

    [Theory]
    [InlineData("data: 0123456789\n\n", true)]
    [InlineData("data: 012345678901234567890", true)]
    [InlineData("data: 01234\ndata: 01234\n\n", true)]
    [InlineData(": 0123456789012345", true)]
    [InlineData("data: 012345678\n\ndata: 012345678\n\n", false)]
    public void An_event_over_the_limit_is_refused_at_every_split(string body, bool refused)
    {
        for (var size = 1; size <= body.Length; size++)
        {
            using var framer = new SseFramer(15);
            string[] pieces = [.. body.Chunk(size).Select(piece => new string(piece))];
            var failure = Record.Exception(() => Framers.Read(framer, pieces));

            Assert.Equal(refused, failure is InvalidDataException);
            if (refused) Assert.Contains("15 bytes", failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Events_before_one_over_the_limit_are_still_given()
    {
        using var framer = new JsonLinesFramer(8);
        Feed(framer, "{\"a\":1}\n{\"a\":1000}\n"u8);

        Assert.True(framer.TryRead(out _));
        Assert.Throws<InvalidDataException>(() => framer.TryRead(out _));
    }

    [Fact]
    public void Advancing_beyond_the_buffer_is_refused()
    {
        using var framer = new SseFramer();

        Assert.Throws<ArgumentOutOfRangeException>(() => framer.Advance(framer.GetBuffer().Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => framer.Advance(-1));
    }

    [Fact]
    public void A_disposed_framer_takes_and_gives_nothing()
    {
        var framer = new SseFramer();
        Feed(framer, "data: a\n\n"u8);
        framer.Dispose();
        framer.Dispose();

        Assert.False(framer.TryRead(out _));
        Assert.Throws<ObjectDisposedException>(() => framer.GetBuffer());
    }

    [Fact]
    public void Every_kind_of_framing_has_its_framer()
    {
        foreach (var kind in Enum.GetValues<Framing>()) Framer.For(kind).Dispose();

        Assert.Throws<ArgumentOutOfRangeException>(() => Framer.For((Framing)99));
    }

    private static void AssertAllocatesNothing(Framer framer, byte[] piece, int times, int events)
    {
        Run(framer, piece, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Run(framer, piece, times);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(events, read);
        Assert.Equal(0, allocated);
    }

    private static int Run(Framer framer, ReadOnlySpan<byte> piece, int times)
    {
        var read = 0;
        for (var i = 0; i < times; i++)
        {
            Feed(framer, piece);
            while (framer.TryRead(out _)) read++;
        }
        return read;
    }

    private static void Feed(Framer framer, ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(framer.GetBuffer().Span);
        framer.Advance(piece.Length);
    }
}
