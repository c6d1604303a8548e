using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>A key that is easy to find again, in whatever form: with letters that JSON, URLs and HTML each write in their own way.</summary>
internal static class Canary
{
    public const string Key = "sk-canary\"7Qz/w+K\\=<Zx9&'T~%41end";

    /// <summary>What stays recognisable of the key however a text was cut or escaped.</summary>
    private const string Core = "sk-canary";

    private const string Tail = "41end";

    /// <summary>Whether a text gives the key away: plain, escaped for JSON, URLs or HTML, or anywhere inside base64. Independent of the library's own redaction.</summary>
    public static bool IsIn(string? text) => text is not null && Readings(text).Any(reading => Shows(reading));

    private static bool Shows(string text) => text.Contains(Core, StringComparison.OrdinalIgnoreCase) || text.Contains(Tail, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Readings(string text)
    {
        yield return text;
        yield return Uri.UnescapeDataString(text.Replace('+', ' '));
        yield return WebUtility.HtmlDecode(text);
        yield return Regex.Replace(text, @"\\u([0-9a-fA-F]{4})", match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
        foreach (Match run in Regex.Matches(text, "[A-Za-z0-9+/_-]{12,}"))
            for (var skip = 0; skip < 4; skip++) yield return FromBase64(run.Value[skip..]);
    }

    private static string FromBase64(string run)
    {
        var standard = run.Replace('-', '+').Replace('_', '/');
        return Encoding.Latin1.GetString(Convert.FromBase64String(standard[..(standard.Length / 4 * 4)]));
    }
}
