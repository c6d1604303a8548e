namespace Muxi.Llm;

/// <summary>What the router knows of every verb.</summary>
/// <param name="Name">As errors call it.</param>
internal abstract record Verb<TRequest>(string Name)
{
    /// <summary>When a call may be sent again.</summary>
    public Repeats Repeats { get; init; } = Repeats.Freely;

    /// <summary>The request with further members of the body.</summary>
    public required Func<TRequest, Extra, TRequest> With { get; init; }

    /// <summary>The request with what it leaves out and the settings have.</summary>
    public required Func<TRequest, RequestDefaults, TRequest> Fill { get; init; }

    /// <summary>The request as it is asked at one of its stops.</summary>
    public TRequest At(Stop stop, TRequest request)
    {
        for (var i = 0; i < stop.Defaults.Count; i++) request = Fill(request, stop.Defaults[i]);
        return stop.Options is { ExtraBody: { IsEmpty: false } extra } ? With(request, extra) : request;
    }
}

/// <summary>What the router knows of a verb that is answered once.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="On">How to find it on a service; null where the service has none.</param>
internal sealed record Verb<TRequest, TReply>(string Name, Func<Provider, string, IVerb<TRequest, TReply>?> On) : Verb<TRequest>(Name);

/// <summary>What the router knows of a verb that is answered in pieces.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="On">How to find it on a service; null where the service has none.</param>
/// <param name="HasContent">Whether a chunk commits the attempt.</param>
/// <param name="Accumulate">Begins to put chunks together, for an exception that tells what was received.</param>
internal sealed record StreamVerb<TRequest, TChunk>(
    string Name, Func<Provider, string, IStreamVerb<TRequest, TChunk>?> On, Func<TChunk, bool> HasContent, Func<IAccumulator<TChunk>> Accumulate) : Verb<TRequest>(Name);

/// <summary>Puts the chunks of a stream together.</summary>
internal interface IAccumulator<in TChunk>
{
    void Add(TChunk chunk);

    /// <summary>The reply so far; null when nothing came.</summary>
    ChatCompletion? ToCompletion();
}

/// <summary>All verbs.</summary>
internal static class Verbs
{
    public static readonly Verb<ChatCompletionRequest, ChatCompletion> Chat = new("chat", static (provider, model) => provider.Chat?.ForModel(model)) { With = WithExtra, Fill = ChatDefaults.Apply };

    public static readonly StreamVerb<ChatCompletionRequest, ChatCompletionChunk> ChatStream = new(
        "chat", static (provider, model) => provider.Chat?.ForModel(model), static chunk => chunk.HasContent, static () => new ChatAccumulator()) { With = WithExtra, Fill = ChatDefaults.Apply };

    public static readonly Verb<ChatCompletionRequest, TokenCount> TokenCount = new("token counting", static (provider, _) => provider.TokenCount) { With = WithExtra, Fill = ChatDefaults.Apply };

    private static ChatCompletionRequest WithExtra(ChatCompletionRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
