using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>PCM as services speak it, and how it becomes a WAV that players take.</summary>
/// <remarks>Sources: OpenAI's guide to speech ("24kHz (16-bit signed, low-endian), without the header"); Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0, RIFF.</remarks>
public static class WavAudio
{
    /// <summary>How many samples there are in a second of PCM.</summary>
    public const int SampleRate = 24_000;

    /// <summary>How many bits a sample has: signed, little-endian.</summary>
    public const int BitsPerSample = 16;

    /// <summary>How many channels there are.</summary>
    public const int Channels = 1;

    /// <summary>How long the header is that <see cref="Header"/> gives, in bytes.</summary>
    internal const int HeaderLength = 44;

    private const int LengthAt = 4, ChunkHead = 8, FirstChunk = 12;

    /// <summary>PCM of the usual kind as a whole WAV.</summary>
    public static byte[] FromPcm(ReadOnlySpan<byte> pcm) => [.. Header((uint)pcm.Length), .. pcm];

    /// <summary>What stands in a WAV before PCM of the usual kind.</summary>
    /// <param name="length">How many bytes of PCM follow; null where nobody knows yet, which players take for a lot.</param>
    public static byte[] Header(uint? length) => HeaderAt(SampleRate, length);

    /// <summary>As the other, for PCM that is faster or slower.</summary>
    internal static byte[] HeaderAt(int sampleRate, uint? length)
    {
        const uint Unknown = uint.MaxValue - HeaderLength;
        const int Frame = Channels * BitsPerSample / 8;
        var header = new byte[HeaderLength];
        var span = header.AsSpan();
        "RIFF"u8.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], HeaderLength - ChunkHead + (length ?? Unknown));
        "WAVEfmt "u8.CopyTo(span[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(span[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(span[22..], Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(span[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(span[28..], (uint)(sampleRate * Frame));
        BinaryPrimitives.WriteUInt16LittleEndian(span[32..], Frame);
        BinaryPrimitives.WriteUInt16LittleEndian(span[34..], BitsPerSample);
        "data"u8.CopyTo(span[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[40..], length ?? Unknown);
        return header;
    }

    /// <summary>Puts true lengths into a whole WAV where those in it cannot be: more than there is, or none at all. Anything else stays as it is.</summary>
    internal static async ValueTask MendAsync(Stream wav, CancellationToken cancellationToken)
    {
        var head = new byte[ChunkHead];
        if (!await ReadAsync(wav, 0, head, cancellationToken).ConfigureAwait(false) || !head.AsSpan().StartsWith("RIFF"u8)) return;
        var riff = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(LengthAt));
        for (long at = FirstChunk; await ReadAsync(wav, at, head, cancellationToken).ConfigureAwait(false);)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(LengthAt));
            var left = wav.Length - at - ChunkHead;
            if (head.AsSpan().StartsWith("data"u8))
            {
                if (left > uint.MaxValue || (length <= left && length > 0 && riff == wav.Length - ChunkHead)) return;
                // What stands behind true data is not sound.
                if (length == 0 || length > left) await WriteAsync(wav, at + LengthAt, (uint)left, cancellationToken).ConfigureAwait(false);
                await WriteAsync(wav, LengthAt, (uint)(wav.Length - ChunkHead), cancellationToken).ConfigureAwait(false);
                return;
            }
            // Chunks begin at even places.
            at += ChunkHead + length + (length & 1);
        }
    }

    private static async ValueTask<bool> ReadAsync(Stream wav, long at, byte[] into, CancellationToken cancellationToken)
    {
        if (at + into.Length > wav.Length) return false;
        wav.Position = at;
        await wav.ReadExactlyAsync(into, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask WriteAsync(Stream wav, long at, uint value, CancellationToken cancellationToken)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        wav.Position = at;
        await wav.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }
}
