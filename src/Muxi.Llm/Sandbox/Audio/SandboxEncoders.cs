using System.Buffers.Binary;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// The sandbox's speech in every format that OpenAI has, in pieces. WAV, PCM and FLAC hold the tones; MP3, AAC and Opus, which cannot be made without an encoder, hold as
/// much silence in valid frames. All but PCM hold the spoken text as a remark.
/// </summary>
internal static class SandboxEncoders
{
    /// <summary>The formats by name.</summary>
    public static readonly IReadOnlyList<string> Formats = ["mp3", "opus", "aac", "flac", "wav", "pcm"];

    /// <summary>Frames that go into one piece.</summary>
    private const int FramesPerPiece = 16;

    public static IEnumerable<byte[]> Encode(SandboxVoice voice, string text, string format) => format switch
    {
        "pcm" => voice.Pcm(),
        "wav" => Wav(voice, text),
        "flac" => SandboxFlac.Encode(voice, text),
        "opus" => SandboxOgg.Encode(voice, text),
        "aac" => Frames(Id3(text), AacFrame(), Count(voice, 1024)),
        _ => Frames(Id3(text), Mp3Frame(), Count(voice, 576)),
    };

    private static IEnumerable<byte[]> Wav(SandboxVoice voice, string text)
    {
        var length = (uint)(voice.Samples * sizeof(short));
        var list = List(text);
        var header = WavAudio.Header(length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(header.Length - 8 + list.Length) + length);
        // The remark stands between the format and the samples, so that a reader knows it before they come.
        yield return [.. header.AsSpan(0, 36), .. list, .. header.AsSpan(36)];
        foreach (var piece in voice.Pcm()) yield return piece;
    }

    /// <summary>A chunk of the kind LIST with a comment, padded to an even length.</summary>
    private static byte[] List(string text)
    {
        var remark = SandboxSpokenText.Remark(text);
        byte[] comment = [.. remark, .. remark.Length % 2 == 0 ? "\0\0"u8 : "\0"u8];
        return [.. "LIST"u8, .. Bytes(comment.Length + 12), .. "INFOICMT"u8, .. Bytes(comment.Length), .. comment];
    }

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>A tag of ID3 2.4 with a comment: its lengths have seven bits to a byte.</summary>
    private static byte[] Id3(string text)
    {
        byte[] comment = [3, .. "eng"u8, 0, .. SandboxSpokenText.Remark(text)];
        byte[] frame = [.. "COMM"u8, .. SevenBits(comment.Length), 0, 0, .. comment];
        return [.. "ID3"u8, 4, 0, 0, .. SevenBits(frame.Length), .. frame];
    }

    private static byte[] SevenBits(int number) => [(byte)((number >> 21) & 127), (byte)((number >> 14) & 127), (byte)((number >> 7) & 127), (byte)(number & 127)];

    private static int Count(SandboxVoice voice, int samplesPerFrame) => (voice.Samples + samplesPerFrame - 1) / samplesPerFrame;

    private static IEnumerable<byte[]> Frames(byte[] head, byte[] frame, int count)
    {
        yield return head;
        for (; count > 0; count -= FramesPerPiece)
            yield return [.. Enumerable.Repeat(frame, Math.Min(count, FramesPerPiece)).SelectMany(static one => one)];
    }

    /// <summary>MPEG-2 layer III, 24 kHz, one channel, 32 kbit/s: a header, and side information that says that nothing follows.</summary>
    private static byte[] Mp3Frame()
    {
        var frame = new byte[72 * 32_000 / SandboxVoice.Rate];
        new byte[] { 0xFF, 0xF3, 0x44, 0xC4 }.CopyTo(frame, 0);
        return frame;
    }

    /// <summary>AAC-LC, 24 kHz, one channel: an ADTS header, and one channel element without any band.</summary>
    private static byte[] AacFrame() => [0xFF, 0xF1, 0x58, 0x40, 0x01, 0x7F, 0xFC, 0, 0, 0, 0x07];
}

/// <summary>Speech as FLAC whose samples stand as they are.</summary>
/// <remarks>Source: RFC 9639.</remarks>
internal static class SandboxFlac
{
    private const int StreamInfoLength = 34;

    public static IEnumerable<byte[]> Encode(SandboxVoice voice, string text)
    {
        var pieces = voice.Pcm().GetEnumerator();
        using (pieces)
        {
            var isThere = pieces.MoveNext();
            var block = isThere ? pieces.Current.Length / sizeof(short) : 16;
            yield return [.. "fLaC"u8, .. StreamInfo(voice, block), .. Comment(text)];
            for (var number = 0; isThere; number++)
            {
                yield return Frame(pieces.Current, number);
                isThere = pieces.MoveNext();
            }
        }
    }

    private static byte[] StreamInfo(SandboxVoice voice, int block)
    {
        var info = new byte[4 + StreamInfoLength];
        info[3] = StreamInfoLength;
        var body = info.AsSpan(4);
        // A last block may be shorter than the least that is told (RFC 9639, 8.2).
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)Math.Max(16, block));
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)Math.Max(16, block));
        // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
        BinaryPrimitives.WriteUInt64BigEndian(body[10..], ((ulong)SandboxVoice.Rate << 44) | (15UL << 36) | (uint)voice.Samples);
        return info;
    }

    private static byte[] Comment(string text)
    {
        byte[] comment = [.. "DESCRIPTION="u8, .. SandboxSpokenText.Remark(text)];
        byte[] body = [.. SandboxOgg.LittleEndian(SandboxOgg.Vendor.Length), .. SandboxOgg.Vendor, .. SandboxOgg.LittleEndian(1), .. SandboxOgg.LittleEndian(comment.Length), .. comment];
        return [0x84, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    /// <summary>A frame of 24 kHz, 16 bits, one channel, whose one subframe is verbatim.</summary>
    private static byte[] Frame(byte[] pcm, int number)
    {
        var samples = pcm.Length / sizeof(short);
        byte[] head = [0xFF, 0xF8, 0x77, 0x08, .. Encoding.UTF8.GetBytes(new Rune(number).ToString()), (byte)((samples - 1) >> 8), (byte)(samples - 1)];
        var frame = new byte[head.Length + 2 + pcm.Length + 2];
        head.CopyTo(frame, 0);
        frame[head.Length] = Crc8(head);
        frame[head.Length + 1] = 0x02;
        for (var i = 0; i < pcm.Length; i += sizeof(short)) (frame[head.Length + 2 + i], frame[head.Length + 3 + i]) = (pcm[i + 1], pcm[i]);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(frame.Length - 2), Crc16(frame.AsSpan(0, frame.Length - 2)));
        return frame;
    }

    private static byte Crc8(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x80) == 0 ? 0 : 0x07)) & 0xFF;
        }
        return (byte)crc;
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var one in bytes)
        {
            crc ^= one << 8;
            for (var bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x8000) == 0 ? 0 : 0x8005)) & 0xFFFF;
        }
        return (ushort)crc;
    }
}

/// <summary>Speech as Opus in Ogg, all of it silence.</summary>
/// <remarks>Sources: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 (Opus).</remarks>
internal static class SandboxOgg
{
    private const int Serial = 0x6D757869, SamplesPerPacket = 960, OpusRate = 48_000, PacketsPerPage = 25, PreSkip = 312;

    /// <summary>A packet of 20 ms of silence: CELT, full band, one channel.</summary>
    private static readonly byte[] Silence = [0xF8, 0xFF, 0xFE];

    public static ReadOnlySpan<byte> Vendor => "muxi-llm sandbox"u8;

    public static IEnumerable<byte[]> Encode(SandboxVoice voice, string text)
    {
        var samples = (long)voice.Samples * OpusRate / SandboxVoice.Rate;
        yield return Page([[.. "OpusHead"u8, 1, 1, (byte)(PreSkip & 0xFF), PreSkip >> 8, .. LittleEndian(SandboxVoice.Rate), 0, 0, 0]], 0, 0, flags: 2);
        byte[] comment = [.. "DESCRIPTION="u8, .. SandboxSpokenText.Remark(text)];
        yield return Page([[.. "OpusTags"u8, .. LittleEndian(Vendor.Length), .. Vendor, .. LittleEndian(1), .. LittleEndian(comment.Length), .. comment]], 1, 0, flags: 0);
        var packets = (int)((samples + PreSkip + SamplesPerPacket - 1) / SamplesPerPacket);
        for (var (sent, page) = (0, 2); sent < packets; page++)
        {
            var count = Math.Min(PacketsPerPage, packets - sent);
            sent += count;
            // The last position tells where the sound ends within its packet.
            var position = sent == packets ? samples + PreSkip : (long)sent * SamplesPerPacket;
            yield return Page([.. Enumerable.Repeat(Silence, count)], page, position, flags: (byte)(sent == packets ? 4 : 0));
        }
    }

    public static byte[] LittleEndian(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] Page(byte[][] packets, int number, long position, byte flags)
    {
        byte[] lacing = [.. packets.SelectMany(static packet => Enumerable.Repeat((byte)255, packet.Length / 255).Append((byte)(packet.Length % 255)))];
        var page = new byte[27 + lacing.Length + packets.Sum(static packet => packet.Length)];
        "OggS"u8.CopyTo(page);
        page[5] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), position);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(14), Serial);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(18), number);
        page[26] = (byte)lacing.Length;
        lacing.CopyTo(page, 27);
        var at = 27 + lacing.Length;
        foreach (var packet in packets)
        {
            packet.CopyTo(page, at);
            at += packet.Length;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(22), Crc32(page));
        return page;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0u;
        foreach (var one in bytes)
        {
            crc ^= (uint)one << 24;
            for (var bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x8000_0000) == 0 ? 0 : 0x04C1_1DB7u);
        }
        return crc;
    }
}
