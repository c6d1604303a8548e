namespace Muxi.Llm;

/// <summary>A wire format of completions, the form before chat.</summary>
public abstract record CompletionsDialect : Dialect, IVerb<CompletionRequest, Completion>, IStreamVerb<CompletionRequest, CompletionChunk>
{
    /// <inheritdoc/>
    public abstract Framing Framing { get; }

    /// <summary>The HTTP request for a completion request.</summary>
    /// <param name="request">What the caller wants; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <param name="stream">Whether the reply is to come in pieces.</param>
    public abstract HttpCall Render(CompletionRequest request, CallContext context, bool stream);

    /// <summary>The reply in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract Completion Parse(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public abstract IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context);

    HttpCall IStreamVerb<CompletionRequest, CompletionChunk>.Render(CompletionRequest request, CallContext context) => Render(request, context, stream: true);

    /// <inheritdoc/>
    public virtual IExchange<Completion> Begin(CompletionRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context, stream: false), reply => Parse(reply, context));
}
