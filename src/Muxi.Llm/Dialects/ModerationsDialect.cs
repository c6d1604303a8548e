namespace Muxi.Llm;

/// <summary>A wire format of moderation.</summary>
public abstract record ModerationsDialect : Dialect, IVerb<ModerationRequest, ModerationResponse>
{
    /// <summary>The HTTP request for a moderation.</summary>
    public abstract HttpCall Render(ModerationRequest request, CallContext context);

    /// <summary>The reply in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract ModerationResponse Parse(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public virtual IExchange<ModerationResponse> Begin(ModerationRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));
}
