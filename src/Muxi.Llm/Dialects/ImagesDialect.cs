namespace Muxi.Llm;

/// <summary>
/// A wire format of making pictures: an immutable record of pure functions, as <see cref="ChatDialect"/> is. All of them generate; which edits, variations and streams one
/// has besides shows in its interfaces.
/// </summary>
public abstract record ImagesDialect : VariedDialect<ImagesDialect>, IVerb<ImageGenerationRequest, ImagesResponse>
{
    /// <summary>The HTTP request for a description.</summary>
    /// <param name="request">What the caller wants; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    public abstract HttpCall Render(ImageGenerationRequest request, CallContext context);

    /// <summary>The pictures in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract ImagesResponse Parse(HttpReply reply, CallContext context);

    /// <summary>One call and its reply; a format that needs more steps overrides this.</summary>
    public virtual IExchange<ImagesResponse> Begin(ImageGenerationRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));
}
