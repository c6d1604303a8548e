using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>OpenAI's translations, which differ from its transcriptions in the path and in what may be asked.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /audio/translations</c>.</remarks>
public sealed record OpenAITranslation : TranslationDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "audio/translations";

    /// <summary>The whole address at the vendor, as with <see cref="OpenAITranscription.VendorUrl"/>.</summary>
    public string? VendorUrl { get; init; }

    /// <summary>Whether a model goes by the last part of its name, after the last slash.</summary>
    public bool ShortModel { get; init; }

    /// <summary>The largest file that the service takes, in bytes; 0 where that is not known.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>The highest temperature; 0 where that is not known.</summary>
    public double MaxTemperature { get; init; } = 1;

    /// <summary>The forms that the service gives, as with <see cref="OpenAITranscription.Formats"/>.</summary>
    public ImmutableArray<string> Formats { get; init; } = [];

    /// <inheritdoc/>
    public override HttpCall Render(TranslationRequest request, CallContext context) =>
        new TranscriptionForm(new OpenAITranscription { Path = Path, VendorUrl = VendorUrl, ShortModel = ShortModel, MaxFileBytes = MaxFileBytes, MaxTemperature = MaxTemperature, Formats = Formats }, context).Render(
            new TranscriptionRequest
            {
                Model = request.Model, File = request.File, Prompt = request.Prompt, ResponseFormat = request.ResponseFormat, Temperature = request.Temperature, Extra = request.Extra,
            }, stream: false);

    /// <inheritdoc/>
    public override Translation Parse(HttpReply reply, TranslationRequest request, CallContext context) => Translation.Of(TranscriptReader.Parse(reply, request.ResponseFormat, context));
}
