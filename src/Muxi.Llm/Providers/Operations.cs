namespace Muxi.Llm;

/// <summary>What the operations are called in facts and listings.</summary>
internal static class Operations
{
    public const string Chat = "chat", TokenCounting = "token counting", Completions = "completions", Embeddings = "embeddings", Images = "images", Speech = "speech",
        Transcription = "transcription", Translation = "translation", Files = "files", Moderations = "moderations", Models = "models";

    private static readonly (string Name, Func<Provider, object?> Dialect)[] _all =
    [
        (Chat, static provider => provider.Chat), (TokenCounting, static provider => provider.TokenCount), (Completions, static provider => provider.Completions),
        (Embeddings, static provider => provider.Embeddings), (Moderations, static provider => provider.Moderations),
        (Speech, static provider => provider.Speech), (Transcription, static provider => provider.Transcription), (Translation, static provider => provider.Translation),
        (Images, static provider => provider.Images),
        (Files, static provider => provider.Files),
    ];

    /// <summary>What a service offers.</summary>
    public static IEnumerable<string> Of(Provider provider) => from operation in _all where operation.Dialect(provider) is not null select operation.Name;

    /// <summary>The model that a service answers an operation with where none is named; null where it has no sensible one.</summary>
    public static string? DefaultModelOf(Provider provider, string operation) =>
        operation == Chat ? provider.DefaultModel : provider.DefaultModels.GetValueOrDefault(operation);
}
