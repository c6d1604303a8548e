using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>One JSON value kept as the UTF-8 it was written in: a schema, a tool's arguments, a vendor's own object. Read lazily, written back byte for byte.</summary>
public readonly struct RawJson
{
    private readonly byte[]? _utf8;

    private RawJson(byte[] utf8) => _utf8 = utf8;

    /// <summary>Checks that the text is one JSON value and keeps it.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static RawJson Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Checks that the UTF-8 is one JSON value and keeps a copy of it.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static RawJson Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            reader.Skip();
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            throw new JsonException($"This is not one JSON value: {JsonFault.Of(e)}", e);
        }
        return Trusted(utf8);
    }

    /// <summary>Whether a text holds one JSON object: models write other things where their arguments should be one.</summary>
    internal static bool IsObject(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith('{')) return false;
        try
        {
            Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Text that holds one JSON value: <c>Parameters = """{"type":"object"}"""</c>; null is no value.</summary>
    public static implicit operator RawJson(string? json) => json is null ? default : Parse(json);

    /// <summary>An element of a document, kept as its text.</summary>
    public static implicit operator RawJson(JsonElement element) => Trusted(Encoding.UTF8.GetBytes(element.GetRawText()));

    /// <summary>Keeps a copy of bytes that a JSON reader has already accepted.</summary>
    internal static RawJson Trusted(ReadOnlySpan<byte> utf8) => new(utf8.ToArray());

    /// <summary>True when there is no value at all (not even <c>null</c>).</summary>
    public bool IsEmpty => _utf8 is null;

    /// <summary>The value's UTF-8, as it came.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The value as a DOM element; parsed at each call.</summary>
    public JsonElement ToElement()
    {
        var reader = new Utf8JsonReader(_utf8 ?? "null"u8);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>The value's text when it is a string, else null.</summary>
    internal string? AsText()
    {
        var reader = new Utf8JsonReader(_utf8 ?? "null"u8);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.Text() : null;
    }

    /// <summary>The value as a type of the caller's.</summary>
    public T? Deserialize<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(_utf8 ?? "null"u8, type);

    /// <summary>The value's text, as it came.</summary>
    public override string ToString() => _utf8 is null ? "" : Encoding.UTF8.GetString(_utf8);

    internal void WriteTo(Utf8JsonWriter json) => json.WriteRawValue(_utf8 ?? "null"u8, skipInputValidation: true);
}
