namespace Muxi.Llm.Tests;

public sealed class JsonLinesFramerTests
{
    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2}\n")]
    [InlineData("{\"a\":1}\r\n{\"b\":2}\r\n")]
    [InlineData("{\"a\":1}\n{\"b\":2}\r\n")]
    public void Lines_end_in_LF_or_CRLF(string body) => Assert.Equal(["|{\"a\":1}", "|{\"b\":2}"], Framers.ReadJsonLines(body));

    [Theory]
    [InlineData("\n\r\n{}\n\n \t\n[]\n\r\r\n")]
    [InlineData("{}\n\n[]")]
    [InlineData("{}\r\n[]\r")]
    [InlineData("{}\n[]\n  ")]
    public void Blank_lines_are_skipped_and_the_last_needs_no_end(string body) => Assert.Equal(["|{}", "|[]"], Framers.ReadJsonLines(body));

    [Fact]
    public void A_lone_CR_ends_no_line() => Assert.Equal(["|{}\r[]"], Framers.ReadJsonLines("{}\r[]\n"));

    [Fact]
    public void A_byte_order_mark_is_skipped_at_the_start_only() =>
        Assert.Equal(["|{}", "|\u00EF\u00BB\u00BF[]"], Framers.ReadJsonLines("\u00EF\u00BB\u00BF{}\n\u00EF\u00BB\u00BF[]\n"));

    [Fact]
    public void An_unfinished_line_waits_for_the_end_of_the_body()
    {
        using var framer = new JsonLinesFramer();

        Assert.Equal(["|{}"], Framers.Feed(framer, "{}\n{\"a"u8));
        Assert.Equal(["|{\"a"], Framers.End(framer));
        Assert.False(framer.TryRead(out _));
    }

    [Fact]
    public void Whatever_stands_on_a_line_passes_untouched() =>
        Assert.Equal(["|data: {}", "|<html>\0\u00FF"], Framers.ReadJsonLines("data: {}\n<html>\0\u00FF\n"));

    [Fact]
    public void Without_bytes_there_is_no_event() => Assert.Empty(Framers.ReadJsonLines(""));
}
