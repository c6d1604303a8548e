using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Muxi.Llm;

/// <summary>JSON of a request, read so that counting it cannot fail: a request is sent as it is, whatever its texts hold and however deep it is.</summary>
internal static class CountedJson
{
    // As deep as what reads it can recurse.
    private const int Deepest = 500;

    private static ReadOnlySpan<byte> Replacement => "\\ufffd"u8;

    /// <summary>The value, with U+FFFD for what is no character; one that is too deep as a text.</summary>
    public static JsonElement Read(RawJson json)
    {
        var utf8 = Whole(json.IsEmpty ? "null"u8 : json.Utf8.Span);
        try
        {
            return Parse(utf8);
        }
        catch (JsonException)
        {
            return Parse(JsonOut.ToUtf8(Encoding.UTF8.GetString(utf8), static (writer, text) => writer.WriteStringValue(text)));
        }
    }

    private static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Deepest });
        return JsonElement.ParseValue(ref reader);
    }

    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        byte[]? repaired = null;
        for (var at = 0; at < json.Length && json[at..].IndexOf((byte)'\\') is >= 0 and var step;)
        {
            at += step;
            var (unit, next) = (Unit(json, at), Unit(json, at + 6));
            var isPair = unit is >= 0xD800 and <= 0xDBFF && next is >= 0xDC00 and <= 0xDFFF;
            if (!isPair && unit is >= 0xD800 and <= 0xDFFF) Replacement.CopyTo((repaired ??= json.ToArray()).AsSpan(at));
            at += isPair ? 12 : unit >= 0 ? 6 : 2;
        }
        return repaired ?? json;
    }

    // The UTF-16 unit that is written \u and four digits at a place; -1 where none is.
    private static int Unit(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && System.Buffers.Text.Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var read, 'x') && read == 4 ? unit : -1;
}
