using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>
/// Reads a dialect's quirks, by their names in snake_case, over a dialect that has them already:
/// <code>
///   chat:
///     max_tokens_field: max_completion_tokens
///     drops: [logit_bias]
///     variants:
///       "r1-*": {reasoning_echo: reasoning_content}
/// </code>
/// What stands outside of variants holds for every model, those included that the service has variants for. A variant begins with what holds for a model of its name
/// without the stars, and the first match wins.
/// </summary>
internal static class QuirkReader
{
    private const string Variants = "variants";
    private const string Format = "format";

    /// <summary>The dialect with the quirks of a map.</summary>
    /// <param name="chat">The map.</param>
    /// <param name="basis">What is changed.</param>
    public static ChatDialect Read(Field chat, ChatDialect basis)
    {
        var entries = chat.AllEntries().ToList();
        var format = ChatFormats.Of(basis) ?? throw chat.Error("the wire format of this service has no settings in a file");
        var dialect = ReadOne(chat, entries, basis);
        dialect = dialect with { Variants = [.. basis.Variants.Select(variant => format.IsOf(variant.Dialect) ? new(variant.Glob, ReadOne(chat, entries, variant.Dialect)) : variant)] };
        if (entries.Find(static entry => entry.Name == Variants).Value is not { Node: not null } variants) return dialect;
        var read = variants.Entries().Select(variant => new Variant<ChatDialect>(variant.Name, ReadVariant(variant.Value, dialect.ForModel(variant.Name.Replace("*", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal)))));
        // The file's go before those that a service comes with.
        return dialect with { Variants = [.. read, .. dialect.Variants] };
    }

    /// <summary>The format that a map names; null where it names none.</summary>
    public static ChatFormat? FormatOf(Field? name) => name is not { } named ? null
        : ChatFormats.All.First(format => format.Name == named.OneOf([.. ChatFormats.All.Select(format => format.Name)]));

    private static ChatDialect ReadVariant(Field variant, ChatDialect dialect)
    {
        var entries = variant.AllEntries().ToList();
        var format = entries.Find(static entry => entry.Name == Format).Value is { Node: not null } named ? FormatOf(named) : null;
        return ReadOne(variant, entries, format?.Plain ?? dialect) with { Variants = [] };
    }

    private static ChatDialect ReadOne(Field map, List<(string Name, Field Value)> entries, ChatDialect basis)
    {
        var format = ChatFormats.Of(basis) ?? throw map.Error("the wire format of this service has no settings in a file");
        var quirks = entries.Where(entry => entry.Name is not (Variants or Format)).ToList();
        if (quirks.Count == 0) return basis;
        foreach (var (name, value) in quirks)
            if (!format.Quirks.ContainsKey(name)) throw value.Error($"there is no such key{Hint(name, format)}");
        try
        {
            return format.FromJson(Merged(format, basis, quirks)) with { Variants = basis.Variants };
        }
        catch (JsonException)
        {
            throw Culprit(format, quirks);
        }
    }

    /// <summary>A member that is absent would lose its default, so every one is written.</summary>
    private static byte[] Merged(ChatFormat format, ChatDialect basis, List<(string Name, Field Value)> quirks) => JsonOut.ToUtf8((format.ToJson(basis), quirks, format), static (json, it) =>
    {
        var (basis, quirks, format) = it;
        json.WriteStartObject();
        foreach (var member in basis.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            if (quirks.Find(quirk => quirk.Name == member.Name) is { Name: not null } own) Write(json, own.Value, format.Quirks[member.Name].PropertyType);
            else member.Value.WriteTo(json);
        }
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Field value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsEnum) YamlJson.Write(json, value);
        else json.WriteStringValue(Enum.GetNames(type)[Array.IndexOf(Words(type), value.OneOf(Words(type)))]);
    }

    /// <summary>The value that is not of its quirk's type: each is tried alone.</summary>
    private static ConfigurationException Culprit(ChatFormat format, List<(string Name, Field Value)> quirks)
    {
        foreach (var quirk in quirks)
            try
            {
                format.FromJson(Merged(format, format.Plain, [quirk]));
            }
            catch (JsonException)
            {
                return quirk.Value.Wrong(Kind(format.Quirks[quirk.Name]));
            }
        return quirks[0].Value.Error("these do not go together");
    }

    private static string Kind(JsonPropertyInfo quirk)
    {
        var type = Nullable.GetUnderlyingType(quirk.PropertyType) ?? quirk.PropertyType;
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "text (in quotes where it looks like something else)";
        if (type == typeof(int) || type == typeof(long)) return "a whole number";
        if (type == typeof(double) || type == typeof(decimal)) return "a number";
        return type.Name.Contains("Dictionary", StringComparison.Ordinal) ? "a map of such values" : "a list of such values";
    }

    private static string Hint(string name, ChatFormat format)
    {
        var hint = Nearness.Hint(name, format.Quirks.Keys);
        return hint.Length > 0 ? hint : $" (there are {string.Join(", ", format.Quirks.Keys.Order(StringComparer.Ordinal))} and {Variants})";
    }

    private static string[] Words(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
