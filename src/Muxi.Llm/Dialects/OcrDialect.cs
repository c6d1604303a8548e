namespace Muxi.Llm;

/// <summary>A wire format of reading documents.</summary>
public abstract record OcrDialect : Dialect, IVerb<OcrRequest, OcrResponse>
{
    /// <summary>The HTTP request that asks for a document to be read.</summary>
    public abstract HttpCall Render(OcrRequest request, CallContext context);

    /// <summary>The reply in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract OcrResponse Parse(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public virtual IExchange<OcrResponse> Begin(OcrRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));
}
