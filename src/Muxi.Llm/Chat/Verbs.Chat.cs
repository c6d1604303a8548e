namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ChatCompletionRequest, ChatCompletion> Chat = new("chat", static (provider, model) => provider.Chat?.ForModel(model)) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    public static readonly StreamVerb<ChatCompletionRequest, ChatCompletionChunk> ChatStream = new(
        "chat", static (provider, model) => provider.Chat?.ForModel(model), static chunk => chunk.HasContent, static () => new ChatAccumulator()) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    public static readonly Verb<ChatCompletionRequest, TokenCount> TokenCount = new("token counting", Counting) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    /// <summary>How a service counts a model's tokens; null where it does not.</summary>
    private static TokenCountDialect? Counting(Provider provider, string model) => provider.TokenCount is { } count && count.Counts(provider.Chat?.ForModel(model)) ? count : null;

    private static ChatCompletionRequest WithExtra(ChatCompletionRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
