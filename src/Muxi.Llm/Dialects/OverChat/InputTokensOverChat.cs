namespace Muxi.Llm;

/// <summary>The count of a response's input at a service that counts chats: the request is counted as the chat that means the same.</summary>
/// <param name="count">The service's count of a chat.</param>
internal sealed class InputTokensOverChat(TokenCountDialect count) : IVerb<ResponseRequest, ResponseInputTokens>
{
    public IExchange<ResponseInputTokens> Begin(ResponseRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    private HttpCall Render(ResponseRequest request, CallContext context)
    {
        var asked = new OverChatRequest(request, context);
        var call = count.Render(asked.ToChat(), context);
        return ResponsesOverChat.With(call, asked.Warnings);
    }

    private ResponseInputTokens Parse(HttpReply reply, CallContext context)
    {
        var counted = count.Parse(reply, context);
        return new(counted.InputTokens) { Extra = counted.Extra };
    }
}
