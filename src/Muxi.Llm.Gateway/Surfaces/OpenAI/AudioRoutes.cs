using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>POST /v1/audio/speech</c>, <c>/v1/audio/transcriptions</c> and <c>/v1/audio/translations</c>.</summary>
internal sealed class AudioRoutes(LlmClient client, Callees callees)
{
    public async Task TranscribeAsync(Incoming call)
    {
        var form = await call.ReadFormAsync();
        var (request, isStreamed) = AudioForms.Transcription(form);
        var options = callees.OptionsFor(call, request.Model, form.Fallbacks());
        request = request with { Extra = form.Rest() };
        // As OpenAI's model that gives subtitles: it does not stream, and does not mind being asked to.
        if (isStreamed && request.ResponseFormat is not { IsSubtitles: true })
        {
            await EventBody<TranscriptionStreamEvent>.AnswerAsync(call, client.Audio.Transcriptions.StreamAsync(request, options, call.Aborted), new(TranscriptWriter.Write));
            return;
        }
        var reply = await client.Audio.Transcriptions.CreateAsync(request, options, call.Aborted);
        await AnswerAsync(call, reply, AudioForms.Complete(reply, request.ResponseFormat, request.Language));
    }

    public async Task TranslateAsync(Incoming call)
    {
        var form = await call.ReadFormAsync();
        var request = AudioForms.Translation(form);
        var options = callees.OptionsFor(call, request.Model, form.Fallbacks());
        request = request with { Extra = form.Rest() };
        var reply = await client.Audio.Translations.CreateAsync(request, options, call.Aborted);
        await AnswerAsync(call, reply, AudioForms.Complete(reply.AsTranscript(), request.ResponseFormat, "english"));
    }

    public async Task SpeakAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => SpeechRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        request = request with { Extra = others };
        if (request.StreamFormat is not (null or "audio" or "sse")) throw JsonCall.Wrong("stream_format", "'stream_format' must be 'audio' or 'sse'.");
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        if (request.StreamFormat == "sse") await EventBody<SpeechStreamEvent>.AnswerAsync(call, client.Audio.Speech.StreamAsync(request, options, call.Aborted), new(SpeechRequestWriter.Write));
        else await AnswerAsync(call, await client.Audio.Speech.CreateAsync(request, options, call.Aborted));
    }

    private static async Task AnswerAsync(Incoming call, Reply reply, Transcription transcript)
    {
        call.Name(reply);
        if (transcript.Format.IsText) await call.WriteTextAsync(transcript.Text);
        else await call.WriteJsonAsync(200, transcript, TranscriptWriter.Write);
    }

    private static async Task AnswerAsync(Incoming call, Speech speech)
    {
        await using (speech)
        {
            call.Name(speech);
            call.Response.ContentType = speech.ContentType ?? speech.Format.MediaType;
            await call.PassOnAsync(speech);
        }
    }
}

/// <summary>The forms that ask for a text of sound, and what OpenAI's shape of the answer cannot be without.</summary>
internal static class AudioForms
{
    /// <summary>A request for a transcript, without the fields that nobody has asked for; and whether it is to be streamed.</summary>
    /// <exception cref="RefusalException">400: a field is missing or has the wrong form.</exception>
    public static (TranscriptionRequest Request, bool IsStreamed) Transcription(IncomingForm form) => (new()
    {
        Model = form.Needed("model"), File = form.NeededFile("file"), Language = form.Text("language"), Languages = form.List("languages"), Keywords = form.List("keywords"),
        Prompt = form.Text("prompt"), ResponseFormat = Format(form), Temperature = form.Number("temperature"),
        TimestampGranularities = form.List("timestamp_granularities")?.Select(static word => new TimestampGranularity(word)).ToList(), Include = form.List("include"),
        ChunkingStrategy = Chunking(form), KnownSpeakerNames = form.List("known_speaker_names"), KnownSpeakerReferences = form.List("known_speaker_references"),
    }, form.Flag("stream") == true);

    /// <summary>A request for a translation, without the fields that nobody has asked for.</summary>
    /// <exception cref="RefusalException">400: a field is missing or has the wrong form.</exception>
    public static TranslationRequest Translation(IncomingForm form) => new()
    {
        Model = form.Needed("model"), File = form.NeededFile("file"), Prompt = form.Text("prompt"), ResponseFormat = Format(form), Temperature = form.Number("temperature"),
    };

    /// <summary>The members that must be there in the form that was asked for, where the service left them out.</summary>
    public static Transcription Complete(Transcription read, AudioResponseFormat? asked, string? language)
    {
        var isDiarized = asked == AudioResponseFormat.DiarizedJson;
        if (read.Format.IsText || (!isDiarized && asked != AudioResponseFormat.VerboseJson)) return read;
        read = read with { Duration = read.Duration ?? (read.Segments.Count > 0 ? read.Segments.Max(segment => segment.End) : 0) };
        if (!isDiarized) return read with { Language = read.Language ?? language ?? "" };
        return read.Extra.TryGet("task", out _) ? read : read with { Extra = read.Extra.With("task", "\"transcribe\"") };
    }

    private static AudioResponseFormat? Format(IncomingForm form) => form.Text("response_format") is { } format ? new AudioResponseFormat(format) : default(AudioResponseFormat?);

    /// <summary>A word, an object as JSON, or an object in fields of its own: clients differ.</summary>
    private static ChunkingStrategy? Chunking(IncomingForm form)
    {
        const string Name = "chunking_strategy";
        var (type, threshold) = (form.Text(Name + "[type]"), form.Number(Name + "[threshold]"));
        var (padding, silence) = (form.Whole(Name + "[prefix_padding_ms]"), form.Whole(Name + "[silence_duration_ms]"));
        if (form.Text(Name) is not { } text) return type is null ? null : new() { Type = type, Threshold = threshold, PrefixPaddingMs = padding, SilenceDurationMs = silence };
        if (!text.TrimStart().StartsWith('{')) return new() { Type = text };
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            return new()
            {
                Type = root.GetProperty("type").GetString()!, Threshold = root.TryGetProperty("threshold", out var one) ? one.GetDouble() : null,
                PrefixPaddingMs = root.TryGetProperty("prefix_padding_ms", out var two) ? two.GetInt32() : null, SilenceDurationMs = root.TryGetProperty("silence_duration_ms", out var three) ? three.GetInt32() : null,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw IncomingForm.Wrong(Name, $"'{Name}' must be 'auto' or an object with a 'type'");
        }
    }
}
