using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Tolerant reading: a vendor's null, missing or differently typed scalar is no reason to lose a reply.</summary>
internal static class JsonReading
{
    /// <summary>Steps to the next member of the object and stands on its name; false at the object's end.</summary>
    public static bool NextMember(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Steps to the next value of the array; false at the array's end.</summary>
    public static bool NextItem(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Whether the member's name is this one, also where it is written with needless escapes: two readers of the same bytes must not see different members.</summary>
    public static bool Is(this in Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped ? reader.Text() == Encoding.UTF8.GetString(name) : reader.ValueSpan.SequenceEqual(name);

    /// <summary>As the other, for a name that is known at run time only.</summary>
    public static bool Is(this in Utf8JsonReader reader, string name) => reader.ValueIsEscaped ? reader.Text() == name : reader.ValueTextEquals(name);

    /// <summary>The member's value as text; a number, a boolean or a structure gives its raw text, null gives null.</summary>
    public static string? ReadString(this ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        return reader.TextOf(source);
    }

    /// <summary>The current value as text, as <see cref="ReadString"/> does.</summary>
    public static string? TextOf(this ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.Text();
        if (reader.TokenType == JsonTokenType.Null) return null;
        return Encoding.UTF8.GetString(reader.RawSpan(source));
    }

    /// <summary>The string or name that the reader stands on, also where it holds half a character or bytes that are no UTF-8.</summary>
    public static string Text(this in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return BrokenText.Decode(reader.ValueSpan, reader.ValueIsEscaped);
        }
    }

    /// <summary>The text of a string that was kept as JSON, also where it holds half a character: services cut titles and previews anywhere.</summary>
    public static string Text(this JsonElement text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text.GetRawText()));
        reader.Read();
        return reader.Text();
    }

    /// <summary>The member's value as text, but the very string given when the text is the same: ids and models repeat through a stream.</summary>
    public static string? ReadShared(this ref Utf8JsonReader reader, string? known, ReadOnlySpan<byte> source)
    {
        reader.Read();
        return known is not null && reader.TokenType == JsonTokenType.String && reader.Spells(known) ? known : reader.TextOf(source);
    }

    /// <summary>Whether the string that the reader stands on is this text. As a rule both are plain ASCII, which needs no transcoding.</summary>
    private static bool Spells(this in Utf8JsonReader reader, string text) =>
        !reader.ValueIsEscaped && (Ascii.Equals(reader.ValueSpan, text) || reader.ValueTextEquals(text));

    /// <summary>The member's value as a whole number; a number in a string counts, a fraction is cut, anything else gives null.</summary>
    public static long? ReadLong(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt64(out var whole) ? whole : (long)reader.GetDouble();
        if (reader.TokenType == JsonTokenType.String) return long.TryParse(reader.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits) ? digits : (long?)reader.Quoted();
        reader.Skip();
        return null;
    }

    /// <summary>The member's value as a number, one that is too large as the largest; a number in a string counts, anything else gives null.</summary>
    public static double? ReadDouble(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return Math.Clamp(reader.GetDouble(), double.MinValue, double.MaxValue);
        if (reader.TokenType == JsonTokenType.String) return reader.Quoted();
        reader.Skip();
        return null;
    }

    /// <summary>The number in the string that the reader stands on; null where there is none.</summary>
    private static double? Quoted(this in Utf8JsonReader reader) =>
        double.TryParse(reader.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The member's value as a boolean; anything else gives null.</summary>
    public static bool? ReadBool(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False) return reader.GetBoolean();
        reader.Skip();
        return null;
    }

    /// <summary>The member's value as it stands; an empty one for null.</summary>
    public static RawJson ReadRaw(this ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? default : reader.RawValue(source);
    }

    /// <summary>The bytes of the member's value.</summary>
    public static ReadOnlySpan<byte> ReadSpan(this scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        return reader.RawSpan(source);
    }

    /// <summary>Whether the member that the reader stands on is null; the reader stays where it is.</summary>
    public static bool NextIsNull(this in Utf8JsonReader reader) => reader.NextIs(JsonTokenType.Null);

    /// <summary>Whether the member that the reader stands on has a value of this kind; the reader stays where it is.</summary>
    public static bool NextIs(this in Utf8JsonReader reader, JsonTokenType kind)
    {
        var peek = reader;
        return peek.Read() && peek.TokenType == kind;
    }

    /// <summary>The bytes without a mark of their order in front, as some editors and services write it.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) => utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;

    /// <summary>Steps over the member.</summary>
    public static void SkipMember(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>Steps into the member's object; false (and past the value) when it is none.</summary>
    public static bool EnterObject(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject) return true;
        reader.Skip();
        return false;
    }

    /// <summary>Steps into the member's array; false (and past the value) when it is none.</summary>
    public static bool EnterArray(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray) return true;
        reader.Skip();
        return false;
    }

    /// <summary>The bytes of the member's object; none where it is something else.</summary>
    public static ReadOnlySpan<byte> ReadObject(this scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return isObject ? source[start..(int)reader.BytesConsumed] : default;
    }

    /// <summary>The bytes of the current value, which is stepped over.</summary>
    public static ReadOnlySpan<byte> RawSpan(this scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return source[start..(int)reader.BytesConsumed];
    }

    /// <summary>A copy of the current value, which is stepped over.</summary>
    public static RawJson RawValue(this ref Utf8JsonReader reader, ReadOnlySpan<byte> source) => RawJson.Trusted(reader.RawSpan(source));
}
