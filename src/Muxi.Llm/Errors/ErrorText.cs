using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>What a reply's bytes turned out to be.</summary>
internal enum BodyForm
{
    Empty,
    Json,
    /// <summary>JSON that breaks off, or is none after all.</summary>
    Broken,
    Html,
    Xml,
    Text,
    Unreadable,
}

/// <summary>Turns bytes into text, and text into one line for people.</summary>
internal static class ErrorText
{
    private static readonly string[] Tags = ["<!doctype", "<html", "<head>", "<body>", "<center>"];

    /// <summary>UTF-8, or UTF-16 where a byte order mark says so; bytes that are neither become U+FFFD.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
        [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
        [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
        _ => Encoding.UTF8.GetString(bytes),
    };

    /// <summary>An error status may come with one event of a stream as its body.</summary>
    internal static string Payload(string raw)
    {
        var text = raw.AsSpan().TrimStart();
        if (!text.StartsWith("data:") && !text.StartsWith("event:")) return raw;
        foreach (var line in text.EnumerateLines())
            if (line.StartsWith("data:") && !line[5..].Trim().IsEmpty) return line[5..].Trim().ToString();
        return raw;
    }

    /// <summary>Looks at the text, not at the content type: that one is wrong too often (DeepSeek sends JSON as an octet stream).</summary>
    internal static BodyForm Sniff(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty) return BodyForm.Empty;
        if (text[0] is '{' or '[' or '"') return BodyForm.Json;
        if (HtmlAt(text) >= 0) return BodyForm.Html;
        if (text[0] == '<') return text.StartsWith("<?xml") ? BodyForm.Xml : BodyForm.Html;
        var odd = 0;
        var seen = text.Length > 4096 ? text[..4096] : text;
        foreach (var c in seen)
            if (c == '\uFFFD' || char.IsControl(c) && !char.IsWhiteSpace(c)) odd++;
        return odd * 20 > seen.Length ? BodyForm.Unreadable : BodyForm.Text;
    }

    /// <summary>Where an HTML page begins in the text; -1 for nowhere.</summary>
    internal static int HtmlAt(ReadOnlySpan<char> text)
    {
        var first = -1;
        foreach (var tag in Tags)
            if (text.IndexOf(tag, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && (first < 0 || at < first)) first = at;
        return first;
    }

    /// <summary>A message without the page in it, which is all of it where it begins with a tag.</summary>
    internal static string WithoutHtml(string message)
    {
        if (message is ['<', ..] && message.Contains("</", StringComparison.Ordinal)) return "";
        return HtmlAt(message) is >= 0 and var page ? message[..page].TrimEnd(' ', ':', '-') : message;
    }

    /// <summary>Whether a body holds a page that must not be quoted, as it is or escaped inside JSON.</summary>
    internal static bool HoldsHtml(string text) =>
        HtmlAt(text) >= 0
        || text.Contains("\\u003chtml", StringComparison.OrdinalIgnoreCase)
        || text.Contains("\\u003c!doctype", StringComparison.OrdinalIgnoreCase);

    /// <summary>One line: every control character, line break and text-direction override is a space, and runs of spaces are one.</summary>
    /// <remarks>Joiners stay: Persian and emoji need them.</remarks>
    internal static string OneLine(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, 4096));
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '\u2028' or '\u2029' or '\uFEFF' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
            }
            else if (!char.IsSurrogate(c)) line.Append(c);
            else if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1])) line.Append(c).Append(text[++i]);
            else line.Append('\uFFFD');
        }
        return line.ToString().TrimEnd(' ');
    }

    /// <summary>At most so many characters, never half of a surrogate pair; a cut shows as an ellipsis.</summary>
    internal static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var end = most - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    /// <summary><c>HTTP 502 (Bad Gateway)</c>.</summary>
    internal static string Status(int status)
    {
        var phrase = status switch
        {
            498 => null,
            499 => "Client Closed Request",
            520 or 521 or 522 or 523 => "Origin Unreachable",
            524 => "Origin Timeout",
            529 => "Overloaded",
            _ when Enum.IsDefined((System.Net.HttpStatusCode)status) => Spaced(((System.Net.HttpStatusCode)status).ToString()),
            _ => null,
        };
        var number = status.ToString(CultureInfo.InvariantCulture);
        return phrase is null ? $"HTTP {number}" : $"HTTP {number} ({phrase})";
    }

    private static string Spaced(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1])) words.Append(' ');
            words.Append(name[i]);
        }
        return words.ToString();
    }
}
