using System.Buffers.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Base64 as services and people write it: line breaks and blanks mean nothing, and a data URI's head in front of it is stepped over.</summary>
internal static class Base64Text
{
    /// <summary>The bytes; null where it is no base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) text = text[(text.IndexOf(',') + 1)..];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (!Convert.TryFromBase64Chars(text, bytes, out var count)) return null;
        if (count < bytes.Length) Array.Resize(ref bytes, count);
        return bytes;
    }

    /// <summary>As the other, straight from the UTF-8 of a JSON string: no text is made in between. The reader stands on the string.</summary>
    public static byte[]? Decode(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) return reader.TryGetBytesFromBase64(out var unescaped) ? unescaped : Decode(reader.Text());
        var text = reader.ValueSpan;
        if (text.StartsWith("data:"u8)) text = text[(text.IndexOf((byte)',') + 1)..];
        // Without line breaks the length follows from the text's end, so that nothing is copied.
        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        var bytes = new byte[Math.Max(0, Base64.GetMaxDecodedFromUtf8Length(text.Length) - padding)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var count) != System.Buffers.OperationStatus.Done) return Decode(reader.Text());
        if (count < bytes.Length) Array.Resize(ref bytes, count);
        return bytes;
    }
}
