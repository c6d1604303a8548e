using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Hugging Face's text to speech: the reply is the sound, in the form that the model makes. Further members go into <c>parameters</c> (<c>generation_parameters</c>), as a model's own voices do.
/// </summary>
/// <remarks>Source: the specification of text-to-speech in huggingface.js (packages/tasks), as of 2026-11.</remarks>
public sealed record HuggingFaceSpeech : SpeechDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's name.</summary>
    public string Path { get; init; } = "../hf-inference/models/{model}";

    /// <summary>Who runs the models, as a name may say behind a colon; empty where names have no such ending.</summary>
    public string Runner { get; init; } = "hf-inference";

    /// <inheritdoc/>
    public override HttpCall Render(SpeechRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        ReadOnlySpan<(string, bool)> others = [("voice", request.Voice is not null), ("instructions", request.Instructions is { Length: > 0 }), ("speed", request.Speed is not (null or 1))];
        foreach (var (name, isAsked) in others)
            if (isAsked && !request.Extra.TryGet(name, out _)) warnings.Add(name, "left out: the task has nothing like it; what a model has of its own goes as a further member");
        if (request.ResponseFormat is { } format) warnings.Add("response_format", $"'{format}' was left out: the sound comes in the form that the model makes");
        var body = JsonOut.ToUtf8(request, static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("inputs"u8, it.Input);
            if (!it.Extra.IsEmpty)
            {
                json.WriteStartObject("parameters"u8);
                it.Extra.WriteMembers(json);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
        return new(HttpMethod.Post, TaskPath.Of(Path, Runner, context)) { Body = body, Warnings = warnings.Given };
    }

    /// <summary>Sound, or bytes that are not announced; JSON, text and pages are errors.</summary>
    public override bool Accepts(SpeechRequest request, ReplyHeaders headers) =>
        headers["Content-Type"] is not { } type || type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/ogg", StringComparison.OrdinalIgnoreCase);
}
