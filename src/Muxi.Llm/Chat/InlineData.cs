using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What a part of a message holds itself: bytes and what they are. They stay bytes until they are written, straight into the request's body: as base64 in a string they would
/// take nearly three times their size, for as long as the message lives.
/// </summary>
internal sealed class InlineData(ReadOnlyMemory<byte> bytes, string mediaType)
{
    // Divides by three, so that the pieces' base64 joins without padding.
    private const int Piece = 3 * 1024;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The media type, in lower case.</summary>
    public string MediaType => mediaType;

    /// <summary>The bytes in base64.</summary>
    public string ToBase64() => Convert.ToBase64String(bytes.Span);

    /// <summary>As a data URI.</summary>
    public override string ToString() => Media.DataUri(bytes.Span, mediaType);

    /// <summary>Writes the data URI as the member that is named, piece by piece.</summary>
    public void WriteUri(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WritePropertyName(name);
        json.WriteStringValueSegment(Encoding.UTF8.GetBytes($"data:{mediaType};base64,"), isFinalSegment: bytes.IsEmpty);
        Span<byte> base64 = stackalloc byte[Piece / 3 * 4];
        for (var left = bytes.Span; !left.IsEmpty;)
        {
            var piece = left[..Math.Min(Piece, left.Length)];
            left = left[piece.Length..];
            Base64.EncodeToUtf8(piece, base64, out _, out var count);
            json.WriteStringValueSegment(base64[..count], isFinalSegment: left.IsEmpty);
        }
    }
}
