using System.Globalization;
using System.Net;

namespace Muxi.Llm;

/// <summary>
/// Finds a text inside another in whatever way its letters are escaped there: for JSON (also JSON in a string of JSON), for URLs, for HTML, mixed, in any letter
/// case. Every serializer escapes other letters, so that no list of forms would be whole.
/// </summary>
internal static class Escaped
{
    /// <summary>The first place at or after <paramref name="from"/>; -1 when there is none.</summary>
    public static int IndexOf(ReadOnlySpan<char> text, ReadOnlySpan<char> sought, int from, out int length)
    {
        for (var at = from; at <= text.Length - sought.Length; at++)
        {
            length = LengthOf(text[at..], sought);
            if (length > 0) return at;
        }
        length = 0;
        return -1;
    }

    /// <summary>How much of the text the sought one takes up at its beginning; 0 when it is not there.</summary>
    private static int LengthOf(ReadOnlySpan<char> text, ReadOnlySpan<char> sought)
    {
        var at = 0;
        for (var i = 0; i < sought.Length; i++)
        {
            var step = at < text.Length ? Letter(text[at..], sought[i]) : 0;
            if (step == 0) return 0;
            at += step;
            // A run of backslashes is taken as one, since each of them may be doubled.
            while (sought[i] == '\\' && i + 1 < sought.Length && sought[i + 1] == '\\') i++;
        }
        return at;
    }

    private static int Letter(ReadOnlySpan<char> text, char letter) => text[0] switch
    {
        '\\' => AfterBackslashes(text, letter),
        '%' when Hex(text, 1, 2) == letter => 3,
        '&' when Entity(text) is { Length: > 0 } entity && WebUtility.HtmlDecode(entity) is [var meant] && Same(meant, letter) => entity.Length,
        var plain => Same(plain, letter) ? 1 : 0,
    };

    private static int AfterBackslashes(ReadOnlySpan<char> text, char letter)
    {
        var count = text.IndexOfAnyExcept('\\');
        if (count < 0) return letter == '\\' ? text.Length : 0;
        if (text[count] == 'u' && Hex(text, count + 1, 4) is { } code && Same((char)code, letter)) return count + 5;
        if (letter == '\\') return count;
        return text[count] == letter && !char.IsLetterOrDigit(letter) ? count + 1 : 0;
    }

    private static int? Hex(ReadOnlySpan<char> text, int from, int digits) =>
        text.Length >= from + digits && int.TryParse(text.Slice(from, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string Entity(ReadOnlySpan<char> text) => text[..Math.Min(text.Length, 9)].IndexOf(';') is > 0 and var end ? text[..(end + 1)].ToString() : "";

    private static bool Same(char a, char b) => a == b || char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
