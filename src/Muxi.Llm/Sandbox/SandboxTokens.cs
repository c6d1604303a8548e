using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// The sandbox's tokens. The rule: letters and digits go together, with the one space before them, up to six of them; white space goes
/// together; every other character is one. No token splits a surrogate pair, and all of them joined are the text.
/// </summary>
internal static class SandboxTokens
{
    /// <summary>What a message costs beside its text, for its role and frame.</summary>
    public const int PerMessage = 4;

    public const int PerImage = 85;

    private const int LongestWord = 6;

    public static int Count(string? text) => string.IsNullOrEmpty(text) ? 0 : Split(text).Count();

    /// <summary>A count in OpenAI's form.</summary>
    public static SandboxAnswer Answer(int tokens) => SandboxAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "response.input_tokens");
        json.WriteNumber("input_tokens", tokens);
        json.WriteEndObject();
    });

    public static IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = End(text, at);
            yield return text[at..end];
            at = end;
        }
    }

    /// <summary>The first tokens of a text, at most this many; the text itself when it has no more.</summary>
    public static string Take(string text, int count)
    {
        var end = 0;
        for (; count > 0 && end < text.Length; count--)
            end = End(text, end);
        return text[..end];
    }

    private static int End(string text, int start)
    {
        var at = start;
        if (text[at] == ' ' && at + 1 < text.Length && IsWord(text, at + 1))
            at++;
        if (IsWord(text, at))
        {
            for (var letters = 0; at < text.Length && letters < LongestWord && IsWord(text, at); letters++)
                at += Width(text, at);
            return at;
        }
        if (!char.IsWhiteSpace(text[at]))
            return at + Width(text, at);
        while (at < text.Length && char.IsWhiteSpace(text[at]) && !(text[at] == ' ' && at > start && at + 1 < text.Length && IsWord(text, at + 1)))
            at++;
        return at;
    }

    private static bool IsWord(string text, int at) => CharUnicodeInfo.GetUnicodeCategory(text, at) is
        <= UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;

    private static int Width(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;
}
