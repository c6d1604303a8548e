namespace Muxi.Llm;

/// <summary>A wire format of speech. One that also gives it as events is an <see cref="IStreamVerb{TRequest, TChunk}"/> besides.</summary>
public abstract record SpeechDialect : VariedDialect<SpeechDialect>, IContentVerb<SpeechRequest>
{
    /// <inheritdoc/>
    public abstract HttpCall Render(SpeechRequest request, CallContext context);

    /// <inheritdoc/>
    public abstract bool Accepts(SpeechRequest request, ReplyHeaders headers);

    /// <summary>How the sound is got out of a reply that holds it in something else; null where the body is the sound.</summary>
    public virtual Unpacking? Unpack(SpeechRequest request, CallContext context) => null;

    /// <summary>The voice that is meant where a request names none; null where the service has no usual one.</summary>
    public string? DefaultVoice { get; init; }
}
