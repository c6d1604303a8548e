using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// What the sandbox draws: two systems of rings that run into each other over a slope, in three colours. The prompt's hash decides about all of it, so that equal
/// requests get equal pictures. Pictures to begin with are laid over it in a row, framed; where a mask is transparent, the pattern shows through the first.
/// </summary>
internal sealed class SandboxPainter
{
    private const int Shades = 48;

    private readonly SandboxImageRequest _request;
    private readonly byte[] _seed;
    private readonly (byte Red, byte Green, byte Blue)[] _shades = new (byte, byte, byte)[Shades];

    /// <summary>For one of the pictures that are asked for.</summary>
    public SandboxPainter(SandboxImageRequest request, int index)
    {
        _request = request;
        _seed = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Kind}\n{request.Prompt}\n{index}\n{string.Join('\n', request.Inputs.Select(input => input.Identity))}"));
        var colours = new[] { Colour(_seed[0], 200, 90), Colour((byte)(_seed[0] + 60 + (_seed[1] / 4)), 170, 200), Colour((byte)(_seed[0] + 150 + (_seed[2] / 4)), 90, 250) };
        for (var i = 0; i < Shades; i++)
        {
            // Down the three colours and up again, so that the last runs into the first.
            var place = (i < Shades / 2 ? i : Shades - i) * 2 * 256 / (Shades / 2);
            var (from, to, part) = place < 256 ? (colours[0], colours[1], place) : (colours[1], colours[2], Math.Min(place - 256, 256));
            _shades[i] = (Mix(from.Red, to.Red, part), Mix(from.Green, to.Green, part), Mix(from.Blue, to.Blue, part));
        }
    }

    /// <summary>Draws it in blocks of so many pixels: the coarser, the less finished.</summary>
    public SandboxPicture Paint(int block)
    {
        var (width, height) = (_request.Width, _request.Height);
        var pixels = new byte[width * height * 4];
        for (var y = 0; y < height; y += block)
            for (var x = 0; x < width; x += block)
            {
                var shade = ShadeAt(Math.Min(x + (block / 2), width - 1), Math.Min(y + (block / 2), height - 1));
                // What lies at the end of the range is background.
                var alpha = _request.IsTransparent && shade < Shades / 4 ? (byte)0 : (byte)255;
                var (red, green, blue) = _shades[shade];
                Fill(pixels, new(x, y, Math.Min(block, width - x), Math.Min(block, height - y)), (red, green, blue, alpha));
            }
        LayInputs(pixels, block);
        return new(width, height, pixels) { Identity = "" };
    }

    private readonly record struct Area(int X, int Y, int Width, int Height);

    private int ShadeAt(int x, int y)
    {
        var scale = Math.Max(_request.Width, _request.Height);
        var first = Distance(x, y, 3) * 1024 / scale;
        var second = Distance(x, y, 5) * 1024 / scale;
        var slope = ((x * (_seed[7] - 128)) + (y * (_seed[8] - 128))) * 2 / scale;
        return Wrap((Wave(first * (2 + (_seed[9] % 3)), 256) + Wave(second * (1 + (_seed[10] % 3)), 384) + slope) * Shades / 512, Shades);
    }

    /// <summary>How far a place is from one of two centres, which the hash puts into the middle half.</summary>
    private int Distance(int x, int y, int at)
    {
        var (dx, dy) = ((long)(x - (_request.Width * (64 + (_seed[at] / 2)) / 256)), (long)(y - (_request.Height * (64 + (_seed[at + 1] / 2)) / 256)));
        return (int)Math.Sqrt((dx * dx) + (dy * dy));
    }

    private static int Wave(int value, int period) => Math.Abs(Wrap(value, period) - (period / 2)) * 512 / period;

    private static int Wrap(int value, int period) => ((value % period) + period) % period;

    private void LayInputs(byte[] pixels, int block)
    {
        if (_request.Inputs.Count == 0) return;
        var (margin, cell) = (_request.Height / 12, _request.Width / _request.Inputs.Count);
        for (var i = 0; i < _request.Inputs.Count; i++)
        {
            var input = _request.Inputs[i];
            var (roomX, roomY) = (Math.Max(1, cell - (cell / 6)), Math.Max(1, _request.Height - (2 * margin)));
            var (width, height) = (long)input.Width * roomY > (long)input.Height * roomX
                ? (roomX, Math.Max(1, (int)((long)input.Height * roomX / input.Width))) : (Math.Max(1, (int)((long)input.Width * roomY / input.Height)), roomY);
            Lay(pixels, input, i == 0 ? _request.Mask : null, new((i * cell) + ((cell - width) / 2), (_request.Height - height) / 2, width, height), block);
        }
    }

    private void Lay(byte[] pixels, SandboxPicture input, SandboxPicture? mask, Area area, int block)
    {
        var frame = Math.Max(2, _request.Width / 128);
        for (var y = 0; y < area.Height; y++)
            for (var x = 0; x < area.Width; x++)
            {
                var isFrame = x < frame || y < frame || x >= area.Width - frame || y >= area.Height - frame;
                var (from, down) = ((int)((long)(x - (x % block)) * input.Width / area.Width), (int)((long)(y - (y % block)) * input.Height / area.Height));
                var colour = isFrame ? ((byte)255, (byte)255, (byte)255, (byte)255) : input.At(from, down);
                var isOpen = !isFrame && mask?.Pixels is not null && mask.At(from, down).Alpha == 0;
                if (!isOpen && colour.Item4 >= 128) Set(pixels, (((area.Y + y) * _request.Width) + area.X + x) * 4, (colour.Item1, colour.Item2, colour.Item3, 255));
            }
    }

    private void Fill(byte[] pixels, Area area, (byte, byte, byte, byte) colour)
    {
        for (var y = area.Y; y < area.Y + area.Height; y++)
            for (var x = area.X; x < area.X + area.Width; x++) Set(pixels, ((y * _request.Width) + x) * 4, colour);
    }

    private static void Set(byte[] pixels, int at, (byte Red, byte Green, byte Blue, byte Alpha) colour) =>
        (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (colour.Red, colour.Green, colour.Blue, colour.Alpha);

    /// <summary>A colour by its hue (the circle has 256 parts), saturation and lightness.</summary>
    private static (byte Red, byte Green, byte Blue) Colour(byte hue, int saturation, int value)
    {
        var (sector, part) = (hue * 6 / 256, hue * 6 % 256);
        var low = value * (255 - saturation) / 255;
        var (falling, rising) = (value - ((value - low) * part / 255), low + ((value - low) * part / 255));
        return sector switch
        {
            0 => ((byte)value, (byte)rising, (byte)low),
            1 => ((byte)falling, (byte)value, (byte)low),
            2 => ((byte)low, (byte)value, (byte)rising),
            3 => ((byte)low, (byte)falling, (byte)value),
            4 => ((byte)rising, (byte)low, (byte)value),
            _ => ((byte)value, (byte)low, (byte)falling),
        };
    }

    private static byte Mix(byte from, byte to, int part) => (byte)(from + ((to - from) * part / 256));
}
