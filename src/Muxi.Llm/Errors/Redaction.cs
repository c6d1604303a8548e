using System.Buffers.Text;
using System.Text;

namespace Muxi.Llm;

/// <summary>Keeps credentials out of what people and logs get to see.</summary>
internal static class Redaction
{
    private const string Mark = "[redacted]";

    // Shorter ones would blot out ordinary words; no provider's key is that short.
    private const int Shortest = 6;

    // A slot may hold "Bearer <key>" where the echo holds the key alone.
    private static readonly string[] _schemes = ["Bearer ", "Basic ", "Token ", "Key ", "ApiKey "];

    private const int LongestScheme = 7;

    /// <summary>Replaces every secret by <c>[redacted]</c>: plain, escaped for JSON, URLs or HTML, or in base64, in any letter case.</summary>
    public static string Redact(string text, ReadOnlySpan<string> secrets)
    {
        if (text.Length < Shortest || secrets.IsEmpty) return text;
        var plain = new HashSet<string>(StringComparer.Ordinal);
        foreach (var secret in secrets) Add(secret, text.Length, plain);
        if (plain.Count == 0) return text;

        var encoded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var secret in plain) AddEncoded(secret, encoded);
        // Longest first: one may hold a shorter one, and what is left of it would tell.
        foreach (var form in encoded.OrderByDescending(form => form.Length)) text = text.Replace(form, Mark, StringComparison.OrdinalIgnoreCase);
        foreach (var secret in plain.OrderByDescending(secret => secret.Length)) text = Replace(text, secret);
        return text;
    }

    /// <summary>As the other; costs nothing where the text has no room for any of the secrets, as a request's id seldom has.</summary>
    public static string Redact(string text, IReadOnlyList<string> secrets)
    {
        for (var i = 0; i < secrets.Count; i++)
            if (secrets[i].Length - LongestScheme <= text.Length) return Redact(text, [.. secrets]);
        return text;
    }

    /// <summary>A URL, which may be a broken one, without what stands before its host.</summary>
    public static string HideUser(string url)
    {
        var host = url.LastIndexOf('@');
        if (host < 0) return url;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        return url[..(scheme >= 0 && scheme < host ? scheme + 3 : 0)] + Mark + url[host..];
    }

    private static void Add(string? secret, int room, HashSet<string> plain)
    {
        secret = secret?.Trim();
        if (secret is null || secret.Length < Shortest) return;
        // No form of a secret is shorter than it is itself.
        if (secret.Length <= room) plain.Add(secret);
        foreach (var scheme in _schemes)
            if (secret.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) Add(secret[scheme.Length..], room, plain);
    }

    private static string Replace(string text, string secret)
    {
        var at = Escaped.IndexOf(text, secret, 0, out var length);
        if (at < 0) return text;
        var clean = new StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0; at = Escaped.IndexOf(text, secret, from, out length))
        {
            clean.Append(text, from, at - from).Append(Mark);
            from = at + length;
        }
        return clean.Append(text, from, text.Length - from).ToString();
    }

    private static void AddEncoded(string secret, HashSet<string> forms)
    {
        // Letter by letter only ASCII is found, as the others are several bytes of a URL.
        if (!Ascii.IsValid(secret)) forms.Add(Uri.EscapeDataString(secret));
        AddBase64(Encoding.UTF8.GetBytes(secret), forms);
    }

    /// <summary>Base64 of the secret alone, and the part of it that shows in base64 of something longer, e.g. of <c>user:secret</c>.</summary>
    private static void AddBase64(byte[] secret, HashSet<string> forms)
    {
        forms.Add(Convert.ToBase64String(secret));
        forms.Add(Base64Url.EncodeToString(secret));
        for (var before = 0; before < 3; before++)
        {
            var padded = new byte[before + secret.Length];
            secret.CopyTo(padded, before);
            var first = (before * 8 + 5) / 6;
            var end = padded.Length * 8 / 6;
            if (end - first < Shortest) continue;
            forms.Add(Convert.ToBase64String(padded)[first..end]);
            forms.Add(Base64Url.EncodeToString(padded)[first..end]);
        }
    }
}
