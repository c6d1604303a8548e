namespace Muxi.Llm;

/// <summary>One event of a streamed transcript. <see cref="Type"/> says which of the other members is set.</summary>
public sealed record TranscriptionStreamEvent : Reply
{
    /// <summary>What the event brings; a word that we do not know is kept, with everything else in <see cref="Extra"/>.</summary>
    public required TranscriptionEventType Type { get; init; }

    /// <summary>More of the text.</summary>
    public string? Delta { get; init; }

    /// <summary>The segment that the new text belongs to, where speakers are told.</summary>
    public string? SegmentId { get; init; }

    /// <summary>A whole segment.</summary>
    public TranscriptionSegment? Segment { get; init; }

    /// <summary>The whole text, at the end.</summary>
    public string? Text { get; init; }

    /// <summary>The languages that were heard, at the end, where the model tells several.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>How likely the tokens of the new text (at the end: of all) were, where that was asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }

    /// <summary>What the call used, at the end.</summary>
    public AudioUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>At the end of an answer that came whole although a stream was asked for: all of it.</summary>
    internal Transcription? Whole { get; init; }

    /// <summary>Whether the event brings content or the end: what commits an attempt.</summary>
    internal bool HasContent => !string.IsNullOrEmpty(Delta) || Segment is not null || Type == TranscriptionEventType.Done;

    /// <summary>The event in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, TranscriptWriter.Write, indented: false);
}
