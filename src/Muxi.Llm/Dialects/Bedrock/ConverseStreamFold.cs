using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a ConverseStream into canonical chunks:
/// <code>
///   messageStart ► role      contentBlockStart, contentBlockDelta ► text, thinking, calls      contentBlockStop ► what is whole only then
///   messageStop ► finish reason      metadata ► usage; once both have come, in either order, the stream is at its end
/// </code>
/// </summary>
internal sealed class ConverseStreamFold(BedrockConverse quirks, CallContext context) : IFold<ChatCompletionChunk>
{
    private readonly string _id = context.MakeId("msg_", 0);
    private readonly List<ConverseStreamBlock> _blocks = [];
    private ChatCompletionChunk? _metadata;
    private int _calls, _length;
    private bool _hasBegun, _hasStopped;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        if (wireEvent.Fault is not null) throw context.Error(wireEvent);
        try
        {
            Take(wireEvent, into);
        }
        catch (JsonException)
        {
            throw context.Error(wireEvent);
        }
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        // Metadata are wanted for the usage alone; services that speak this format leave them out.
        if (!IsComplete && !_hasStopped) throw context.Interrupted(_hasBegun ? "was cut: it ended without messageStop" : "ended before anything came");
    }

    private void Take(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        var data = wireEvent.Data.Span;
        switch (wireEvent.Type)
        {
            case "messageStart":
                Begin(into);
                break;
            case "contentBlockStart":
                Open(ConverseEvent.Read(data), into);
                break;
            case "contentBlockDelta":
                Add(ConverseEvent.Read(data), into);
                break;
            case "contentBlockStop":
                if (BlockAt(ConverseEvent.Read(data).Index) is { } ended) Emit(ended.End(ref _length), into);
                break;
            case "messageStop":
                Stop(data, into);
                break;
            case "metadata":
                Count(data, into);
                break;
            case null:
                TakeWhole(wireEvent, into);
                break;
            default:
                // What a later version adds.
                break;
        }
    }

    private void Begin(ICollection<ChatCompletionChunk> into)
    {
        if (_hasBegun) return;
        _hasBegun = true;
        into.Add(Chunk(new Delta { Role = Role.Assistant }));
    }

    private void Open(in ConverseEvent e, ICollection<ChatCompletionChunk> into)
    {
        Begin(into);
        // One that tells nothing is of a text or of thinking, which begins with its first piece.
        if (!ConversePiece.Tells(e.Start)) return;
        _blocks.Add(new(quirks, e.Index, _blocks.Count, e.Start, []));
        Emit(_blocks[^1].Begin(ref _calls), into);
    }

    /// <summary>A text and thinking have no start of their own: their first piece is it.</summary>
    private void Add(in ConverseEvent e, ICollection<ChatCompletionChunk> into)
    {
        Begin(into);
        if (BlockAt(e.Index) is not { } block)
        {
            // A call's piece without its start is of no call that can be told.
            if (ConversePiece.Read(e.Delta).Kind == ConversePieceKind.Input) return;
            _blocks.Add(block = new(quirks, e.Index, _blocks.Count, [], e.Delta));
            Emit(block.Begin(ref _calls), into);
        }
        Emit(block.Next(e.Delta, isLast: block == _blocks[^1]), into);
    }

    private void Stop(ReadOnlySpan<byte> data, ICollection<ChatCompletionChunk> into)
    {
        Begin(into);
        // Some say nowhere that a block ends.
        foreach (var block in _blocks) Emit(block.End(ref _length), into);
        string? stop = null;
        var extra = new ExtraReader();
        var reader = new Utf8JsonReader(data);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            while (reader.NextMember())
            {
                if (reader.Is("stopReason"u8)) stop = reader.ReadString(data);
                else if (reader.Is("p"u8) || reader.NextIsNull()) reader.SkipMember();
                else extra.Take(ref reader, data);
            }
        var choice = new ChunkChoice { Delta = new(), FinishReason = ConverseStop.Reason(quirks, stop, _calls > 0), FinishReasonRaw = stop };
        into.Add(Chunk(choice) with { Extra = extra.ToExtra(), Noticed = ConverseStop.Notice(stop) });
        _hasStopped = true;
        Finish(into);
    }

    private void Count(ReadOnlySpan<byte> data, ICollection<ChatCompletionChunk> into)
    {
        Begin(into);
        Usage? usage = null;
        ServiceTier? tier = null;
        var extra = new ExtraReader();
        var reader = new Utf8JsonReader(data);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            while (reader.NextMember())
            {
                // "p" is padding, so that an event's size tells nothing of what it says.
                if (reader.Is("p"u8) || reader.NextIsNull()) reader.SkipMember();
                else if (reader.Is("usage"u8)) usage = ConverseUsage.Read(ref reader, data);
                else if (reader.Is("serviceTier"u8)) tier = ConverseUsage.ReadTier(ref reader, data);
                else extra.Take(ref reader, data);
            }
        _metadata = Chunk() with { Usage = usage, ServiceTier = tier, Extra = extra.ToExtra() };
        if (_hasStopped) Finish(into);
    }

    /// <summary>The usage goes last, whichever came first.</summary>
    private void Finish(ICollection<ChatCompletionChunk> into)
    {
        if (_metadata is null) return;
        into.Add(_metadata);
        IsComplete = true;
    }

    /// <summary>A service that does not stream answers whole: a block is a chunk then.</summary>
    private void TakeWhole(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (ConverseReplyReader.Read(quirks, wireEvent.Data.Span, context) is not { } whole) throw context.Error(wireEvent);
        Begin(into);
        var choice = whole.Choices[0];
        for (var i = 0; i < choice.Message.Blocks.Count; i++) into.Add(Chunk(ConverseStreamBlock.Whole(choice.Message.Blocks[i], i, ref _calls)));
        if (choice.Message.Annotations.Count > 0) into.Add(Chunk(new Delta { Annotations = choice.Message.Annotations }));
        into.Add(Chunk(new ChunkChoice { Delta = new(), FinishReason = choice.FinishReason, FinishReasonRaw = choice.FinishReasonRaw }) with { Extra = whole.Extra, Noticed = whole.Noticed });
        if (whole.Usage is not null) into.Add(Chunk() with { Usage = whole.Usage, ServiceTier = whole.ServiceTier });
        (_hasStopped, IsComplete) = (true, true);
    }

    private ConverseStreamBlock? BlockAt(int index)
    {
        // As a rule the last one.
        for (var i = _blocks.Count - 1; i >= 0; i--)
            if (_blocks[i].WireIndex == index) return _blocks[i];
        return null;
    }

    private void Emit(Delta? delta, ICollection<ChatCompletionChunk> into)
    {
        if (delta is not null) into.Add(Chunk(delta));
    }

    private ChatCompletionChunk Chunk(Delta delta) => Chunk(new ChunkChoice { Delta = delta });

    private ChatCompletionChunk Chunk(ChunkChoice? choice = null) =>
        new() { Id = _id, Model = context.Model, Created = context.Now.ToUnixTimeSeconds(), Choices = choice is null ? [] : [choice] };
}

/// <summary>The parts of an event about a block, each still to be read.</summary>
internal ref struct ConverseEvent
{
    public int Index;
    public ReadOnlySpan<byte> Start, Delta;

    /// <exception cref="JsonException">The data are not JSON.</exception>
    public static ConverseEvent Read(ReadOnlySpan<byte> source)
    {
        var e = new ConverseEvent();
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return e;
        while (reader.NextMember())
        {
            if (reader.Is("contentBlockIndex"u8)) e.Index = (int)(reader.ReadLong() ?? 0);
            else if (reader.Is("delta"u8) && reader.NextIs(JsonTokenType.StartObject)) e.Delta = Object(ref reader, source);
            else if (reader.Is("start"u8) && reader.NextIs(JsonTokenType.StartObject)) e.Start = Object(ref reader, source);
            else reader.SkipMember();
        }
        return e;
    }

    private static ReadOnlySpan<byte> Object(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return source[start..(int)reader.BytesConsumed];
    }
}
