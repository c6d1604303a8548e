using System.Runtime.CompilerServices;
using System.Text;

namespace Muxi.Llm;

/// <summary>What can be done with a streamed transcript.</summary>
public static class TranscriptionStreams
{
    /// <summary>Reads the stream to its end and puts it together: the transcript that the same call would have had without streaming.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke; what came is on the exception.</exception>
    public static async Task<Transcription> ToTranscriptionAsync(this IAsyncEnumerable<TranscriptionStreamEvent> events, CancellationToken cancellationToken = default)
    {
        var accumulator = new TranscriptionAccumulator();
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false)) accumulator.Add(one);
        return accumulator.ToTranscription() ?? throw new StreamInterruptedException("the stream ended before anything came");
    }

    /// <summary>The text, piece by piece.</summary>
    public static async IAsyncEnumerable<string> TextAsync(this IAsyncEnumerable<TranscriptionStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
            if (one.Delta is { Length: > 0 } text) yield return text;
    }
}

/// <summary>Puts the events of a stream together.</summary>
internal sealed class TranscriptionAccumulator : IAccumulator<TranscriptionStreamEvent>
{
    private readonly StringBuilder _text = new();
    private readonly List<TranscriptionSegment> _segments = [];
    private List<TokenLogprob>? _logprobs;
    private TranscriptionStreamEvent? _last, _done;

    public void Add(TranscriptionStreamEvent chunk)
    {
        _last = chunk;
        if (chunk.Type == TranscriptionEventType.Done) _done = chunk;
        else if (chunk.Logprobs is { } logprobs) (_logprobs ??= []).AddRange(logprobs);
        _text.Append(chunk.Delta);
        if (chunk.Segment is { } segment) _segments.Add(segment);
    }

    Reply? IAccumulator<TranscriptionStreamEvent>.ToReply() => ToTranscription();

    /// <summary>The transcript so far; null when nothing came.</summary>
    public Transcription? ToTranscription()
    {
        if (_last is null) return null;
        if (_done?.Whole is { } whole) return whole with { Call = _last.Call };
        return new()
        {
            Text = !string.IsNullOrEmpty(_done?.Text) ? _done.Text : Text(), Format = _segments.Count > 0 ? AudioResponseFormat.DiarizedJson : AudioResponseFormat.Json,
            Segments = _segments, Languages = _done?.Languages, Logprobs = _done?.Logprobs ?? _logprobs, Usage = _done?.Usage,
            Extra = _done?.Extra ?? default, Call = _last.Call,
        };
    }

    /// <summary>What came as text; a service may send segments alone.</summary>
    private string Text() => _text.Length > 0 ? _text.ToString() : string.Join(' ', _segments.Select(segment => segment.Text.Trim()));
}
