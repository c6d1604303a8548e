namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<TranscriptionRequest, Transcription> Transcription = new("transcription", static (provider, model) => provider.Transcription?.ForModel(model))
    {
        With = WithExtra, Files = static request => [request.File],
    };

    public static readonly StreamVerb<TranscriptionRequest, TranscriptionStreamEvent> TranscriptionStream = new(
        "transcription", static (provider, model) => provider.Transcription?.ForModel(model), static one => one.HasContent, static () => new TranscriptionAccumulator())
    {
        With = WithExtra, Files = static request => [request.File],
    };

    public static readonly Verb<TranslationRequest, Translation> Translation = new("translation", static (provider, model) => provider.Translation?.ForModel(model))
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) }, Files = static request => [request.File],
    };

    public static readonly StreamVerb<SpeechRequest, SpeechStreamEvent> SpeechStream = new(
        "speech as events", static (provider, model) => provider.Speech?.ForModel(model) as IStreamVerb<SpeechRequest, SpeechStreamEvent>, static one => one.HasContent, static () => new SpeechAccumulator()) { With = WithExtra };

    /// <summary>Speech in the form that a request asks for.</summary>
    public static ContentVerb<SpeechRequest, Speech> Speech(SpeechFormat? format) => new("speech", static (provider, model) => provider.Speech?.ForModel(model), body => new(body, format)) { With = WithExtra };

    private static TranscriptionRequest WithExtra(TranscriptionRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };

    private static SpeechRequest WithExtra(SpeechRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
