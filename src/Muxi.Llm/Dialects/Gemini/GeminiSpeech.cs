using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Speech by Google's Gemini models, which say it in an answer as they write text: PCM of 24 kHz, before which a header is put for <c>wav</c>. How it is to be
/// said stands beside the text, or before it for models that read it there. Extra members stand beside <c>contents</c>; <c>multiSpeakerVoiceConfig</c> takes the voice's place, and <c>languageCode</c> goes beside it.
/// </summary>
/// <remarks>Source: "Speech generation" of the Gemini API's guide and <c>SpeechConfig</c> of its reference, as of 2026-11; sound in a stream recorded 2026.</remarks>
public sealed record GeminiSpeech : SpeechDialect, IStreamVerb<SpeechRequest, SpeechStreamEvent>
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:streamGenerateContent?alt=sse";

    /// <summary>Whether instructions stand in front of the text; where not, beside it (<c>speechMetadata.style</c>), since models from 3.8 on say all of the text aloud.</summary>
    public bool InstructionsInText { get; init; }

    /// <summary>The form of the sound where a request names none: <c>wav</c> or <c>pcm</c>.</summary>
    public string DefaultFormat { get; init; } = "wav";

    /// <inheritdoc/>
    public Framing Framing => Framing.Sse;

    internal override string NameForVariants(string model) => GeminiBody.Bare(model);

    /// <inheritdoc/>
    public override HttpCall Render(SpeechRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var format = FormatOf(request);
        if (format != SpeechFormat.Wav && format != SpeechFormat.Pcm) throw context.Refuse("response_format", $"{format} is not made: ask for wav or pcm");
        var warnings = new Warnings();
        GeminiBody.LeaveOut(warnings, ("speed", request.Speed is not null and not 1));
        var body = JsonOut.ToUtf8((quirks: this, request), static (json, it) => it.quirks.Write(json, it.request));
        return new(HttpMethod.Post, GeminiBody.Path(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <summary>A good reply is events, or JSON in one piece; anything else is none.</summary>
    public override bool Accepts(SpeechRequest request, ReplyHeaders headers) => headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>The sound is got out of the events as they come.</summary>
    public override Unpacking? Unpack(SpeechRequest request, CallContext context)
    {
        var format = FormatOf(request);
        return new(Framing, new GeminiSpeechFold<ReadOnlyMemory<byte>>(format, context, static bytes => bytes, null), format.MediaType);
    }

    /// <inheritdoc/>
    public IFold<SpeechStreamEvent> Fold(SpeechRequest request, CallContext context) => new GeminiSpeechFold<SpeechStreamEvent>(
        FormatOf(request), context, static bytes => new() { Type = SpeechEventType.Delta, Audio = Convert.ToBase64String(bytes) }, static usage => new() { Type = SpeechEventType.Done, Usage = UsageOf(usage) });

    /// <summary>What one event brings.</summary>
    /// <exception cref="ApiException">It is an error, or cannot be read.</exception>
    internal static GeminiMedia Parse(WireEvent wireEvent, CallContext context)
    {
        try
        {
            if (GeminiMedia.Read(wireEvent.Data.Span) is { } media) return media;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private SpeechFormat FormatOf(SpeechRequest request) => request.ResponseFormat ?? new SpeechFormat(DefaultFormat);

    private void Write(Utf8JsonWriter json, SpeechRequest request)
    {
        json.WriteStartObject();
        if (!request.Extra.Holds("contents"u8))
        {
            json.WriteStartArray("contents"u8);
            json.WriteStartObject();
            json.WriteStartArray("parts"u8);
            json.WriteStartObject();
            json.WriteString("text"u8, InstructionsInText ? Text(request) : request.Input);
            if (!InstructionsInText && request.Instructions?.Trim() is { Length: > 0 } style)
            {
                json.WriteStartObject("speechMetadata"u8);
                json.WriteString("style"u8, style);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("role"u8, "user"u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        var speech = Speech(request).With(GeminiBody.Within(request.Extra, "speechConfig"));
        var configuration = GeminiBody.Members(own =>
        {
            own.WriteStartArray("responseModalities"u8);
            own.WriteStringValue("AUDIO"u8);
            own.WriteEndArray();
            GeminiBody.Write(own, "speechConfig", speech);
        });
        GeminiBody.Write(json, "generationConfig", configuration.With(GeminiBody.Within(request.Extra, "generationConfig")));
        request.Extra.Without("generationConfig").Without("speechConfig").Without("multiSpeakerVoiceConfig").Without("languageCode").WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The text with how it is to be said before it, as a person would write it.</summary>
    private static string Text(SpeechRequest request)
    {
        if (request.Instructions?.Trim() is not { Length: > 0 } instructions) return request.Input;
        return instructions.EndsWith(':') ? $"{instructions} {request.Input}" : $"{instructions.TrimEnd('.', '!')}: {request.Input}";
    }

    private Extra Speech(SpeechRequest request)
    {
        var speakers = request.Extra["multiSpeakerVoiceConfig"];
        var voice = speakers.IsEmpty ? request.Voice?.ToString() ?? DefaultVoice : null;
        return GeminiBody.Members(json =>
        {
            if (voice is not null)
            {
                json.WriteStartObject("voiceConfig"u8);
                json.WriteStartObject("prebuiltVoiceConfig"u8);
                json.WriteString("voiceName"u8, voice);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            foreach (var name in (ReadOnlySpan<string>)["multiSpeakerVoiceConfig", "languageCode"])
            {
                if (!request.Extra.TryGet(name, out var value)) continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        });
    }

    private static AudioUsage? UsageOf(GeminiMediaUsage? usage) => usage is null ? null : new()
    {
        InputTokens = usage.Input, OutputTokens = usage.Output, TotalTokens = usage.Input + usage.Output,
        InputTokenDetails = usage.Inputs.Count == 0 ? null : new() { TextTokens = usage.Inputs.GetValueOrDefault("TEXT"), AudioTokens = usage.Inputs.GetValueOrDefault("AUDIO") },
    };
}

/// <summary>Folds an answer that is sound: its pieces as they come, and its proper end.</summary>
/// <param name="format">The form in which the sound is given.</param>
/// <param name="context">The call's surroundings.</param>
/// <param name="piece">Makes a chunk of sound.</param>
/// <param name="end">Makes a last chunk of what was used; null for none.</param>
internal sealed class GeminiSpeechFold<T>(SpeechFormat format, CallContext context, Func<byte[], T> piece, Func<GeminiMediaUsage?, T>? end) : IFold<T>
{
    private GeminiMediaUsage? _usage;
    private string? _finish;
    private bool _sawAny, _sawSound;

    /// <summary>The end is that of the body: what was used may come behind the event that says how it ended.</summary>
    public bool IsComplete => false;

    public void Next(WireEvent wireEvent, ICollection<T> into)
    {
        if (wireEvent.Data.IsEmpty) return;
        _sawAny = true;
        var media = GeminiSpeech.Parse(wireEvent, context);
        foreach (var (type, bytes) in media.Pieces) Take(type, bytes, into);
        _usage = media.Usage ?? _usage;
        _finish = media.FinishReason ?? _finish;
        if (!_sawSound && (media.FinishReason is not (null or "STOP") || media.IsBlocked)) throw media.Missing("no sound", context);
    }

    public void End(ICollection<T> into)
    {
        if (_finish is null) throw context.Interrupted(_sawAny ? "was cut: it ended without saying how" : "ended before anything came");
        if (_finish != "STOP") throw context.Interrupted($"was cut: the service ended it with {_finish}");
        if (!_sawSound) throw new ServerException($"{context.Provider}: no sound came") { Provider = context.Provider, Model = context.Model, Status = System.Net.HttpStatusCode.BadGateway };
        if (end is not null) into.Add(end(_usage));
    }

    private void Take(string? type, byte[] bytes, ICollection<T> into)
    {
        var isWhole = type?.StartsWith("audio/wav", StringComparison.OrdinalIgnoreCase) == true;
        if (!isWhole && type is not null && !type.Contains("L16", StringComparison.OrdinalIgnoreCase) && !type.Contains("pcm", StringComparison.OrdinalIgnoreCase))
            throw new ServerException($"{context.Provider}: the sound came as {type}, of which no {format} can be made here") { Provider = context.Provider, Model = context.Model, Status = System.Net.HttpStatusCode.BadGateway };
        if (!_sawSound && !isWhole && format == SpeechFormat.Wav) into.Add(piece(WavAudio.HeaderAt(RateOf(type), null)));
        _sawSound = true;
        into.Add(piece(bytes));
    }

    /// <summary>How many samples there are in a second: <c>audio/L16;codec=pcm;rate=24000</c>.</summary>
    private static int RateOf(string? type)
    {
        foreach (var parameter in (type ?? "").Split(';', StringSplitOptions.TrimEntries))
            if (parameter.StartsWith("rate=", StringComparison.OrdinalIgnoreCase) && int.TryParse(parameter[5..], System.Globalization.CultureInfo.InvariantCulture, out var rate) && rate > 0) return rate;
        return WavAudio.SampleRate;
    }
}
