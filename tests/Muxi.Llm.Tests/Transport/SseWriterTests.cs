using System.Buffers;

namespace Muxi.Llm.Tests;

public sealed class SseWriterTests
{
    [Theory]
    [InlineData("{\"a\":1}", null, "data: {\"a\":1}\n\n")]
    [InlineData("{}", "ping", "event: ping\ndata: {}\n\n")]
    [InlineData("{}", "", "data: {}\n\n")]
    [InlineData("", null, "data: \n\n")]
    [InlineData("a\nb\r\nc\rd", null, "data: a\ndata: b\ndata: c\ndata: d\n\n")]
    [InlineData("\na\n\n", null, "data: \ndata: a\ndata: \ndata: \n\n")]
    public void An_event_is_written_so(string data, string? type, string expected) => Assert.Equal(expected, Write(data, type));

    [Theory]
    [InlineData("{\"a\": \"\u00E2\u0082\u00AC\"}", "{\"a\": \"\u00E2\u0082\u00AC\"}")]
    [InlineData("", "")]
    [InlineData(" two  spaces ", " two  spaces ")]
    [InlineData("data: x\n\nevent: y", "data: x\n\nevent: y")]
    [InlineData("\n", "\n")]
    [InlineData("a\r\n\rb\r", "a\n\nb\n")]
    [InlineData("\0\u00FF\u00EF\u00BB\u00BF", "\0\u00FF\u00EF\u00BB\u00BF")]
    public void What_is_written_is_read_again_with_LF_for_every_line_break(string data, string read) =>
        Assert.Equal(["|" + read, "t\u00E9|" + read], Framers.ReadSse(Write(data) + Write(data, "t\u00E9")));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\r")]
    public void A_type_with_a_line_break_is_refused_before_anything_is_written(string type)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(() => SseWriter.Write(output, "{}"u8, type));
        Assert.Equal(0, output.WrittenCount);
    }

    private static string Write(string data, string? type = null)
    {
        var output = new ArrayBufferWriter<byte>();
        SseWriter.Write(output, Framers.Bytes(data), type);
        return Framers.Text(output.WrittenSpan);
    }
}
