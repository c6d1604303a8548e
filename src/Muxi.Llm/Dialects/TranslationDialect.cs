namespace Muxi.Llm;

/// <summary>A wire format of translated speech.</summary>
public abstract record TranslationDialect : VariedDialect<TranslationDialect>, IVerb<TranslationRequest, Translation>
{
    /// <summary>The HTTP request for a translation.</summary>
    /// <exception cref="BadRequestException">The service cannot take it, as far as we know.</exception>
    public abstract HttpCall Render(TranslationRequest request, CallContext context);

    /// <summary>The translation in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract Translation Parse(HttpReply reply, TranslationRequest request, CallContext context);

    /// <inheritdoc/>
    public IExchange<Translation> Begin(TranslationRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, request, context));
}
