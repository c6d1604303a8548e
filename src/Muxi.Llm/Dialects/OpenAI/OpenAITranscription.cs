using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// OpenAI's transcriptions. Reading is tolerant of all that is known of other services: JSON where text was asked for and the reverse, an answer that comes whole although a
/// stream was asked for, vLLM's stream in the shape of chat chunks, a duration in quotes.
/// </summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /audio/transcriptions</c>.</remarks>
public sealed record OpenAITranscription : TranscriptionDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "audio/transcriptions";

    /// <summary>The whole address at the vendor, where this is not below its base URL; a base URL of one's own is asked below. Null where there is none.</summary>
    public string? VendorUrl { get; init; }

    /// <summary>Whether a model goes by the last part of its name, after the last slash.</summary>
    public bool ShortModel { get; init; }

    /// <summary>The largest file that the service takes, in bytes; 0 where that is not known.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>The highest temperature; 0 where that is not known.</summary>
    public double MaxTemperature { get; init; } = 1;

    /// <summary>
    /// The forms that the service gives; empty for all. <c>text</c> is taken out of <c>json</c>, subtitles are made of the segments of <c>verbose_json</c>; any other form that is
    /// not here falls back to <c>json</c>, with a warning.
    /// </summary>
    public ImmutableArray<string> Formats { get; init; } = [];

    /// <summary>Fields that the service does not take: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Fields that the service knows by another name, e.g. <c>keywords</c> as <c>context_bias</c>.</summary>
    public ImmutableDictionary<string, string> Renames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether the fields of a list have brackets behind their name (<c>include[]</c>).</summary>
    public bool ListBrackets { get; init; } = true;

    /// <summary>Whether segments, and so subtitles, come with <c>json</c> where <c>timestamp_granularities</c> asks for them: the service knows no <c>verbose_json</c>.</summary>
    public bool SegmentsByGranularity { get; init; }

    /// <summary>Whether the service streams; where not, a stream is the whole answer as one piece.</summary>
    public bool Streams { get; init; } = true;

    /// <summary>The field that asks for the usage at a stream's end, which it otherwise lacks; null where it has one.</summary>
    public string? StreamUsageField { get; init; }

    /// <summary>Whether the file goes as base64 in a JSON body (<c>input_audio</c>), not as a form.</summary>
    public bool JsonBody { get; init; }

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(TranscriptionRequest request, CallContext context, bool stream) => new TranscriptionForm(this, context).Render(request, stream);

    /// <inheritdoc/>
    public override Transcription Parse(HttpReply reply, TranscriptionRequest request, CallContext context) => TranscriptReader.Parse(reply, request.ResponseFormat, context);

    /// <inheritdoc/>
    public override IFold<TranscriptionStreamEvent> Fold(TranscriptionRequest request, CallContext context) => new TranscriptionStreamFold(request.ResponseFormat, context);
}
