using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>YAML as the JSON that it stands for, after YAML 1.2's core schema: <c>no</c> is text, <c>0o17</c> and <c>0x1f</c> are numbers, quotes make text.</summary>
internal static class YamlJson
{
    private static readonly SearchValues<char> _ofNumbers = SearchValues.Create("0123456789.eE+-");

    /// <summary>The members of a map as those of a JSON object.</summary>
    public static Extra Members(Field map) => Extra.Trusted(JsonOut.ToUtf8(map, static (json, map) => Write(json, map)));

    /// <summary>A value as JSON.</summary>
    public static RawJson Value(Field field) => RawJson.Trusted(JsonOut.ToUtf8(field, static (json, field) => Write(json, field)));

    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter json, Field field)
    {
        if (field.Node.Members is { } members)
        {
            json.WriteStartObject();
            foreach (var member in members)
            {
                json.WritePropertyName(member.Name);
                Write(json, field with { Path = YamlFile.Below(field.Path, member.Name), Node = member.Value });
            }
            json.WriteEndObject();
        }
        else if (field.Node.Items is not null)
        {
            json.WriteStartArray();
            foreach (var item in field.Items()) Write(json, item);
            json.WriteEndArray();
        }
        else WriteScalar(json, field);
    }

    private static void WriteScalar(Utf8JsonWriter json, Field field)
    {
        var text = field.Node.Text!;
        if (field.Node.IsNull) json.WriteNullValue();
        else if (field.Node.AsFlag is { } flag) json.WriteBooleanValue(flag);
        else if (field.Node.IsQuoted) json.WriteStringValue(text);
        else if (Whole(text) is { } whole) json.WriteNumberValue(whole);
        else if (Fraction(text) is { } number) json.WriteNumberValue(double.IsFinite(number) ? number : throw field.Error($"'{text}' is no number that JSON knows"));
        else json.WriteStringValue(text);
    }

    private static long? Whole(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out whole)) return whole;
        if (!text.StartsWith("0o", StringComparison.Ordinal) || text.Length is 2 or > 20 || text.AsSpan(2).ContainsAnyExceptInRange('0', '7')) return null;
        return text.Skip(2).Aggregate(0L, static (value, digit) => value * 8 + (digit - '0'));
    }

    /// <summary>YAML's form of a float: digits, a point, an exponent. A word that .NET would take, as <c>Infinity</c>, is text.</summary>
    private static double? Fraction(string text)
    {
        if (text.TrimStart('-', '+') is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN") return double.NaN;
        if (text.AsSpan().ContainsAnyExcept(_ofNumbers) || !text.AsSpan().ContainsAnyInRange('0', '9')) return null;
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
