namespace Muxi.Llm;

/// <summary>A wire format of transcripts.</summary>
public abstract record TranscriptionDialect : VariedDialect<TranscriptionDialect>, IVerb<TranscriptionRequest, Transcription>, IStreamVerb<TranscriptionRequest, TranscriptionStreamEvent>
{
    /// <inheritdoc/>
    public abstract Framing Framing { get; }

    /// <summary>The HTTP request for a transcript.</summary>
    /// <param name="request">What the caller wants; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <param name="stream">Whether the reply is to come in pieces.</param>
    /// <exception cref="BadRequestException">The service cannot take it, as far as we know.</exception>
    public abstract HttpCall Render(TranscriptionRequest request, CallContext context, bool stream);

    /// <summary>The transcript in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract Transcription Parse(HttpReply reply, TranscriptionRequest request, CallContext context);

    /// <inheritdoc/>
    public abstract IFold<TranscriptionStreamEvent> Fold(TranscriptionRequest request, CallContext context);

    /// <inheritdoc/>
    public IExchange<Transcription> Begin(TranscriptionRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context, stream: false), reply => Parse(reply, request, context));

    HttpCall IStreamVerb<TranscriptionRequest, TranscriptionStreamEvent>.Render(TranscriptionRequest request, CallContext context) => Render(request, context, stream: true);
}
