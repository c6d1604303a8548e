namespace Muxi.Llm;

/// <summary>What the operations are called in facts, listings and files.</summary>
internal static class Operations
{
    public const string Chat = "chat", Responses = "responses", TokenCounting = "token counting", Completions = "completions", Embeddings = "embeddings", Rerank = "rerank", Images = "images", Speech = "speech",
        Transcription = "transcription", Translation = "translation", Files = "files", Moderations = "moderations", Models = "models", Batches = "batches", Ocr = "ocr";

    private static readonly (string Name, Func<Provider, object?> Dialect, Func<Provider, Provider> Without)[] _all =
    [
        (Chat, static provider => provider.Chat, static provider => provider with { Chat = null }),
        (Responses, static provider => provider.Responses, static provider => provider with { Responses = null }),
        (TokenCounting, static provider => provider.TokenCount, static provider => provider with { TokenCount = null }),
        (Completions, static provider => provider.Completions, static provider => provider with { Completions = null }),
        (Embeddings, static provider => provider.Embeddings, static provider => provider with { Embeddings = null }),
        (Rerank, static provider => provider.Rerank, static provider => provider with { Rerank = null }),
        (Moderations, static provider => provider.Moderations, static provider => provider with { Moderations = null }),
        (Ocr, static provider => provider.Ocr, static provider => provider with { Ocr = null }),
        (Images, static provider => provider.Images, static provider => provider with { Images = null }),
        (Speech, static provider => provider.Speech, static provider => provider with { Speech = null }),
        (Transcription, static provider => provider.Transcription, static provider => provider with { Transcription = null }),
        (Translation, static provider => provider.Translation, static provider => provider with { Translation = null }),
        (Files, static provider => provider.Files, static provider => provider with { Files = null, Uploads = null }),
        (Batches, static provider => provider.Batches, static provider => provider with { Batches = null }),
    ];

    /// <summary>The operations whose model can be left out, where a service has one for it.</summary>
    public static IReadOnlyList<string> WithModel { get; } = [Completions, Embeddings, Rerank, Moderations, Ocr, Images, Speech, Transcription, Translation];

    /// <summary>What a service offers.</summary>
    public static IEnumerable<string> Of(Provider provider) => from operation in _all where operation.Dialect(provider) is not null select operation.Name;

    /// <summary>The dialect of an operation; null where the service has none.</summary>
    public static object? DialectOf(Provider provider, string name) => _all.Single(operation => operation.Name == name).Dialect(provider);

    /// <summary>The service with these of its operations alone.</summary>
    public static Provider Only(Provider provider, IReadOnlyList<string> names) =>
        _all.Where(operation => !names.Contains(operation.Name)).Aggregate(provider, static (left, operation) => operation.Without(left));

    /// <summary>A service that speaks OpenAI's formats, as far as nobody says otherwise: what it lacks it answers with an error of its own.</summary>
    public static Provider AllOfOpenAI(Provider provider) => provider with
    {
        Responses = new OpenAIResponses(), Completions = new OpenAICompletions(), Embeddings = new OpenAIEmbeddings(), Rerank = new CohereRerank(), Moderations = new OpenAIModerations(), Images = new OpenAIImages(), Speech = new OpenAIStreamedSpeech(),
        Transcription = new OpenAITranscription(), Translation = new OpenAITranslation(), Files = new OpenAIFiles(), Uploads = new OpenAIUploads(), Batches = new OpenAIBatches(),
    };

    /// <summary>The model that a service answers an operation with where none is named; null where it has no sensible one.</summary>
    public static string? DefaultModelOf(Provider provider, string operation) =>
        operation == Chat ? provider.DefaultModel : provider.DefaultModels.GetValueOrDefault(operation);
}
