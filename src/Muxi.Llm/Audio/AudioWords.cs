namespace Muxi.Llm;

/// <summary>In which form a transcript comes.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct AudioResponseFormat(string Value)
{
    /// <summary>The text, and what the call used.</summary>
    public static AudioResponseFormat Json => new("json");
    /// <summary>The text, with language, duration, segments and, where asked for, words.</summary>
    public static AudioResponseFormat VerboseJson => new("verbose_json");
    /// <summary>The text, with segments that tell who speaks.</summary>
    public static AudioResponseFormat DiarizedJson => new("diarized_json");
    /// <summary>The text alone.</summary>
    public static AudioResponseFormat Text => new("text");
    /// <summary>Subtitles in SubRip's form.</summary>
    public static AudioResponseFormat Srt => new("srt");
    /// <summary>Subtitles in WebVTT's form.</summary>
    public static AudioResponseFormat Vtt => new("vtt");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator AudioResponseFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";

    /// <summary>Whether the transcript is a text as it stands, not JSON.</summary>
    internal bool IsText => Value is "text" || IsSubtitles;

    /// <summary>Whether it is subtitles.</summary>
    internal bool IsSubtitles => Value is "srt" or "vtt";
}

/// <summary>How finely a transcript tells its times.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct TimestampGranularity(string Value)
{
    /// <summary>For every word, which takes longer.</summary>
    public static TimestampGranularity Word => new("word");
    /// <summary>For every segment.</summary>
    public static TimestampGranularity Segment => new("segment");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator TimestampGranularity(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What an event of a streamed transcript brings.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct TranscriptionEventType(string Value)
{
    /// <summary>More text, in <see cref="TranscriptionStreamEvent.Delta"/>.</summary>
    public static TranscriptionEventType Delta => new("transcript.text.delta");
    /// <summary>A whole segment and its speaker, in <see cref="TranscriptionStreamEvent.Segment"/>.</summary>
    public static TranscriptionEventType Segment => new("transcript.text.segment");
    /// <summary>The end, with the whole text in <see cref="TranscriptionStreamEvent.Text"/>.</summary>
    public static TranscriptionEventType Done => new("transcript.text.done");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator TranscriptionEventType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>In which form speech comes.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct SpeechFormat(string Value)
{
    /// <summary>MPEG layer 3: plays everywhere. What OpenAI gives where nothing is said.</summary>
    public static SpeechFormat Mp3 => new("mp3");
    /// <summary>Opus in Ogg: small, and soon there.</summary>
    public static SpeechFormat Opus => new("opus");
    /// <summary>AAC in ADTS frames: for phones and browsers.</summary>
    public static SpeechFormat Aac => new("aac");
    /// <summary>FLAC: compressed without loss.</summary>
    public static SpeechFormat Flac => new("flac");
    /// <summary>WAV: samples as they are, behind a header.</summary>
    public static SpeechFormat Wav => new("wav");
    /// <summary>Samples alone, as <see cref="WavAudio"/> tells: 24 kHz, 16 bits, little-endian, one channel.</summary>
    public static SpeechFormat Pcm => new("pcm");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator SpeechFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";

    /// <summary>The format of a media type; null where it names none that is known.</summary>
    internal static SpeechFormat? OfMediaType(string? mediaType) => mediaType?.ToLowerInvariant() switch
    {
        "audio/mpeg" or "audio/mp3" => Mp3,
        "audio/opus" or "audio/ogg" or "application/ogg" => Opus,
        "audio/aac" or "audio/aacp" or "audio/x-aac" => Aac,
        "audio/flac" or "audio/x-flac" => Flac,
        "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave" => Wav,
        "audio/pcm" or "audio/l16" => Pcm,
        _ => default(SpeechFormat?),
    };

    /// <summary>The media type of a format.</summary>
    internal string MediaType => Value switch
    {
        "mp3" => "audio/mpeg",
        "opus" => "audio/ogg",
        { Length: > 0 } other => "audio/" + other,
        _ => "application/octet-stream",
    };
}

/// <summary>What an event of streamed speech brings.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct SpeechEventType(string Value)
{
    /// <summary>More sound, in <see cref="SpeechStreamEvent.Audio"/>.</summary>
    public static SpeechEventType Delta => new("speech.audio.delta");
    /// <summary>The end, with what the call used.</summary>
    public static SpeechEventType Done => new("speech.audio.done");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator SpeechEventType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
