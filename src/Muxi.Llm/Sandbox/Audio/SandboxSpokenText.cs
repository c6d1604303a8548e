using System.Buffers.Text;
using System.Text;

namespace Muxi.Llm;

/// <summary>What the sandbox said, as a remark in the sound itself, so that it can be heard again.</summary>
internal static class SandboxSpokenText
{
    private static ReadOnlySpan<byte> Mark => "muxi-llm sandbox speech, "u8;

    /// <summary>The remark: how many bytes of UTF-8 the text has, and the text.</summary>
    public static byte[] Remark(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [.. Mark, .. Encoding.ASCII.GetBytes(utf8.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. " bytes: "u8, .. utf8];
    }

    /// <summary>The text in a remark, wherever in the file it stands; null where there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> file)
    {
        var at = file.IndexOf(Mark);
        if (at < 0) return null;
        file = file[(at + Mark.Length)..];
        if (!Utf8Parser.TryParse(file, out int length, out var digits) || length < 0 || !file[digits..].StartsWith(" bytes: "u8)) return null;
        file = file[(digits + " bytes: "u8.Length)..];
        return file.Length < length ? null : Encoding.UTF8.GetString(file[..length]);
    }
}
