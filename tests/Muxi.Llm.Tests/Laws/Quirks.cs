using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm.Tests;

/// <summary>The dialects as data: their types, their quirks, and their JSON.</summary>
internal static class Quirks
{
    private static readonly Assembly _library = typeof(LlmClient).Assembly;

    private static readonly JsonSerializerOptions _json = new()
    {
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameDerivedTypes } },
    };

    /// <summary>The kinds of dialect: the abstract records that a provider has a property of.</summary>
    public static IReadOnlyList<Type> Roots { get; } =
        [.. typeof(Provider).GetProperties().Select(property => property.PropertyType).Where(type => type.IsAbstract && typeof(Dialect).IsAssignableFrom(type)).Distinct()];

    /// <summary>The dialects of the library.</summary>
    public static IReadOnlyList<Type> Dialects { get; } =
        [.. _library.GetTypes().Where(type => !type.IsAbstract && Roots.Any(root => root.IsAssignableFrom(type)))];

    /// <summary>What a provider speaks.</summary>
    public static IEnumerable<(Type Root, object Dialect)> Of(Provider provider) =>
        from property in typeof(Provider).GetProperties()
        where Roots.Contains(property.PropertyType) && property.GetValue(provider) is not null
        select (property.PropertyType, property.GetValue(provider)!);

    public static bool IsVerb(Type type) => type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() is var open && (open == typeof(IVerb<,>) || open == typeof(IStreamVerb<,>) || open == typeof(IContentVerb<>)));

    /// <summary>The properties that make a dialect what it is.</summary>
    public static IEnumerable<PropertyInfo> In(Type dialect) => dialect.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    /// <summary>Whether a type is data: a bool, number, text or enum, a list or map of them, or the variants of a dialect.</summary>
    public static bool IsPlain(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum || type == typeof(bool) || type == typeof(string) || type == typeof(decimal) || (type.IsPrimitive && type != typeof(nint) && type != typeof(nuint))) return true;
        if (!type.IsGenericType) return false;
        var (open, of) = (type.GetGenericTypeDefinition(), type.GenericTypeArguments);
        return (open == typeof(ImmutableArray<>) && (IsPlain(of[0]) || (of[0].IsGenericType && of[0].GetGenericTypeDefinition() == typeof(Variant<>))))
            || (open == typeof(ImmutableDictionary<,>) && of[0] == typeof(string) && IsPlain(of[1]));
    }

    public static string ToJson(object dialect, Type root) => JsonSerializer.Serialize(dialect, root, _json);

    public static object FromJson(string json, Type root) => JsonSerializer.Deserialize(json, root, _json)!;

    /// <summary>A dialect with every quirk set to something that is not its default.</summary>
    public static object Filled(Type dialect)
    {
        var filled = Activator.CreateInstance(dialect)!;
        foreach (var property in In(dialect)) property.SetValue(filled, Other(property.PropertyType, property.GetValue(filled)));
        return filled;
    }

    private static object Other(Type type, object? current)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return current is not true;
        if (type == typeof(string)) return current + "-other";
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().First(value => !value.Equals(current));
        if (type == typeof(ImmutableArray<Variant<ChatDialect>>)) return ImmutableArray.Create(new Variant<ChatDialect>("m-*", new OpenAIChat { Drops = ["n"] }));
        if (type == typeof(ImmutableArray<Variant<EmbeddingsDialect>>)) return ImmutableArray.Create(new Variant<EmbeddingsDialect>("m-*", new OpenAIEmbeddings { MaxInputs = 3 }));
        if (type == typeof(ImmutableArray<Variant<ImagesDialect>>)) return ImmutableArray.Create(new Variant<ImagesDialect>("m-*", new OpenAIImages { Path = "pictures" }));
        if (type == typeof(ImmutableArray<Variant<RerankDialect>>)) return ImmutableArray.Create(new Variant<RerankDialect>("m-*", new CohereRerank { Path = "ranking" }));
        if (type == typeof(ImmutableArray<Variant<TranscriptionDialect>>)) return ImmutableArray.Create(new Variant<TranscriptionDialect>("m-*", new OpenAITranscription { Path = "heard" }));
        if (type == typeof(ImmutableArray<Variant<TranslationDialect>>)) return ImmutableArray.Create(new Variant<TranslationDialect>("m-*", new OpenAITranslation { Path = "heard" }));
        if (type == typeof(ImmutableArray<Variant<SpeechDialect>>)) return ImmutableArray.Create(new Variant<SpeechDialect>("m-*", new OpenAISpeech { Path = "voice" }));
        if (!type.IsGenericType) return Convert.ChangeType(Convert.ToInt32(current, null) + 7, type, null);
        var of = type.GenericTypeArguments;
        return type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? type.GetMethod("Add")!.Invoke(typeof(ImmutableArray<>).MakeGenericType(of).GetField("Empty")!.GetValue(null), [Other(of[0], null)])!
            : type.GetMethod("Add")!.Invoke(type.GetField("Empty")!.GetValue(null), ["key", Other(of[1], null)])!;
    }

    private static void NameDerivedTypes(JsonTypeInfo info)
    {
        if (!Roots.Contains(info.Type)) return;
        info.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = "dialect" };
        foreach (var type in Dialects.Where(info.Type.IsAssignableFrom)) info.PolymorphismOptions.DerivedTypes.Add(new(type, type.Name));
    }
}
