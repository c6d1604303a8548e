using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>
/// Writes baseline JPEG (ITU-T T.81) in its simplest valid form: of each block of eight by eight pixels the mean colour and no detail, so that the picture is a mosaic of
/// itself. No transform is needed for that, and one small table of codes.
/// </summary>
internal static class SandboxJpeg
{
    private const int Side = 8;

    /// <summary>The codes of T.81's table K.3: how many there are of each length from 1 to 16 bits, for the sizes 0 to 11.</summary>
    private static ReadOnlySpan<byte> Lengths => [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    private static readonly (int Code, int Length)[] _codes = Codes();

    public static byte[] Write(SandboxPicture picture)
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        Segment(file, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        Segment(file, 0xFE, "muxi-llm sandbox (a simulator)"u8);
        // Steps of eight times the mean are steps of one in brightness.
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)Side, 64)]);
        Span<byte> frame = [8, 0, 0, 0, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)picture.Height);
        BinaryPrimitives.WriteUInt16BigEndian(frame[3..], (ushort)picture.Width);
        Segment(file, 0xC0, frame);
        Segment(file, 0xC4, [0x00, .. Lengths, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        // Of the details there is one code alone: that there are no more.
        Segment(file, 0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Segment(file, 0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
        Scan(file, picture);
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    private static void Scan(MemoryStream file, SandboxPicture picture)
    {
        var bits = new Bits(file);
        Span<int> last = [0, 0, 0];
        for (var y = 0; y < picture.Height; y += Side)
            for (var x = 0; x < picture.Width; x += Side)
            {
                var mean = Mean(picture, x, y);
                for (var channel = 0; channel < 3; channel++)
                {
                    Difference(bits, mean[channel] - last[channel]);
                    bits.Add(0, 1);
                    last[channel] = mean[channel];
                }
            }
        bits.End();
    }

    private static void Difference(Bits bits, int value)
    {
        var size = 0;
        for (var rest = Math.Abs(value); rest > 0; rest >>= 1) size++;
        bits.Add(_codes[size].Code, _codes[size].Length);
        if (size > 0) bits.Add(value > 0 ? value : value + (1 << size) - 1, size);
    }

    /// <summary>A block's mean as brightness and two differences of colour (JFIF), around zero.</summary>
    private static int[] Mean(SandboxPicture picture, int left, int top)
    {
        int red = 0, green = 0, blue = 0, count = 0;
        for (var y = top; y < Math.Min(top + Side, picture.Height); y++)
            for (var x = left; x < Math.Min(left + Side, picture.Width); x++, count++)
            {
                var (r, g, b, _) = picture.At(x, y);
                (red, green, blue) = (red + r, green + g, blue + b);
            }
        (red, green, blue) = (red / count, green / count, blue / count);
        return [((299 * red) + (587 * green) + (114 * blue)) / 1000 - 128, ((-169 * red) - (331 * green) + (500 * blue)) / 1000, ((500 * red) - (419 * green) - (81 * blue)) / 1000];
    }

    private static (int, int)[] Codes()
    {
        var codes = new List<(int, int)>();
        var code = 0;
        for (var length = 1; length <= Lengths.Length; length++, code <<= 1)
            for (var i = 0; i < Lengths[length - 1]; i++) codes.Add((code++, length));
        return [.. codes];
    }

    private static void Segment(MemoryStream file, byte marker, ReadOnlySpan<byte> data)
    {
        file.Write([0xFF, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2)]);
        file.Write(data);
    }

    private sealed class Bits(MemoryStream file)
    {
        private int _held, _count;

        public void Add(int value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
            {
                _held = (_held << 1) | ((value >> bit) & 1);
                if (++_count < 8) continue;
                file.WriteByte((byte)_held);
                // A byte of ones would begin a marker.
                if (_held == 0xFF) file.WriteByte(0);
                (_held, _count) = (0, 0);
            }
        }

        public void End()
        {
            while (_count > 0) Add(1, 1);
        }
    }
}
