using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Muxi.Llm;

/// <summary>A wire format of which a service may speak another form, or another format altogether, for some of its models.</summary>
/// <typeparam name="TSelf">The kind of dialect: that of the operation.</typeparam>
public abstract record VariedDialect<TSelf> : Dialect where TSelf : VariedDialect<TSelf>
{
    /// <summary>What differs for models whose name matches a glob (<c>*</c>, <c>?</c>; case is ignored). The first match wins.</summary>
    public ImmutableArray<Variant<TSelf>> Variants { get; init; } = [];

    /// <summary>The dialect for one model, variants applied.</summary>
    public TSelf ForModel(string model)
    {
        var name = NameForVariants(model);
        foreach (var variant in Variants)
            if (FileSystemName.MatchesSimpleExpression(variant.Glob, name)) return variant.Dialect;
        return (TSelf)this;
    }

    /// <summary>A model's name as the globs are meant, where a service knows it by more than one.</summary>
    internal virtual string NameForVariants(string model) => model;
}

/// <summary>What differs for some models.</summary>
/// <typeparam name="T">The kind of dialect.</typeparam>
/// <param name="Glob">The models' names.</param>
/// <param name="Dialect">How they are spoken to.</param>
public sealed record Variant<T>(string Glob, T Dialect) where T : Dialect;

/// <summary>Giving a dialect its variants. A function runs once, now; variants have none of their own.</summary>
public static class DialectVariants
{
    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, ChatDialect> change) where T : ChatDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, ChatDialect other) where T : ChatDialect =>
        (T)((ChatDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, EmbeddingsDialect> change) where T : EmbeddingsDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, EmbeddingsDialect other) where T : EmbeddingsDialect =>
        (T)((EmbeddingsDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, ImagesDialect> change) where T : ImagesDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, ImagesDialect other) where T : ImagesDialect =>
        (T)((ImagesDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, SpeechDialect> change) where T : SpeechDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, SpeechDialect other) where T : SpeechDialect =>
        (T)((SpeechDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, RerankDialect> change) where T : RerankDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, RerankDialect other) where T : RerankDialect =>
        (T)((RerankDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, TranscriptionDialect> change) where T : TranscriptionDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, TranscriptionDialect other) where T : TranscriptionDialect =>
        (T)((TranscriptionDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });

    /// <summary>For models that match, the dialect with something changed.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, TranslationDialect> change) where T : TranslationDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, TranslationDialect other) where T : TranslationDialect =>
        (T)((TranslationDialect)dialect with { Variants = dialect.Variants.Add(new(glob, other with { Variants = [] })) });
}
