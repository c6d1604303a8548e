using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary>Tokens as people read them.</summary>
internal static class TokenText
{
    private const string Hex = "0123456789abcdef";

    /// <summary>Pale backgrounds of the 256 colours that terminals have: blue, orange, green.</summary>
    private static readonly int[] _backgrounds = [153, 223, 157];

    /// <summary>A line for each token: its id, and what it stands for in quotes; bytes that are no whole character as <c>\xe2</c>, characters that nobody sees as <c>\u200D</c>.</summary>
    public static string Lines(Tokenizer tokenizer, ReadOnlySpan<int> ids)
    {
        var lines = new StringBuilder();
        foreach (var id in ids) lines.Append(CultureInfo.InvariantCulture, $"{id,7}  \"").Append(Readable(tokenizer.DecodeBytes(id), Quoted)).Append("\"\n");
        return lines.ToString();
    }

    /// <summary>The text itself, each token on another background than its neighbours; line breaks are seen, too.</summary>
    /// <param name="tokenizer">Knows what the tokens stand for.</param>
    /// <param name="ids">The tokens.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="before">How many tokens were shown before.</param>
    public static void Show(Tokenizer tokenizer, ReadOnlySpan<int> ids, Terminal terminal, long before)
    {
        foreach (var id in ids) terminal.WriteOn(_backgrounds[before++ % _backgrounds.Length], Readable(tokenizer.DecodeBytes(id), static text => text.Replace("\n", "\u21b5\n", StringComparison.Ordinal)));
    }

    private static string Readable(ReadOnlySpan<byte> bytes, Func<string, string> text)
    {
        var whole = new StringBuilder();
        while (bytes.Length > 0)
        {
            var end = 0;
            while (end < bytes.Length && Rune.DecodeFromUtf8(bytes[end..], out _, out var width) == System.Buffers.OperationStatus.Done) end += width;
            if (end > 0) whole.Append(text(Encoding.UTF8.GetString(bytes[..end])));
            bytes = bytes[end..];
            if (bytes.Length == 0) break;
            whole.Append("\\x").Append(Hex[bytes[0] >> 4]).Append(Hex[bytes[0] & 15]);
            bytes = bytes[1..];
        }
        return whole.ToString();
    }

    /// <summary>As JSON has it. Joiners, marks of direction and what chooses an emoji's form would look like nothing, or like another text.</summary>
    private static string Quoted(string text)
    {
        var json = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        var seen = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            if (!IsUnseen(rune)) seen.Append(rune);
            else
                foreach (var unit in rune.ToString()) seen.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
        }
        return seen.ToString();
    }

    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format || rune.Value is >= 0xFE00 and <= 0xFE0F;
}
