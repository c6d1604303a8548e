using System.Text;

namespace Muxi.Llm;

/// <summary>A data URI (RFC 2397), its data not decoded yet.</summary>
internal readonly struct DataUri
{
    private readonly string _uri;
    private readonly int _start;
    private readonly bool _isBase64;

    private DataUri(string uri, int start, string mediaType, bool isBase64) => (_uri, _start, MediaType, _isBase64) = (uri, start, mediaType, isBase64);

    /// <summary>The media type without parameters, in lower case.</summary>
    public string MediaType { get; }

    /// <summary>Reads a data URI's head; null when the text is none.</summary>
    public static DataUri? Read(string text)
    {
        if (!text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || text.IndexOf(',', StringComparison.Ordinal) is not (> 0 and var comma)) return null;
        var parts = text[5..comma].Split(';', StringSplitOptions.TrimEntries);
        return new DataUri(text, comma + 1, parts[0].Length == 0 ? "text/plain" : parts[0].ToLowerInvariant(), parts.Contains("base64", StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Plain base64, of which something else says what it is.</summary>
    public static DataUri Of(string mediaType, string base64) => new(base64, 0, mediaType, isBase64: true);

    public ReadOnlySpan<char> Base64() => _isBase64 ? _uri.AsSpan(_start).Contains('%') ? Uri.UnescapeDataString(_uri[_start..]) : _uri.AsSpan(_start)
        : Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_uri[_start..])));

    /// <summary>The kind of picture or document that the first bytes give away, of those that the service takes; null when they do not.</summary>
    public string? TypeByItself()
    {
        var base64 = Base64();
        Span<byte> head = stackalloc byte[12];
        if (base64.Length < 16 || !Convert.TryFromBase64Chars(base64[..16], head, out var count)) return null;
        return Media.TypeOf(head[..count]) is ("image/png" or "image/jpeg" or "image/gif" or "image/webp" or "application/pdf") and var type ? type : null;
    }

    /// <summary>The data; null where its base64 is broken.</summary>
    public byte[]? Bytes() => _isBase64 ? Base64Text.Decode(Base64()) : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_uri[_start..]));

    /// <summary>The data as text; base64 that is broken is given as it is.</summary>
    public string Text()
    {
        if (!_isBase64) return Uri.UnescapeDataString(_uri[_start..]);
        var bytes = new byte[(_uri.Length - _start) / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(_uri.AsSpan(_start), bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : _uri[_start..];
    }
}
