using System.Buffers.Binary;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Sound for tests, and what players see in it.</summary>
internal static class SoundFiles
{
    /// <summary>A WAV of silence, by hand: 8 kHz, 8 bits, one channel.</summary>
    public static byte[] Wav(int samples = 800, uint? riff = null, uint? data = null) =>
    [
        .. "RIFF"u8, .. Bytes(riff ?? (uint)(36 + samples)), .. "WAVEfmt "u8, .. Bytes(16), 1, 0, 1, 0, .. Bytes(8000), .. Bytes(8000), 1, 0, 8, 0, .. "data"u8, .. Bytes(data ?? (uint)samples), .. Enumerable.Repeat((byte)128, samples),
    ];

    /// <summary>Fails where the lengths in a WAV are not those of the file.</summary>
    public static void ExpectTrueLengths(byte[] wav)
    {
        Assert.Equal("RIFF", Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal((uint)wav.Length - 8, BinaryPrimitives.ReadUInt32LittleEndian(wav.AsSpan(4)));
        var at = wav.AsSpan().IndexOf("data"u8);
        Assert.Equal((uint)(wav.Length - at - 8), BinaryPrimitives.ReadUInt32LittleEndian(wav.AsSpan(at + 4)));
    }

    private static byte[] Bytes(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }
}

/// <summary>Forms with sound, as any client sends them.</summary>
internal static class SoundForms
{
    /// <summary>A form with a file and these fields.</summary>
    public static MultipartFormDataContent Of(byte[]? sound, params IEnumerable<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent();
        if (sound is not null) form.Add(new ByteArrayContent(sound), "file", "talk.wav");
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        return form;
    }

    /// <summary>The sandbox's speech.</summary>
    public static byte[] Spoken(string text, string format = "wav") => [.. SandboxEncoders.Encode(new SandboxVoice(text, "alloy", 1), text, format).SelectMany(static piece => piece)];
}
