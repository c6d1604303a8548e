using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>What a sound file is: what its bytes tell, and nothing that would need a decoder.</summary>
/// <param name="Format">The format's name.</param>
/// <param name="Seconds">How long it is; a guess of 128 kbit/s where its headers do not tell.</param>
/// <param name="IsExact">Whether the headers tell.</param>
internal sealed record SandboxSoundFile(string Format, double Seconds, bool IsExact)
{
    private const double UsualBytesPerSecond = 16_000;

    private static readonly int[] _adtsRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    private static readonly int[] _mpeg1Rates = [44_100, 48_000, 32_000];
    private static readonly int[] _mpeg1Bits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], _mpeg2Bits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    /// <summary>Looks at a file; null where it is no sound that OpenAI takes.</summary>
    public static SandboxSoundFile? Of(ReadOnlySpan<byte> file)
    {
        var sound = file;
        var seconds = Media.TypeOf(file[..Math.Min(file.Length, 32)]) switch
        {
            "audio/wav" => Wav(file),
            "audio/flac" => Flac(file),
            "audio/ogg" => Ogg(file),
            "audio/mpeg" or "audio/aac" => Frames(sound = BehindId3(file)),
            "audio/mp4" or "video/mp4" or "audio/webm" => -1,
            _ => double.NaN,
        };
        if (double.IsNaN(seconds)) return null;
        var type = Media.TypeOf(sound[..Math.Min(sound.Length, 32)]) ?? "audio/mpeg";
        return new(type == "video/mp4" ? "mp4" : Media.AudioFormat(type), seconds >= 0 ? seconds : file.Length / UsualBytesPerSecond, seconds >= 0);
    }

    private static double Wav(ReadOnlySpan<byte> file)
    {
        var perSecond = 0u;
        for (long at = 12; at + 8 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("fmt "u8) && chunk.Length >= 20) perSecond = BinaryPrimitives.ReadUInt32LittleEndian(chunk[16..]);
            if (chunk.StartsWith("data"u8)) return perSecond == 0 ? -1 : Math.Min(length, chunk.Length - 8) / (double)perSecond;
            at += 8L + length + (length & 1);
        }
        return -1;
    }

    private static double Flac(ReadOnlySpan<byte> file)
    {
        if (file.Length < 26) return -1;
        var facts = BinaryPrimitives.ReadUInt64BigEndian(file[18..]);
        var (rate, samples) = (facts >> 44, facts & 0xF_FFFF_FFFF);
        return rate == 0 || samples == 0 ? -1 : samples / (double)rate;
    }

    private static double Ogg(ReadOnlySpan<byte> file)
    {
        var last = file.LastIndexOf("OggS"u8);
        if (last + 14 > file.Length || file.IndexOf("OpusHead"u8) is not (>= 0 and var head) || head + 12 > file.Length) return -1;
        return Math.Max(0, (BinaryPrimitives.ReadInt64LittleEndian(file[(last + 6)..]) - BinaryPrimitives.ReadUInt16LittleEndian(file[(head + 10)..])) / 48_000d);
    }

    private static ReadOnlySpan<byte> BehindId3(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith("ID3"u8) || file.Length < 10) return file;
        var length = 10 + ((file[6] & 127) << 21) + ((file[7] & 127) << 14) + ((file[8] & 127) << 7) + (file[9] & 127);
        return length < file.Length ? file[length..] : [];
    }

    /// <summary>Counts frames of MP3 or AAC, each by its header.</summary>
    private static double Frames(ReadOnlySpan<byte> file)
    {
        var seconds = 0d;
        while (file.Length >= 7 && file[0] == 0xFF)
        {
            var (length, time) = (file[1] & 0xF6) == 0xF0 ? Adts(file) : Mpeg(file);
            if (length <= 0 || length > file.Length) break;
            seconds += time;
            file = file[length..];
        }
        return seconds > 0 ? seconds : -1;
    }

    private static (int Length, double Seconds) Adts(ReadOnlySpan<byte> head)
    {
        var rate = (head[2] >> 2) & 15;
        return rate >= _adtsRates.Length ? default : (((head[3] & 3) << 11) | (head[4] << 3) | (head[5] >> 5), 1024d / _adtsRates[rate]);
    }

    private static (int Length, double Seconds) Mpeg(ReadOnlySpan<byte> head)
    {
        var (version, layer, bits, rate) = ((head[1] >> 3) & 3, (head[1] >> 1) & 3, head[2] >> 4, (head[2] >> 2) & 3);
        // Layer III alone; version 1 is reserved.
        if (layer != 1 || version == 1 || bits is 0 or 15 || rate == 3) return default;
        var isFirst = version == 3;
        var samplesPerSecond = _mpeg1Rates[rate] / (isFirst ? 1 : version == 2 ? 2 : 4);
        var samples = isFirst ? 1152 : 576;
        var length = (samples / 8 * (isFirst ? _mpeg1Bits : _mpeg2Bits)[bits] * 1000 / samplesPerSecond) + ((head[2] >> 1) & 1);
        return (length, samples / (double)samplesPerSecond);
    }
}
