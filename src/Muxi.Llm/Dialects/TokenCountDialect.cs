namespace Muxi.Llm;

/// <summary>A wire format in which a provider counts a chat request's tokens: an immutable record of pure functions, as <see cref="ChatDialect"/> is.</summary>
public abstract record TokenCountDialect : Dialect, IVerb<ChatCompletionRequest, TokenCount>
{
    /// <summary>The HTTP request that asks for the count.</summary>
    /// <param name="request">What would be asked; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    public abstract HttpCall Render(ChatCompletionRequest request, CallContext context);

    /// <summary>The count in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract TokenCount Parse(HttpReply reply, CallContext context);

    /// <summary>One call and its reply.</summary>
    public IExchange<TokenCount> Begin(ChatCompletionRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));
}
