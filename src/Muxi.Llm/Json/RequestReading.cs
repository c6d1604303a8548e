using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Strict reading of a request's members: a wrong type is the caller's mistake, and the exception's path names the member. Null is a member that is not there.</summary>
internal static class RequestReading
{
    /// <summary>Steps into the request's object.</summary>
    /// <param name="source">The bytes, without a mark of their order.</param>
    /// <param name="request">What it is, e.g. <c>A chat request</c>.</param>
    /// <exception cref="JsonException">It is no object.</exception>
    public static Utf8JsonReader Begin(ReadOnlySpan<byte> source, string request)
    {
        var reader = new Utf8JsonReader(source);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? reader : throw new JsonException($"{request} must be a JSON object.");
    }

    public static string? Text(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.Text(),
            JsonTokenType.Null => null,
            _ => throw Wrong(name, "text"),
        };
    }

    public static bool? Flag(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            _ => throw Wrong(name, "true or false"),
        };
    }

    public static double? Number(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number when double.IsFinite(reader.GetDouble()) => reader.GetDouble(),
            JsonTokenType.Null => null,
            _ => throw Wrong(name, "a number"),
        };
    }

    public static int? Whole(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var whole) ? whole : throw Wrong(name, "a whole number");
    }

    public static long? Long(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var whole) ? whole : throw Wrong(name, "a whole number of 64 bits");
    }

    /// <summary>A text, or a list of them.</summary>
    public static List<string>? Texts(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String) return [reader.Text()];
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong(name, "text or a list of texts");
        var texts = new List<string>();
        while (reader.NextItem()) texts.Add(reader.TokenType == JsonTokenType.String ? reader.Text() : throw Wrong(name, "text or a list of texts"));
        return texts;
    }

    /// <summary>Token ids and their biases.</summary>
    public static Dictionary<string, double>? Biases(ref Utf8JsonReader reader, string name)
    {
        if (!Enter(ref reader, name)) return null;
        var biases = new Dictionary<string, double>();
        while (reader.NextMember())
        {
            var token = reader.Text();
            biases[token] = reader.ReadDouble() ?? throw Wrong(name, "a map of token ids to numbers");
        }
        return biases;
    }

    /// <summary>What a stream brings besides the answer.</summary>
    public static StreamOptions? StreamOptions(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "stream_options")) return null;
        bool? usage = null, obfuscation = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("include_usage"u8)) usage = Flag(ref reader, "include_usage");
            else if (reader.Is("include_obfuscation"u8)) obfuscation = Flag(ref reader, "include_obfuscation");
            else extra.Take(ref reader, source);
        }
        return new() { IncludeUsage = usage, IncludeObfuscation = obfuscation, Extra = extra.ToExtra() };
    }

    /// <summary>Up to 16 labels: names and texts. A number or the like counts as its text.</summary>
    public static Dictionary<string, string>? Labels(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "metadata")) return null;
        var labels = new Dictionary<string, string>();
        while (reader.NextMember())
        {
            var key = reader.Text();
            labels[key] = reader.ReadString(source) ?? "";
        }
        return labels;
    }

    /// <summary>Steps into the member's object; false when it is null.</summary>
    public static bool Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.EnterObject()) return true;
        return reader.TokenType == JsonTokenType.Null ? false : throw Wrong(name, "an object");
    }

    /// <summary>The exception for a member of another type.</summary>
    public static JsonException Wrong(string name, string what) => new($"'{name}' must be {what}.", name, null, null);

    /// <summary>The exception for a member that must be there.</summary>
    /// <param name="request">What it is missing in, e.g. <c>A chat request</c>.</param>
    /// <param name="name">The member.</param>
    public static JsonException Missing(string request, string name) => new($"{request} needs '{name}'.", name, null, null);
}
