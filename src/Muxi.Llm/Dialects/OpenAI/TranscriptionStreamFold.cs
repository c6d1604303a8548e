using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a streamed transcript. Three kinds of answer come: OpenAI's events up to <c>transcript.text.done</c>; vLLM's chunks in the shape of chat, up to <c>[DONE]</c>; and, from a
/// model that does not stream (OpenAI's whisper-1), the whole transcript. All of them end in one event that has the whole text.
/// </summary>
internal sealed class TranscriptionStreamFold(AudioResponseFormat? asked, CallContext context) : IFold<TranscriptionStreamEvent>
{
    private const string Others = "transcription.";

    private readonly StringBuilder _text = new();
    private readonly List<Transcription> _pieces = [];
    private AudioUsage? _usage;
    private bool _sawAny;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<TranscriptionStreamEvent> into)
    {
        var data = wireEvent.Data.Span;
        if (IsComplete || data.IsEmpty) return;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8))
        {
            if (!_sawAny) throw context.Interrupted("ended before anything came");
            Finish(into);
            return;
        }
        var isFirst = !_sawAny;
        _sawAny = true;
        try
        {
            if (Take(wireEvent, into)) return;
        }
        catch (JsonException) when (isFirst && asked is { IsText: true })
        {
            AddWhole(TranscriptReader.Parse(new(200, wireEvent.Data), asked, context), into);
            return;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    public void End(ICollection<TranscriptionStreamEvent> into)
    {
        if (IsComplete) return;
        if (_pieces.Count > 0) Finish(into);
        else throw context.Interrupted(_sawAny ? "was cut: it ended without its last event" : "ended before anything came");
    }

    /// <summary>Takes one event; false when it is none that belongs here.</summary>
    private bool Take(WireEvent wireEvent, ICollection<TranscriptionStreamEvent> into)
    {
        var source = JsonReading.WithoutMark(wireEvent.Data.Span);
        var reader = new Utf8JsonReader(source);
        if (wireEvent.Type == "error" || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        var read = new EventReader();
        while (reader.NextMember()) read.Read(ref reader, source);
        if (read.IsError) return false;
        if (read.Type is null && IsOurs(wireEvent.Type)) read.Type = wireEvent.Type;
        if (read.Type is { } type) read.Type = NameOf(type);
        if (read.Type is not null) Add(read.ToEvent(source), into);
        else if (read.IsChunk) AddChunk(read, into);
        else if (TranscriptReader.ReadWhole(source, default) is { } whole) AddWhole(TranscriptReader.As(whole, asked ?? AudioResponseFormat.Json), into);
        else return false;
        return true;
    }

    /// <summary>Whether the event's name says what its data leave out.</summary>
    private static bool IsOurs(string? name) => name?.StartsWith("transcript.", StringComparison.Ordinal) == true || name?.StartsWith(Others, StringComparison.Ordinal) == true;

    /// <summary>OpenAI's word for another's event: Mistral's begin with <c>transcription.</c>, and have new text where OpenAI's have a <c>delta</c> (its client 2.7.0, 2026).</summary>
    private static string NameOf(string type) => type switch
    {
        Others + "text.delta" => TranscriptionEventType.Delta.Value,
        Others + "segment" => TranscriptionEventType.Segment.Value,
        Others + "done" => TranscriptionEventType.Done.Value,
        _ => type,
    };

    private void Add(TranscriptionStreamEvent one, ICollection<TranscriptionStreamEvent> into)
    {
        if (one.Type == TranscriptionEventType.Done)
        {
            Finish(one, into);
            return;
        }
        _text.Append(one.Delta);
        into.Add(one);
    }

    private void AddChunk(EventReader chunk, ICollection<TranscriptionStreamEvent> into)
    {
        _usage = chunk.Usage ?? _usage;
        if (string.IsNullOrEmpty(chunk.Content)) return;
        _text.Append(chunk.Content);
        into.Add(new() { Type = TranscriptionEventType.Delta, Delta = chunk.Content });
    }

    /// <summary>The whole text stands in the last event, also where the service leaves it empty there (llama.cpp, 2026).</summary>
    private void Finish(TranscriptionStreamEvent done, ICollection<TranscriptionStreamEvent> into)
    {
        IsComplete = true;
        into.Add(string.IsNullOrEmpty(done.Text) ? done with { Text = _text.ToString() } : done);
    }

    /// <summary>A whole transcript, or a piece of one in the same shape (speaches sends one for each segment): which of the two is seen at the end.</summary>
    private void AddWhole(Transcription whole, ICollection<TranscriptionStreamEvent> into)
    {
        _pieces.Add(whole);
        if (whole.Text.Length == 0) return;
        _text.Append(whole.Text);
        into.Add(new() { Type = TranscriptionEventType.Delta, Delta = whole.Text });
    }

    /// <summary>The end of a stream that has no event for it.</summary>
    private void Finish(ICollection<TranscriptionStreamEvent> into)
    {
        var done = new TranscriptionStreamEvent { Type = TranscriptionEventType.Done, Usage = _usage };
        if (_pieces is [var whole]) done = done with { Text = whole.Text, Languages = whole.Languages, Logprobs = whole.Logprobs, Usage = whole.Usage, Whole = whole };
        Finish(done, into);
    }

    /// <summary>The members of one event, whichever kind it is.</summary>
    private ref struct EventReader
    {
        private string? _delta, _segmentId, _text;
        private IReadOnlyList<string>? _languages;
        private List<TokenLogprob>? _logprobs;
        private ExtraReader _extra;

        public EventReader() { }

        public string? Type { get; set; }
        public string? Content { get; private set; }
        public AudioUsage? Usage { get; private set; }
        public bool IsError { get; private set; }
        public bool IsChunk { get; private set; }

        public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (reader.Is("type"u8)) IsError |= (Type = reader.ReadString(source)) == "error";
            else if (reader.Is("delta"u8) && reader.NextIs(JsonTokenType.String)) _delta = reader.ReadString(source);
            else if (reader.Is("segment_id"u8)) _segmentId = reader.ReadString(source);
            else if (reader.Is("text"u8)) _text = reader.ReadString(source);
            else if (reader.Is("languages"u8)) _languages = TranscriptReader.ReadLanguages(ref reader, source);
            else if (reader.Is("logprobs"u8)) _logprobs = LogprobsJson.ReadTokens(ref reader, source);
            else if (reader.Is("usage"u8)) Usage = AudioUsageJson.Read(ref reader, source);
            // vLLM's error, before the version that wraps it.
            else if (reader.Is("object"u8)) IsError |= reader.ReadString(source) == "error";
            else if (reader.Is("choices"u8)) ReadChoices(ref reader, source);
            else
            {
                if (reader.Is("error"u8)) IsError |= !reader.NextIsNull();
                _extra.Take(ref reader, source);
            }
        }

        public TranscriptionStreamEvent ToEvent(ReadOnlySpan<byte> source)
        {
            if (Type == TranscriptionEventType.Segment.Value)
            {
                var reader = new Utf8JsonReader(source);
                reader.Read();
                return new() { Type = TranscriptionEventType.Segment, Segment = TranscriptReader.ReadSegment(ref reader, source) };
            }
            if (Type == TranscriptionEventType.Delta.Value && _delta is null) (_delta, _text) = (_text, null);
            return new() { Type = Type!, Delta = _delta, SegmentId = _segmentId, Text = _text, Languages = _languages, Logprobs = _logprobs, Usage = Usage, Extra = _extra.ToExtra() };
        }

        private void ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            IsChunk = true;
            if (!reader.EnterArray()) return;
            while (reader.NextItem())
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }
                while (reader.NextMember())
                {
                    if (!reader.Is("delta"u8)) reader.SkipMember();
                    else if (reader.EnterObject()) ReadDelta(ref reader, source);
                }
            }
        }

        private void ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            while (reader.NextMember())
                if (reader.Is("content"u8)) Content += reader.ReadString(source);
                else reader.SkipMember();
        }
    }
}
