using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>A picture's width and height, read from the head of its file: PNG, JPEG, GIF or WebP.</summary>
internal static class PictureSize
{
    // What JPEG and GIF can have, and more than any service takes; a PNG that tells of more is broken.
    private const int Longest = ushort.MaxValue;

    /// <summary>The size in pixels; null of another kind of file, or of one that is broken.</summary>
    public static (int Width, int Height)? Of(ReadOnlySpan<byte> file)
    {
        var size = Media.TypeOf(file) switch
        {
            "image/png" when file.Length >= 24 => (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..])),
            "image/gif" when file.Length >= 10 => (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..])),
            "image/jpeg" => Jpeg(file),
            "image/webp" when file.Length >= 30 => WebP(file),
            _ => (0, 0),
        };
        return size is { Item1: > 0 and <= Longest, Item2: > 0 and <= Longest } ? size : null;
    }

    // Segments of a marker and a length, up to the frame's header (SOF0 to SOF15, which are not DHT, JPG or DAC), where height and width stand (ITU T.81, B.2).
    private static (int, int) Jpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 9 <= file.Length;)
        {
            if (file[at] != 0xFF) return (0, 0);
            var marker = file[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            // A fill byte, or a marker that stands alone.
            at += marker is 0xFF ? 1 : marker is 0x01 or >= 0xD0 and <= 0xD8 ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return (0, 0);
    }

    // Three kinds of first chunk (RFC 9649): lossy, lossless, extended.
    private static (int, int) WebP(ReadOnlySpan<byte> file)
    {
        if (file[12..].StartsWith("VP8 "u8)) return (BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & 0x3FFF);
        if (file[12..].StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return ((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1);
        }
        if (file[12..].StartsWith("VP8X"u8)) return ((file[24] | file[25] << 8 | file[26] << 16) + 1, (file[27] | file[28] << 8 | file[29] << 16) + 1);
        return (0, 0);
    }
}
