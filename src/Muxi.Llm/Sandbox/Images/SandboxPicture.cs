using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>A picture of red, green, blue and opacity, a byte each.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Pixels">Row by row; null for one that cannot be looked into.</param>
internal sealed record SandboxPicture(int Width, int Height, byte[]? Pixels)
{
    /// <summary>What it is known by: its own content, or the name of what cannot be seen.</summary>
    public required string Identity { get; init; }

    /// <summary>A picture that cannot be looked into.</summary>
    public static SandboxPicture Unseen(string identity) => new(Square, Square, null) { Identity = identity };

    private const int Square = 256;

    /// <summary>The colour at a place, as opaque or not; that of a picture which cannot be looked into follows from its name.</summary>
    public (byte Red, byte Green, byte Blue, byte Alpha) At(int x, int y)
    {
        if (Pixels is null) return _tile ??= Tile(Identity);
        var at = ((y * Width) + x) * 4;
        return (Pixels[at], Pixels[at + 1], Pixels[at + 2], Pixels[at + 3]);
    }

    private (byte, byte, byte, byte)? _tile;

    private static (byte, byte, byte, byte) Tile(string identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(identity), hash);
        return ((byte)(96 + (hash[0] / 2)), (byte)(96 + (hash[1] / 2)), (byte)(96 + (hash[2] / 2)), 255);
    }
}
