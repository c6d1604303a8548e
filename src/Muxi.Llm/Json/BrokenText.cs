using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// JSON strings that are not well-formed text. A service that cuts its text by UTF-16 units sends half a character at the end of one chunk and half at the
/// beginning of the next, each as an escape; one that cuts by bytes sends what is no UTF-8.
/// </summary>
internal static class BrokenText
{
    /// <summary>The text of a JSON string: halves of characters are kept as they are, bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8, bool isEscaped)
    {
        var text = Encoding.UTF8.GetString(utf8);
        if (!isEscaped) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++) plain.Append(text[i] == '\\' && i + 1 < text.Length ? Unescape(text, ref i) : text[i]);
        return plain.ToString();
    }

    private static char Unescape(string text, ref int at)
    {
        var letter = text[++at];
        if (letter == 'u' && ushort.TryParse(text.AsSpan(at + 1, Math.Min(4, text.Length - at - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            at += 4;
            return (char)unit;
        }
        return letter switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => letter };
    }
}

/// <summary>The pieces of one text in which half a character waits for its other half, so that every piece can be shown and written by itself.</summary>
internal struct WholeCharacters
{
    private char _half;

    /// <summary>The piece, with the half that was kept before it and without one at its end. A half that nothing follows is never given.</summary>
    public string? Next(string? piece)
    {
        if (string.IsNullOrEmpty(piece) || (_half == 0 && !char.IsHighSurrogate(piece[^1]))) return piece;
        var whole = _half == 0 ? piece : _half + piece;
        var endsInHalf = char.IsHighSurrogate(whole[^1]);
        _half = endsInHalf ? whole[^1] : default;
        return endsInHalf ? whole[..^1] : whole;
    }
}
