using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace Muxi.Llm;

/// <summary>Keeps credentials out of what people and logs get to see.</summary>
internal static class Redaction
{
    private const string Mark = "[redacted]";

    // Shorter ones would blot out ordinary words; no provider's key is that short.
    private const int Shortest = 6;

    /// <summary>Replaces every secret by <c>[redacted]</c>: plain, JSON-escaped, percent-encoded or in base64, in any letter case.</summary>
    public static string Redact(string text, ReadOnlySpan<string> secrets)
    {
        if (text.Length < Shortest || secrets.IsEmpty) return text;
        var forms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var secret in secrets) AddForms(secret, forms);
        // Longest first: a form may hold a shorter one, and what is left of it would tell.
        foreach (var form in forms.OrderByDescending(form => form.Length))
            text = text.Replace(form, Mark, StringComparison.OrdinalIgnoreCase);
        return text;
    }

    private static void AddForms(string? secret, HashSet<string> forms)
    {
        secret = secret?.Trim();
        if (secret is null || secret.Length < Shortest || !forms.Add(secret)) return;
        // A slot may hold "Bearer <key>" where the echo holds the key alone.
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Basic ", "Token ", "Key ", "ApiKey "])
            if (secret.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) AddForms(secret[scheme.Length..], forms);

        foreach (var encoder in (ReadOnlySpan<JavaScriptEncoder>)[JavaScriptEncoder.Default, JavaScriptEncoder.UnsafeRelaxedJsonEscaping])
        {
            var escaped = encoder.Encode(secret);
            forms.Add(escaped);
            forms.Add(escaped.Replace("/", "\\/", StringComparison.Ordinal));
        }
        forms.Add(Uri.EscapeDataString(secret));
        forms.Add(Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal));
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
