using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a picture costs by its size in pixels.</summary>
/// <remarks>
/// Sources: OpenAI, "Images and vision" (tiles and patches); Anthropic, "Vision" (area); Google, "Understand and count tokens" (crops). A picture whose size nobody
/// knows counts as one of 1024 by 1024.
/// </remarks>
internal sealed record PictureRule(string Kind)
{
    private const double Unknown = 1024;

    /// <summary>What each picture costs.</summary>
    public double Base { get; private init; }

    /// <summary>What each tile of it costs.</summary>
    public double Tile { get; private init; }

    /// <summary>A patch's side, in pixels.</summary>
    public double Side { get; private init; }

    /// <summary>The tokens of a patch.</summary>
    public double Factor { get; private init; }

    /// <summary>The most that one picture has: patches, or tokens of an area.</summary>
    public double Most { get; private init; }

    /// <summary>The longest side that is not made smaller, in pixels.</summary>
    public double Edge { get; private init; }

    public static PictureRule Read(JsonElement json) => new(json.GetProperty("rule").GetString()!)
    {
        Base = TokenForm.Number(json, "base"),
        Tile = TokenForm.Number(json, "tile"),
        Side = TokenForm.Number(json, "side"),
        Factor = TokenForm.Number(json, "factor"),
        Most = TokenForm.Number(json, "most"),
        Edge = TokenForm.Number(json, "edge"),
    };

    /// <summary>The tokens of a picture.</summary>
    /// <param name="size">Its width and height in pixels; null where they are not known.</param>
    /// <param name="detail">How closely to look, in OpenAI's words; <c>low</c> matters to tiles alone.</param>
    public double Tokens((int Width, int Height)? size, string? detail)
    {
        var (width, height) = size is { } known ? ((double)known.Width, (double)known.Height) : (Unknown, Unknown);
        return Kind switch
        {
            "tiles" => detail == "low" ? Base : Base + Tile * Tiles(width, height),
            "patches" => Math.Ceiling(Factor * Patches(width, height)),
            "area" => Area(width, height),
            "crops" => Tile * Crops(width, height),
            _ => Base,
        };
    }

    // Made to fit a square of 2048, then until the shorter side is at most 768; counted in squares of 512.
    private static double Tiles(double width, double height)
    {
        Shrink(ref width, ref height, 2048 / Math.Max(width, height));
        Shrink(ref width, ref height, 768 / Math.Min(width, height));
        return Math.Ceiling(width / 512) * Math.Ceiling(height / 512);
    }

    // One of too many patches is made smaller until it has no more, and then until its width or height is a whole number of them.
    private double Patches(double width, double height)
    {
        var patches = Math.Ceiling(width / Side) * Math.Ceiling(height / Side);
        if (patches <= Most) return patches;
        var scale = Math.Sqrt(Side * Side * Most / (width * height));
        var (across, down) = (width * scale / Side, height * scale / Side);
        scale *= Math.Min(Math.Max(1, Math.Floor(across)) / across, Math.Max(1, Math.Floor(down)) / down);
        return Math.Min(Most, Math.Ceiling(width * scale / Side - 1e-9) * Math.Ceiling(height * scale / Side - 1e-9));
    }

    private double Area(double width, double height)
    {
        Shrink(ref width, ref height, Edge / Math.Max(width, height));
        return Math.Min(Most, Math.Ceiling(width * height / 750));
    }

    // Small ones are one tile; others are cut into squares of two thirds of the shorter side, between 256 and 768.
    private static double Crops(double width, double height)
    {
        if (width <= 384 && height <= 384) return 1;
        var side = Math.Clamp(Math.Floor(Math.Min(width, height) / 1.5), 256, 768);
        return Math.Ceiling(width / side) * Math.Ceiling(height / side);
    }

    private static void Shrink(ref double width, ref double height, double scale)
    {
        if (scale >= 1) return;
        width *= scale;
        height *= scale;
    }
}
