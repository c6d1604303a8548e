namespace Muxi.Llm.Tests;

public sealed class SseFramerTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r")]
    [InlineData("data: a\r\n\ndata: b\r\r\n")]
    public void Lines_end_in_LF_CRLF_or_CR(string body) => Assert.Equal(["|a", "|b"], Framers.ReadSse(body));

    [Theory]
    [InlineData("data:a", "a")]
    [InlineData("data: a", "a")]
    [InlineData("data:  a", " a")]
    [InlineData("data:\ta", "\ta")]
    [InlineData("data:a ", "a ")]
    [InlineData("data::a", ":a")]
    [InlineData("data: a: b", "a: b")]
    public void One_space_after_the_colon_is_no_part_of_the_value(string line, string data) =>
        Assert.Equal(["|" + data], Framers.ReadSse(line + "\n\n"));

    [Theory]
    [InlineData("data")]
    [InlineData("data:")]
    [InlineData("data: ")]
    public void A_data_field_without_a_value_is_an_event_with_empty_data(string line) => Assert.Equal(["|"], Framers.ReadSse(line + "\n\n"));

    [Fact]
    public void Several_data_lines_are_joined_with_LF() =>
        Assert.Equal(["|a\nb\n\nc"], Framers.ReadSse("data: a\r\ndata:b\rdata\ndata: c\n\n"));

    [Fact]
    public void Empty_data_lines_count_when_joined() => Assert.Equal(["|\n\na\n"], Framers.ReadSse("data\ndata:\ndata:a\ndata\n\n"));

    [Fact]
    public void Other_lines_between_data_lines_do_not_part_them() =>
        Assert.Equal(["t|a\nb"], Framers.ReadSse("data: a\n: note\nid: 7\nevent: t\nretry: 5\ndata: b\n\n"));

    [Fact]
    public void A_comment_line_is_ignored() => Assert.Equal(["|a"], Framers.ReadSse(": ping\n:\n\n:data: x\ndata: a\n\n: end\n"));

    [Theory]
    [InlineData("\n\n\n")]
    [InlineData("event: ping\n\n")]
    [InlineData("id: 1\nretry: 10\nid\n\n")]
    [InlineData("")]
    public void Without_data_there_is_no_event(string body) => Assert.Empty(Framers.ReadSse(body));

    [Fact]
    public void The_event_field_names_its_own_event_only() =>
        Assert.Equal(["start|a", "|b", "|c"], Framers.ReadSse("event: start\ndata: a\n\ndata: b\n\nevent: lost\n\ndata: c\n\n"));

    [Fact]
    public void The_last_event_field_wins_and_may_follow_the_data() =>
        Assert.Equal(["two|a"], Framers.ReadSse("event: one\ndata: a\nevent:two\n\n"));

    [Theory]
    [InlineData("event\ndata: a\n\n")]
    [InlineData("event:\ndata: a\n\n")]
    [InlineData("event: x\nevent: \ndata: a\n\n")]
    public void An_empty_name_is_no_name(string body)
    {
        using var framer = new SseFramer();
        Feed(framer, body);

        Assert.True(framer.TryRead(out var e));
        Assert.Null(e.Type);
    }

    [Fact]
    public void A_name_is_the_same_string_each_time_in_every_stream()
    {
        using var one = new SseFramer();
        using var two = new SseFramer();
        Feed(one, "event: block_delta\ndata: a\n\nevent: block_stop\ndata: b\n\nevent: block_delta\ndata: c\n\n");
        Feed(two, "event: block_delta\ndata: a\n\n");
        one.TryRead(out var first);
        one.TryRead(out _);
        one.TryRead(out var third);
        two.TryRead(out var elsewhere);

        Assert.Equal("block_delta", first.Type);
        Assert.Same(first.Type, third.Type);
        Assert.Same(first.Type, elsewhere.Type);
    }

    [Fact]
    public void A_name_may_be_long_or_beyond_ASCII()
    {
        var name = new string('n', 100);

        Assert.Equal([name + "|a", name + "|b", "\u00E9|c"],
            Framers.ReadSse($"event: {name}\ndata: a\n\nevent: {name}\ndata: b\n\nevent: \u00C3\u00A9\ndata: c\n\n"));
    }

    [Fact]
    public void A_byte_order_mark_is_skipped_at_the_start_only() =>
        Assert.Equal(["|a", "|\u00EF\u00BB\u00BFb", "stray|\u00EF\u00BB\u00BFdata: c"],
            Framers.ReadSse("\u00EF\u00BB\u00BFdata: a\n\ndata: \u00EF\u00BB\u00BFb\n\n\u00EF\u00BB\u00BFdata: c\n\n"));

    [Fact]
    public void A_body_that_ends_within_a_byte_order_mark_keeps_its_bytes() => Assert.Equal(["stray|\u00EF\u00BB"], Framers.ReadSse("\u00EF\u00BB"));

    [Theory]
    [InlineData("data: a\n\nevent: t\ndata: b\n")]
    [InlineData("data: a\n\nevent: t\ndata: b")]
    [InlineData("data: a\r\n\r\nevent: t\r\ndata: b\r")]
    [InlineData("data: a\n\ndata: b\nevent: t")]
    public void At_the_end_of_the_body_an_unfinished_event_is_given(string body) => Assert.Equal(["|a", "t|b"], Framers.ReadSse(body));

    [Fact]
    public void Nothing_more_comes_after_the_end()
    {
        using var framer = new SseFramer();
        Framers.Read(framer, "data: a");

        Assert.False(framer.TryRead(out _));
    }

    [Fact]
    public void NUL_and_invalid_UTF8_pass_untouched() =>
        Assert.Equal(["|a\0\u00FF\u00C3(\u0085\u000B\u000C"], Framers.ReadSse("data: a\0\u00FF\u00C3(\u0085\u000B\u000C\n\n"));

    [Fact]
    public void An_event_comes_as_soon_as_its_blank_line_does()
    {
        using var framer = new SseFramer();

        Assert.Empty(Framers.Feed(framer, "data: a\r\n"u8));
        Assert.Equal(["|a"], Framers.Feed(framer, "\r"u8));
        Assert.Equal(["|b"], Framers.Feed(framer, "\ndata: b\r\r"u8));
    }

    [Theory]
    [InlineData("{\n  \"error\": {\"message\": \"no\"}\n}\n", "{\n  \"error\": {\"message\": \"no\"}\n}")]
    [InlineData("{\"error\":1}", "{\"error\":1}")]
    [InlineData("<html>\r\n\r\n<h1>502</h1></html>", "<html>\n<h1>502</h1></html>")]
    [InlineData("upstream connect error", "upstream connect error")]
    [InlineData("dat", "dat")]
    [InlineData("datax: a\n\n", "datax: a")]
    [InlineData("Data: a\n\n data: b\n\n", "Data: a\n data: b")]
    public void A_body_that_is_no_event_stream_is_kept_as_stray(string body, string stray) => Assert.Equal(["stray|" + stray], Framers.ReadSse(body));

    [Fact]
    public void A_raw_error_in_midstream_is_kept_and_the_events_go_on() =>
        Assert.Equal(["|a", "|b", "stray|{\"error\":1}"], Framers.ReadSse(": hi\n\ndata: a\n\n{\"error\":1}\n\ndata: b\n\n"));

    [Fact]
    public void Stray_bytes_are_kept_up_to_their_limit_and_outlive_the_framer()
    {
        var framer = new SseFramer();
        Framers.Read(framer, "first\n" + new string('x', SseFramer.MaxStrayBytes - 7) + "\nmore\nand more\n");
        framer.Dispose();

        var stray = Framers.Text(framer.Stray.Span);
        Assert.Equal(SseFramer.MaxStrayBytes, stray.Length);
        Assert.Equal("first\nxx", stray[..8]);
        Assert.Equal("xx\n", stray[^3..]);
    }

    [Fact]
    public void A_healthy_stream_has_no_stray()
    {
        using var framer = new SseFramer();
        Framers.Read(framer, ": ping\n\nid: 1\nevent: t\nretry: 1\ndata: a\n\n");

        Assert.True(framer.Stray.IsEmpty);
    }

    private static void Feed(SseFramer framer, string body)
    {
        Framers.Bytes(body).CopyTo(framer.GetBuffer());
        framer.Advance(body.Length);
    }
}
