namespace Muxi.Llm;

/// <summary>What was said in a sound file, in English.</summary>
public sealed partial record Translation : Reply
{
    /// <summary>The text; in the form <c>text</c>, <c>srt</c> or <c>vtt</c> that text as it came, line breaks included.</summary>
    public required string Text { get; init; }

    /// <summary>The form in which it came: that which was asked for, as far as the service keeps to it.</summary>
    public AudioResponseFormat Format { get; init; } = AudioResponseFormat.Json;

    /// <summary>The language of the text, as a rule <c>english</c>; null where it is not told.</summary>
    public string? Language { get; init; }

    /// <summary>How long the sound is, in seconds; null where it is not told.</summary>
    public double? Duration { get; init; }

    /// <summary>The segments and their times; empty in forms without them.</summary>
    public IReadOnlyList<TranscriptionSegment> Segments { get; init; } = [];

    /// <summary>What the call used, where the provider says.</summary>
    public AudioUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a translation in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no text.</exception>
    public static Translation Parse(ReadOnlySpan<byte> utf8) => Of(TranscriptReader.Read(utf8));

    /// <summary>The translation in OpenAI's JSON form.</summary>
    public string ToJson() => AsTranscript().ToJson();

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => AsTranscript().ToIndentedJson();

    /// <summary>The segments as subtitles in SubRip's form; a translation that came as such is given as it is.</summary>
    /// <exception cref="InvalidOperationException">There are no segments: ask for <see cref="AudioResponseFormat.VerboseJson"/>.</exception>
    public string ToSrt() => AsTranscript().ToSrt();

    /// <summary>The segments as subtitles in WebVTT's form; a translation that came as such is given as it is.</summary>
    /// <exception cref="InvalidOperationException">There are no segments: ask for <see cref="AudioResponseFormat.VerboseJson"/>.</exception>
    public string ToVtt() => AsTranscript().ToVtt();

    /// <summary>The two have one wire format; words, languages and logprobs of a translation, which OpenAI does not know, are lost.</summary>
    internal static Translation Of(Transcription read) => new()
    {
        Text = read.Text, Format = read.Format, Language = read.Language, Duration = read.Duration, Segments = read.Segments, Usage = read.Usage, Extra = read.Extra,
    };

    internal Transcription AsTranscript() => new()
    {
        Text = Text, Format = Format, Language = Language, Duration = Duration, Segments = Segments, Usage = Usage, Extra = Extra,
    };
}
