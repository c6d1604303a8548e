using System.Buffers;
using System.Text;

namespace Muxi.Llm;

/// <summary>Writes server-sent events.</summary>
internal static class SseWriter
{
    /// <summary>
    /// Writes one event with its closing blank line. Every line break of the payload (LF, CRLF or CR) begins a new <c>data:</c> line, so a
    /// reader gets LF for each; all other bytes pass as they are.
    /// </summary>
    /// <exception cref="ArgumentException">The type holds a line break, which would forge a field.</exception>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data, string? type = null)
    {
        if (!string.IsNullOrEmpty(type)) WriteType(output, type);
        for (int at; (at = data.IndexOfAny((byte)'\n', (byte)'\r')) >= 0;)
        {
            WriteLine(output, data[..at]);
            data = data[(at + (data[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        WriteLine(output, data);
        output.Write("\n"u8);
    }

    private static void WriteType(IBufferWriter<byte> output, string type)
    {
        if (type.AsSpan().ContainsAny('\n', '\r')) throw new ArgumentException("An event's type must be one line.", nameof(type));
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, output);
        output.Write("\n"u8);
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n"u8);
    }
}
