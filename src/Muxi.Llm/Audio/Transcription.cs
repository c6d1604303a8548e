namespace Muxi.Llm;

/// <summary>What was said in a sound file.</summary>
public sealed partial record Transcription : Reply
{
    /// <summary>The text; in the form <c>text</c>, <c>srt</c> or <c>vtt</c> that text as it came, line breaks included.</summary>
    public required string Text { get; init; }

    /// <summary>The form in which it came: that which was asked for, as far as the service keeps to it.</summary>
    public AudioResponseFormat Format { get; init; } = AudioResponseFormat.Json;

    /// <summary>The language that was heard, in the service's word (<c>english</c> at OpenAI); null where it is not told.</summary>
    public string? Language { get; init; }

    /// <summary>The languages that were heard, where the model tells several.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>How long the sound is, in seconds; null where it is not told.</summary>
    public double? Duration { get; init; }

    /// <summary>The words and their times; empty where they were not asked for.</summary>
    public IReadOnlyList<TranscriptionWord> Words { get; init; } = [];

    /// <summary>The segments and their times, and who speaks where that was asked for; empty in forms without them.</summary>
    public IReadOnlyList<TranscriptionSegment> Segments { get; init; } = [];

    /// <summary>How likely its tokens were, where that was asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }

    /// <summary>What the call used, where the provider says.</summary>
    public AudioUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a transcript in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no text.</exception>
    public static Transcription Parse(ReadOnlySpan<byte> utf8) => TranscriptReader.Read(utf8);

    /// <summary>The transcript in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, TranscriptWriter.Write, indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, TranscriptWriter.Write, indented: true);

    /// <summary>The segments as subtitles in SubRip's form; a transcript that came as such is given as it is.</summary>
    /// <exception cref="InvalidOperationException">There are no segments: ask for <see cref="AudioResponseFormat.VerboseJson"/>.</exception>
    public string ToSrt() => Format == AudioResponseFormat.Srt ? Text : Subtitles.Srt(Segments);

    /// <summary>The segments as subtitles in WebVTT's form; a transcript that came as such is given as it is.</summary>
    /// <exception cref="InvalidOperationException">There are no segments: ask for <see cref="AudioResponseFormat.VerboseJson"/>.</exception>
    public string ToVtt() => Format == AudioResponseFormat.Vtt ? Text : Subtitles.Vtt(Segments);
}

/// <summary>A word of a transcript.</summary>
/// <param name="Word">The word as it is written, as a rule without punctuation.</param>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
public sealed record TranscriptionWord(string Word, double Start, double End)
{
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A stretch of a transcript. Figures that a form does not have are null.</summary>
public sealed record TranscriptionSegment
{
    /// <summary>Its id: a number from 0 up, or a word of the provider's where speakers are told.</summary>
    public required string Id { get; init; }

    /// <summary>Where it begins, in seconds.</summary>
    public double Start { get; init; }

    /// <summary>Where it ends, in seconds.</summary>
    public double End { get; init; }

    /// <summary>What is said.</summary>
    public required string Text { get; init; }

    /// <summary>Who speaks: a known name, else a letter.</summary>
    public string? Speaker { get; init; }

    /// <summary>Where in the sound the model stood.</summary>
    public long? Seek { get; init; }

    /// <summary>The tokens of the text.</summary>
    public IReadOnlyList<long>? Tokens { get; init; }

    /// <summary>The randomness that was used.</summary>
    public double? Temperature { get; init; }

    /// <summary>How likely the tokens were on average, as a logarithm; below -1 the segment has probably failed.</summary>
    public double? AvgLogprob { get; init; }

    /// <summary>How far the text can be compressed; above 2.4 it probably repeats itself.</summary>
    public double? CompressionRatio { get; init; }

    /// <summary>How likely it is that nobody speaks.</summary>
    public double? NoSpeechProb { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether it is of the form that tells speakers, whose ids are words.</summary>
    internal bool IsDiarized => Speaker is not null;
}
