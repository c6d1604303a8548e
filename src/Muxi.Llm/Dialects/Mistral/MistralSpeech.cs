using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Mistral's speech, which comes as base64 in JSON: whole, or in pieces as events. A voice goes by its id, be it the service's or one's own; <c>ref_audio</c>, a sample to speak like, goes as an
/// extra member in its place.
/// </summary>
/// <remarks>Source: Mistral's OpenAPI document, <c>POST /v1/audio/speech</c>, as its client 2.7.0 has it (November 2026).</remarks>
public sealed record MistralSpeech : SpeechDialect, IStreamVerb<SpeechRequest, SpeechStreamEvent>
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "audio/speech";

    /// <inheritdoc/>
    public Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(SpeechRequest request, CallContext context) => Render(request, context, stream: false);

    HttpCall IStreamVerb<SpeechRequest, SpeechStreamEvent>.Render(SpeechRequest request, CallContext context) => Render(request, context, stream: true);

    /// <summary>A good reply is JSON, or events; anything else is none.</summary>
    public override bool Accepts(SpeechRequest request, ReplyHeaders headers) => headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>The sound is got out of the JSON.</summary>
    public override Unpacking? Unpack(SpeechRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        // What comes where nothing is said is mp3.
        return new(Framing, new MistralSpeechFold<ReadOnlyMemory<byte>>(context, static audio => Convert.FromBase64String(audio), null), (request.ResponseFormat ?? SpeechFormat.Mp3).MediaType);
    }

    /// <inheritdoc/>
    public IFold<SpeechStreamEvent> Fold(SpeechRequest request, CallContext context) => new MistralSpeechFold<SpeechStreamEvent>(
        context, static audio => new() { Type = SpeechEventType.Delta, Audio = audio }, static usage => new() { Type = SpeechEventType.Done, Usage = usage });

    private HttpCall Render(SpeechRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        if (request.Instructions is { Length: > 0 }) warnings.Add("instructions", "left out: the service does not take it");
        if (request.Speed is not (null or 1)) warnings.Add("speed", "left out: the service does not take it");
        var body = JsonOut.ToUtf8((request, context.Model, stream), static (json, it) => Write(json, it.request, it.Model, it.stream));
        return new(HttpMethod.Post, Path) { Body = body, Warnings = warnings.Given };
    }

    /// <summary>What an event of the wire, or the whole reply, brings.</summary>
    /// <exception cref="ApiException">It is an error, or cannot be read.</exception>
    internal static (string? Type, string? Audio, AudioUsage? Usage) Parse(WireEvent wireEvent, CallContext context)
    {
        try
        {
            var source = JsonReading.WithoutMark(wireEvent.Data.Span);
            var reader = new Utf8JsonReader(source);
            string? type = null, audio = null;
            AudioUsage? usage = null;
            if (wireEvent.Type != "error" && reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.NextMember())
                {
                    if (reader.Is("type"u8)) type = reader.ReadString(source);
                    else if (reader.Is("audio_data"u8)) audio = reader.ReadString(source);
                    else if (reader.Is("usage"u8)) usage = AudioUsageJson.Read(ref reader, source);
                    else reader.SkipMember();
                }
                // The event's name says what its data leave out.
                if (wireEvent.Type?.StartsWith("speech.", StringComparison.Ordinal) == true) type ??= wireEvent.Type;
                if (audio is not null || type == "speech.audio.done") return (type, audio, usage);
            }
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private static void Write(Utf8JsonWriter json, SpeechRequest request, string model, bool stream)
    {
        var members = new MemberWriter(json, request.Extra);
        json.WriteStartObject();
        members.Text("model"u8, model);
        members.Text("input"u8, request.Input);
        if (!request.Extra.Holds("ref_audio"u8)) members.Text("voice_id"u8, request.Voice?.ToString());
        members.Text("response_format"u8, request.ResponseFormat?.Value);
        // The method that is called decides how the reply is read, so no extra member goes before it.
        json.WriteBoolean("stream"u8, stream);
        request.Extra.WriteMembers(json, except: "stream"u8);
        json.WriteEndObject();
    }
}

/// <summary>Folds Mistral's speech: pieces up to <c>speech.audio.done</c>, or the whole in one value.</summary>
/// <param name="context">The call's surroundings.</param>
/// <param name="piece">Makes a chunk of a piece of sound in base64.</param>
/// <param name="end">Makes a last chunk of what was used; null for none.</param>
internal sealed class MistralSpeechFold<T>(CallContext context, Func<string, T> piece, Func<AudioUsage?, T>? end) : IFold<T>
{
    private bool _sawSound;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<T> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty || wireEvent.Data.Span.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) return;
        var (type, audio, usage) = MistralSpeech.Parse(wireEvent, context);
        if (audio is { Length: > 0 })
        {
            _sawSound = true;
            into.Add(Piece(wireEvent, audio));
        }
        if (type == "speech.audio.delta") return;
        // The done event, or a value without a type: all of the sound at once.
        IsComplete = true;
        if (end is not null) into.Add(end(usage));
    }

    public void End(ICollection<T> into)
    {
        if (!IsComplete) throw context.Interrupted(_sawSound ? "was cut: it ended without its last event" : "ended before anything came");
    }

    private T Piece(WireEvent wireEvent, string audio)
    {
        try
        {
            return piece(audio);
        }
        catch (FormatException)
        {
            throw context.Error(wireEvent);
        }
    }
}
