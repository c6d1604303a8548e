using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>OpenAI's speech as bytes, which most services of its shape give.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /audio/speech</c>.</remarks>
public record OpenAISpeech : SpeechDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "audio/speech";

    /// <summary>How many characters the service says at most; 0 where that is not known.</summary>
    public int MaxInput { get; init; }

    /// <summary>Forms of sound that the service knows by another word: OpenAI's word to its, e.g. <c>pcm</c> as <c>raw</c>.</summary>
    public ImmutableDictionary<string, string> Formats { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override HttpCall Render(SpeechRequest request, CallContext context) => Render(request, context, stream: false);

    /// <summary>The HTTP request for speech.</summary>
    /// <param name="request">What the caller wants; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <param name="stream">Whether the reply is to come as events.</param>
    /// <exception cref="BadRequestException">The service cannot take it, as far as we know.</exception>
    public HttpCall Render(SpeechRequest request, CallContext context, bool stream)
    {
        CheckLength(request.Input, "input", context);
        CheckLength(request.Instructions, "instructions", context);
        if (request.Voice is null && !request.Extra.Holds("voice"u8))
            request = request with { Voice = DefaultVoice ?? throw context.Refuse("voice", "a voice is needed: set Voice to the name of one of the service's") };
        if (request.ResponseFormat is { } format && Formats.TryGetValue(format.Value, out var word)) request = request with { ResponseFormat = word };
        var body = JsonOut.ToUtf8((request, context.Model, stream), static (json, it) => SpeechRequestWriter.Write(json, it.request, it.Model, it.stream ? "sse" : null));
        return new(HttpMethod.Post, Path) { Body = body };
    }

    /// <inheritdoc/>
    public override bool Accepts(SpeechRequest request, ReplyHeaders headers)
    {
        var type = headers["Content-Type"] ?? "";
        return !type.Contains("json", StringComparison.OrdinalIgnoreCase) && !type.Contains("xml", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("text/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Characters are counted as JSON Schema counts them: by code points.</summary>
    private void CheckLength(string? text, string name, CallContext context)
    {
        if (MaxInput <= 0 || text is null || text.Length <= MaxInput) return;
        var length = text.EnumerateRunes().Count();
        if (length > MaxInput) throw context.Refuse(name, $"{name} has {length} characters and the service takes {MaxInput} at most: say it in several calls");
    }
}

/// <summary>OpenAI's speech where it can also come as events (<c>stream_format: sse</c>).</summary>
public sealed record OpenAIStreamedSpeech : OpenAISpeech, IStreamVerb<SpeechRequest, SpeechStreamEvent>
{
    /// <inheritdoc/>
    public Framing Framing => Framing.Sse;

    HttpCall IStreamVerb<SpeechRequest, SpeechStreamEvent>.Render(SpeechRequest request, CallContext context) => Render(request, context, stream: true);

    /// <inheritdoc/>
    public IFold<SpeechStreamEvent> Fold(SpeechRequest request, CallContext context) => new SpeechStreamFold(context);

    /// <summary>The speech event in an event of the wire.</summary>
    /// <exception cref="ApiException">It is an error, or cannot be read.</exception>
    public static SpeechStreamEvent Parse(WireEvent wireEvent, CallContext context)
    {
        try
        {
            if (wireEvent.Type != "error" && Read(wireEvent.Data.Span, wireEvent.Type) is { } read) return read;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private static SpeechStreamEvent? Read(ReadOnlySpan<byte> source, string? name)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? type = null, audio = null;
        AudioUsage? usage = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source);
            else if (reader.Is("audio"u8)) audio = reader.ReadString(source);
            else if (reader.Is("usage"u8)) usage = AudioUsageJson.Read(ref reader, source);
            else
            {
                if (reader.Is("error"u8)) isError = !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        // The event's name says what its data leave out.
        if (name?.StartsWith("speech.", StringComparison.Ordinal) == true) type ??= name;
        return isError || type is null or "error" ? null : new() { Type = type, Audio = audio, Usage = usage, Extra = extra.ToExtra() };
    }
}

/// <summary>Folds streamed speech: events up to <c>speech.audio.done</c>.</summary>
internal sealed class SpeechStreamFold(CallContext context) : IFold<SpeechStreamEvent>
{
    private bool _sawAny;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<SpeechStreamEvent> into)
    {
        // OpenAI's end is an event of its own; [DONE] behind it, or without it, says nothing.
        if (IsComplete || wireEvent.Data.IsEmpty || wireEvent.Data.Span.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) return;
        _sawAny = true;
        var one = OpenAIStreamedSpeech.Parse(wireEvent, context);
        IsComplete = one.Type == SpeechEventType.Done;
        into.Add(one);
    }

    public void End(ICollection<SpeechStreamEvent> into)
    {
        if (!IsComplete) throw context.Interrupted(_sawAny ? "was cut: it ended without its last event" : "ended before anything came");
    }
}
