namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ChatCompletionRequest, ChatCompletion> Chat = new("chat", static (provider, model) => provider.Chat?.ForModel(model)) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    public static readonly StreamVerb<ChatCompletionRequest, ChatCompletionChunk> ChatStream = new(
        "chat", static (provider, model) => provider.Chat?.ForModel(model), static chunk => chunk.HasContent, static () => new ChatAccumulator()) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    public static readonly Verb<ChatCompletionRequest, TokenCount> TokenCount = new("token counting", static (provider, _) => provider.TokenCount) { With = WithExtra, Fill = ChatDefaults.Apply, Localize = FileIds.InChat, Inline = RemoteMedia.InChat };

    private static ChatCompletionRequest WithExtra(ChatCompletionRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
