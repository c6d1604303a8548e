using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>The sandbox's voice: a short beep, whatever is to be said. 24 kHz, 16 bit, mono, as OpenAI's pcm16.</summary>
internal static class SandboxAudio
{
    private const int Rate = 24_000, Samples = Rate / 20, HeaderLength = 44;

    public static byte[] Beep(string format)
    {
        var pcm = new byte[Samples * 2];
        for (var at = 0; at < Samples; at++)
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(at * 2), Triangle(at));
        return format == "wav" ? [.. WavHeader(pcm.Length), .. pcm] : pcm;
    }

    /// <summary>A triangle wave of 480 Hz: integers only, so the bytes are the same on every machine.</summary>
    private static short Triangle(int at)
    {
        const int period = Rate / 480;
        var phase = at % period;
        return (short)((Math.Abs((4 * phase) - (2 * period)) - period) * 100);
    }

    private static byte[] WavHeader(int length)
    {
        var header = new byte[HeaderLength];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), HeaderLength - 8 + length);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), Rate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), length);
        return header;
    }
}
