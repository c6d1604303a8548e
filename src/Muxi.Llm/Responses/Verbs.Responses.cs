namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ResponseRequest, Response> Response = new("responses", static (provider, model) => (IVerb<ResponseRequest, Response>?)Responses(provider) ?? OverChat(provider, model)) { With = WithExtra, Localize = ResponseIds.Localize, Inline = RemoteMedia.InResponse };

    /// <summary>What is made in the background goes on without us: asked for twice, it would be made twice.</summary>
    public static readonly Verb<ResponseRequest, Response> BackgroundResponse = Response with { Repeats = Repeats.WithoutEffect };

    public static readonly StreamVerb<ResponseRequest, ResponseStreamEvent> ResponseStream =
        new("responses", static (provider, model) => (IStreamVerb<ResponseRequest, ResponseStreamEvent>?)Responses(provider) ?? OverChat(provider, model), static one => one.HasContent, static () => new ResponseAccumulator()) { With = WithExtra, Localize = ResponseIds.Localize, Inline = RemoteMedia.InResponse };

    public static readonly StreamVerb<ResponseRequest, ResponseStreamEvent> BackgroundResponseStream = ResponseStream with { Repeats = Repeats.WithoutEffect };

    public static readonly Verb<ResponseRetrieveRequest, Response> ResponseRetrieve =
        new("looking at responses", static (provider, _) => Responses(provider) as IVerb<ResponseRetrieveRequest, Response>);

    /// <summary>Each event commits: they are told from where the caller stopped, by one service alone.</summary>
    public static readonly StreamVerb<ResponseRetrieveRequest, ResponseStreamEvent> ResponseResume = new(
        "taking up streams of responses", static (provider, _) => Responses(provider) as IStreamVerb<ResponseRetrieveRequest, ResponseStreamEvent>, static _ => true, static () => new ResponseAccumulator());

    public static readonly Verb<ResponseCancelRequest, Response> ResponseCancel = new("stopping responses", static (provider, _) => Responses(provider) as IVerb<ResponseCancelRequest, Response>);

    public static readonly Verb<ResponseDeleteRequest, ResponseDeleted> ResponseDelete = new("deleting responses", static (provider, _) => Responses(provider) as IVerb<ResponseDeleteRequest, ResponseDeleted>);

    public static readonly Verb<ResponseInputItemsRequest, Page<ResponseItem>> ResponseInputItems =
        new("the input of responses", static (provider, _) => Responses(provider) as IVerb<ResponseInputItemsRequest, Page<ResponseItem>>);

    public static readonly Verb<ResponseRequest, ResponseInputTokens> ResponseInputTokens =
        new("counting the input of responses", static (provider, model) => Responses(provider) as IVerb<ResponseRequest, ResponseInputTokens> ?? InputTokensOverChat(provider, model)) { With = WithExtra, Localize = ResponseIds.Localize };

    public static readonly Verb<ResponseRequest, ResponseCompaction> ResponseCompaction =
        new("condensing conversations", static (provider, _) => Responses(provider) as IVerb<ResponseRequest, ResponseCompaction>) { With = WithExtra, Localize = ResponseIds.Localize };

    /// <summary>How a service makes responses; null where it makes none itself.</summary>
    private static ResponsesDialect? Responses(Provider provider) => provider.Responses;

    /// <summary>How a service that makes no responses makes one by its chat, under an id that nobody can guess; null where it has no chat either.</summary>
    private static ResponsesOverChat? OverChat(Provider provider, string model) =>
        provider.Chat is { } chat ? new(chat.ForModel(model), "resp_" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24))) : null;

    /// <summary>How a service that counts chats counts the input of a response; null where it counts nothing.</summary>
    private static InputTokensOverChat? InputTokensOverChat(Provider provider, string model) => Counting(provider, model) is { } count ? new(count) : null;

    private static ResponseRequest WithExtra(ResponseRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
