using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of Google's format into canonical chunks. Every event has the form of a whole reply with what is new in it:
/// <code>
///   candidates[].content.parts ► text, thinking, calls, pictures, sound, opaque blocks      usageMetadata ► counters so far
///   candidates[].finishReason, metadata ► kept to the end: older models say STOP in every event
///   the body's end ► finish reasons, citations, usage; where a candidate has no finish reason, the stream was cut
/// </code>
/// A body that is a JSON array of such events, as the service answers without <c>alt=sse</c>, is read as they are.
/// </summary>
internal sealed class GeminiStreamFold(GeminiChat quirks, CallContext context) : IFold<ChatCompletionChunk>
{
    private readonly List<GeminiAnswer> _answers = [];
    private readonly GeminiUsage _usage = new();
    private string? _id, _made, _model;
    private long? _created;
    private Extra _extra;
    private (string Reason, string? Message)? _blocked;

    /// <summary>The format has no event for its end: the body's end is it.</summary>
    public bool IsComplete => false;

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (wireEvent.Data.IsEmpty) return;
        try
        {
            if (TryTake(wireEvent.Data.Span, into)) return;
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(wireEvent);
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (_answers.Count == 0 && _blocked is null) throw context.Interrupted("ended before anything came");
        if (_blocked is null && _answers.Exists(static answer => answer.FinishReason is null)) throw context.Interrupted("was cut: it ended without a finishReason");
        Finish(into);
    }

    /// <summary>Takes one event, or an array of them.</summary>
    /// <returns>Whether it is one; an error, or anything else, is none.</returns>
    /// <exception cref="JsonException">The data is not JSON.</exception>
    public bool TryTake(ReadOnlySpan<byte> source, ICollection<ChatCompletionChunk> into)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read()) return false;
        if (reader.TokenType == JsonTokenType.StartObject) return TakeOne(ref reader, source, into) && !reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return false;
        var isAny = false;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject || !TakeOne(ref reader, source, into)) return false;
            isAny = true;
        }
        return isAny;
    }

    /// <summary>Adds what is known only at the end.</summary>
    public void Finish(ICollection<ChatCompletionChunk> into)
    {
        if (_answers.Count == 0 && _blocked is { } blocked) into.Add(Chunk(Refused(blocked)));
        foreach (var answer in _answers)
            foreach (var choice in answer.Finish(_blocked?.Reason)) into.Add(Chunk(choice));
        into.Add(Chunk() with { Usage = _usage.ToUsage(), ServiceTier = _usage.Tier, Extra = _extra, Noticed = Noticed() });
    }

    /// <summary>What OpenAI's finish reasons do not tell; null for nothing.</summary>
    private List<Warning>? Noticed()
    {
        List<Warning>? noticed = null;
        if (_blocked is { } blocked && _answers.TrueForAll(static answer => answer.FinishReason is null))
            (noticed ??= []).Add(new("messages", $"the service blocked the prompt ({blocked.Reason}), so {(_answers.Count == 0 ? "there is no answer" : "the answer breaks off")}"));
        foreach (var answer in _answers)
            if (answer.Failure is { } failure) (noticed ??= []).Add(new("finish_reason", failure));
        return noticed;
    }

    /// <summary>Takes the event whose object the reader stands on. All of it is read before anything is added.</summary>
    private bool TakeOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ICollection<ChatCompletionChunk> into)
    {
        ReadOnlySpan<byte> candidates = default;
        var isKnown = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("error"u8) && !reader.NextIsNull()) return false;
            if (reader.Is("candidates"u8)) candidates = reader.ReadSpan(source);
            else if (!ReadHead(ref reader, source, ref extra)) continue;
            isKnown = true;
        }
        if (!isKnown) return false;
        if (extra.ToExtra() is { IsEmpty: false } members) _extra = _extra.With(members);
        TakeCandidates(candidates, into);
        return true;
    }

    /// <summary>Reads a member beside the candidates.</summary>
    /// <returns>Whether it is one of the format.</returns>
    private bool ReadHead(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ExtraReader extra)
    {
        if (reader.NextIsNull()) reader.SkipMember();
        else if (reader.Is("usageMetadata"u8)) _usage.Read(ref reader, source);
        else if (reader.Is("modelVersion"u8)) _model = reader.ReadShared(_model, source);
        else if (reader.Is("responseId"u8)) _id = reader.ReadShared(_id, source);
        else
        {
            var isOfFormat = reader.Is("promptFeedback"u8) || reader.Is("createTime"u8);
            if (reader.Is("promptFeedback"u8)) ReadFeedback(reader, source);
            else if (_created is null && reader.Is("createTime"u8)) ReadTime(reader, source);
            extra.Take(ref reader, source);
            return isOfFormat;
        }
        return true;
    }

    private void ReadFeedback(Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? reason = null, message = null;
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            if (reader.Is("blockReason"u8)) reason = reader.ReadString(source);
            else if (reader.Is("blockReasonMessage"u8)) message = reader.ReadString(source);
            else reader.SkipMember();
        }
        if (!string.IsNullOrEmpty(reason)) _blocked = (reason, message);
    }

    private void ReadTime(Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (DateTimeOffset.TryParse(reader.ReadString(source), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time)) _created = time.ToUnixTimeSeconds();
    }

    private void TakeCandidates(ReadOnlySpan<byte> candidates, ICollection<ChatCompletionChunk> into)
    {
        var reader = new Utf8JsonReader(candidates);
        if (candidates.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartArray) return;
        for (var place = 0; reader.NextItem(); place++)
        {
            if (reader.TokenType == JsonTokenType.StartObject) TakeCandidate(GeminiCandidate.Read(ref reader, candidates), place, into);
            else reader.Skip();
        }
    }

    private void TakeCandidate(in GeminiCandidate read, int place, ICollection<ChatCompletionChunk> into)
    {
        var answer = AnswerAt(read.Index ?? place);
        answer.Take(read);
        if (!answer.HasBegun) into.Add(Chunk(answer.Begin()));
        if (read.Logprobs is { } logprobs) into.Add(Chunk(new ChunkChoice { Index = answer.Index, Delta = new(), Logprobs = logprobs }));
        var reader = new Utf8JsonReader(read.Parts);
        if (read.Parts.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartArray) return;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
            else if (answer.Next(reader.RawSpan(read.Parts)) is { } delta) into.Add(Chunk(new ChunkChoice { Index = answer.Index, Delta = delta }));
        }
    }

    private GeminiAnswer AnswerAt(int index)
    {
        foreach (var answer in _answers)
            if (answer.Index == index) return answer;
        _answers.Add(new(quirks, context, index));
        return _answers[^1];
    }

    private static ChunkChoice Refused((string Reason, string? Message) blocked) => new()
    {
        Delta = new() { Role = Role.Assistant, Refusal = blocked.Message }, FinishReason = FinishReason.ContentFilter, FinishReasonRaw = blocked.Reason,
    };

    private ChatCompletionChunk Chunk(ChunkChoice? choice = null) =>
        new() { Id = string.IsNullOrEmpty(_id) ? _made ??= context.MakeId("msg_", 0) : _id, Model = string.IsNullOrEmpty(_model) ? context.Model : _model, Created = _created ?? context.Now.ToUnixTimeSeconds(), Choices = choice is null ? [] : [choice] };
}

/// <summary>The parts of one candidate in an event.</summary>
internal ref struct GeminiCandidate
{
    public int? Index;
    public string? FinishReason;
    public Logprobs? Logprobs;

    /// <summary>The array of the content's parts, still to be read; empty for none.</summary>
    public ReadOnlySpan<byte> Parts;

    /// <summary>What else the candidate holds.</summary>
    public Extra Extra;

    /// <summary>Reads the object that the reader stands on.</summary>
    public static GeminiCandidate Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var read = new GeminiCandidate();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("index"u8)) read.Index = (int?)reader.ReadLong();
            else if (reader.Is("content"u8)) read.Parts = PartsOf(ref reader, source);
            else if (reader.Is("finishReason"u8)) read.FinishReason = reader.ReadString(source);
            else if (reader.Is("logprobsResult"u8)) read.Logprobs = GeminiLogprobs.Read(reader.ReadRaw(source));
            else extra.Take(ref reader, source);
        }
        read.Extra = extra.ToExtra();
        return read;
    }

    private static ReadOnlySpan<byte> PartsOf(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> parts = default;
        if (!reader.EnterObject()) return parts;
        while (reader.NextMember())
        {
            if (reader.Is("parts"u8)) parts = reader.ReadSpan(source);
            else reader.SkipMember();
        }
        return parts;
    }
}
