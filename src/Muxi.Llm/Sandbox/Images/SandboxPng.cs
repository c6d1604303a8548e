using System.Buffers.Binary;
using System.IO.Compression;

namespace Muxi.Llm;

/// <summary>Writes PNG, and reads those of eight bits a channel that are not interlaced (W3C, PNG 3rd edition).</summary>
internal static class SandboxPng
{
    private const int MostPixels = 1 << 24;

    private static ReadOnlySpan<byte> Mark => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>The picture as a file; its opacity is left out where it is not asked for.</summary>
    public static byte[] Write(SandboxPicture picture, bool hasAlpha)
    {
        var channels = hasAlpha ? 4 : 3;
        var rows = new byte[picture.Height * ((picture.Width * channels) + 1)];
        for (var (y, to) = (0, 0); y < picture.Height; y++)
        {
            to++;
            for (var x = 0; x < picture.Width; x++, to += channels) picture.Pixels.AsSpan(((y * picture.Width) + x) * 4, channels).CopyTo(rows.AsSpan(to));
        }
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], picture.Height);
        (head[8], head[9]) = (8, (byte)(hasAlpha ? 6 : 2));
        using var file = new MemoryStream();
        file.Write(Mark);
        Chunk(file, "IHDR"u8, head);
        Chunk(file, "tEXt"u8, "Software\0muxi-llm sandbox (a simulator)"u8);
        Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(file, "IEND"u8, default);
        return file.ToArray();
    }

    /// <summary>Reads a picture; null where it is another kind, or broken.</summary>
    public static SandboxPicture? Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Mark)) return null;
        Header? header = null;
        ReadOnlySpan<byte> palette = default, alphas = default;
        using var packed = new MemoryStream();
        for (var at = Mark.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            if (length < 0 || length > file.Length - at - 12) return null;
            var type = file.Slice(at + 4, 4);
            var data = file.Slice(at + 8, length);
            if (type.SequenceEqual("IHDR"u8)) header = Header.Of(data);
            else if (type.SequenceEqual("PLTE"u8)) palette = data;
            else if (type.SequenceEqual("tRNS"u8)) alphas = data;
            else if (type.SequenceEqual("IDAT"u8)) packed.Write(data);
            else if (type.SequenceEqual("IEND"u8)) break;
            at += 12 + length;
        }
        if (header is not { } shape || Unpack(packed, shape) is not { } rows) return null;
        var pixels = new byte[shape.Width * shape.Height * 4];
        for (var i = 0; i < shape.Width * shape.Height; i++)
            if (!Pixel(rows.AsSpan((i / shape.Width * (shape.Stride + 1)) + 1 + (i % shape.Width * shape.Channels), shape.Channels), pixels.AsSpan(i * 4), palette, alphas)) return null;
        return new(shape.Width, shape.Height, pixels) { Identity = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(pixels)) };
    }

    private readonly record struct Header(int Width, int Height, int Channels)
    {
        public int Stride => Width * Channels;

        public static Header? Of(ReadOnlySpan<byte> data)
        {
            if (data.Length < 13 || data[8] != 8 || data[12] != 0) return null;
            var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
            if (width <= 0 || height <= 0 || (long)width * height > MostPixels) return null;
            return data[9] switch { 0 or 3 => new(width, height, 1), 4 => new(width, height, 2), 2 => new(width, height, 3), 6 => new(width, height, 4), _ => default(Header?) };
        }
    }

    /// <summary>One channel is grey, or the palette's place where there is one; two are grey and opacity, three colours, four colours and opacity.</summary>
    private static bool Pixel(ReadOnlySpan<byte> from, Span<byte> to, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> alphas)
    {
        to[3] = from.Length is 2 or 4 ? from[^1] : (byte)255;
        if (from.Length >= 3) from[..3].CopyTo(to);
        else if (palette.IsEmpty || from.Length == 2) to[..3].Fill(from[0]);
        else if ((from[0] * 3) + 3 > palette.Length) return false;
        else
        {
            palette.Slice(from[0] * 3, 3).CopyTo(to);
            if (from[0] < alphas.Length) to[3] = alphas[from[0]];
        }
        return true;
    }

    private static byte[]? Unpack(MemoryStream packed, Header shape)
    {
        var rows = new byte[shape.Height * (shape.Stride + 1)];
        packed.Position = 0;
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            zlib.ReadExactly(rows);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return null;
        }
        for (var y = 0; y < shape.Height; y++)
        {
            var at = y * (shape.Stride + 1);
            if (rows[at] > 4) return null;
            for (var x = 0; x < shape.Stride; x++)
            {
                int left = x < shape.Channels ? 0 : rows[at + 1 + x - shape.Channels], up = y == 0 ? 0 : rows[at - shape.Stride + x], corner = y == 0 || x < shape.Channels ? 0 : rows[at - shape.Stride + x - shape.Channels];
                rows[at + 1 + x] += (byte)(rows[at] switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => 0 });
            }
        }
        return rows;
    }

    /// <summary>Of three neighbours the one that is nearest to their sum's guess.</summary>
    private static int Paeth(int left, int up, int corner)
    {
        var (byLeft, byUp, byCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - corner - corner));
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Sum(type, data));
        file.Write(number);
    }

    /// <summary>The check sum of PNG: CRC-32 over a chunk's type and data.</summary>
    private static uint Sum(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data) => ~Add(Add(uint.MaxValue, type), data);

    private static uint Add(uint sum, ReadOnlySpan<byte> data)
    {
        foreach (var one in data) sum = _sums[(byte)(sum ^ one)] ^ (sum >> 8);
        return sum;
    }

    private static readonly uint[] _sums = [.. Enumerable.Range(0, 256).Select(static n =>
    {
        var sum = (uint)n;
        for (var bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? 0xEDB88320 ^ (sum >> 1) : sum >> 1;
        return sum;
    })];
}
