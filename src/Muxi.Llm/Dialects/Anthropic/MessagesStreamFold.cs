using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of Anthropic's format into canonical chunks:
/// <code>
///   message_start ► role, id, model          content_block_start ► where a block begins        message_delta ► finish reason
///   content_block_delta ► text, thinking, a call's arguments       content_block_stop ► what is whole only then: opaque blocks, annotations
///   message_stop ► usage, and the end; or, where the turn was paused, the call that goes on with it
/// </code>
/// </summary>
internal sealed class MessagesStreamFold : IFold<ChatCompletionChunk>
{
    private readonly AnthropicMessages _quirks;
    private readonly ChatCompletionRequest? _request;
    private readonly CallContext _context;
    private readonly ChatAccumulator? _soFar;
    private readonly List<ChatCompletionChunk> _taken = [];
    private readonly List<MessagesStreamBlock> _blocks = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private MessagesUsage _usage = new();
    private Usage? _before;
    private string? _id, _model;
    private int _base, _calls, _length;
    private bool _hasStarted, _isPaused, _isRepeated;

    /// <param name="quirks">The service's.</param>
    /// <param name="request">What was asked, to go on with a paused turn; null goes on with none.</param>
    /// <param name="context">The call's surroundings.</param>
    public MessagesStreamFold(AnthropicMessages quirks, ChatCompletionRequest? request, CallContext context)
    {
        (_quirks, _request, _context) = (quirks, request is null ? null : OwnParts.Merged(request, quirks.BlockFormat), context);
        // Only a turn in which the service's own tools may run is paused, and only then what came must be kept.
        if (_request is not null && quirks.MaxContinuations > 0 && MayPause(_request)) _soFar = new();
    }

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        if (wireEvent.Fault is not null) throw _context.Error(wireEvent);
        if (wireEvent.Data.IsEmpty) return;
        try
        {
            Take(wireEvent, _soFar is null ? into : _taken);
        }
        catch (JsonException)
        {
            throw _context.Error(wireEvent);
        }
        foreach (var chunk in _taken)
        {
            _soFar!.Add(chunk);
            into.Add(chunk);
        }
        _taken.Clear();
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (!IsComplete) throw _context.Interrupted(_hasStarted ? "was cut: it ended without message_stop" : "ended before anything came");
    }

    public HttpCall? Continue()
    {
        if (!_isPaused || _soFar?.ToCompletion() is not { } soFar) return null;
        (IsComplete, _isPaused, _hasStarted) = (false, false, false);
        _before = MessagesUsage.Sum(_before, _usage.ToUsage());
        _usage = new();
        _base += _blocks.Count;
        _blocks.Clear();
        return _quirks.Render(MessagesContinuation.After(_request!, soFar), _context, stream: true);
    }

    private void Take(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        // Some gateways end this format, too, as OpenAI's ends.
        if (wireEvent.Data.Span.SequenceEqual("[DONE]"u8)) return;
        var e = MessagesEvent.Read(wireEvent.Data.Span);
        switch (e.Type.Length > 0 ? e.Type : wireEvent.Type ?? "")
        {
            case "message_start":
                Start(e.Message, into);
                break;
            case "content_block_start":
                // A new one even where the index had one before: some gateways count every block as the first.
                Begin(e.Index, e.Block, into);
                break;
            case "content_block_delta":
                if (BlockAt(e.Index) is null && MessagesStreamBlock.StartBefore(e.Delta) is { IsEmpty: false } missing) Begin(e.Index, missing, into);
                if (BlockAt(e.Index) is { } known) Emit(known.Next(e.Delta, isLast: known == _blocks[^1]), into);
                break;
            case "content_block_stop":
                if (BlockAt(e.Index) is { } ended) Emit(ended.End(ref _length), into);
                break;
            case "message_delta":
                Finish(e, into);
                break;
            case "message_stop":
                Stop(e.Extra, into);
                break;
            case "message":
                TakeWhole(wireEvent, into);
                break;
            case "error" or "":
                throw _context.Error(wireEvent);
            default:
                // A ping, or what a later version adds.
                break;
        }
    }

    private void Start(ReadOnlySpan<byte> message, ICollection<ChatCompletionChunk> into)
    {
        // Seen of a proxy that asked again in the middle (recorded 2025): what came before is no part of what follows.
        if (_hasStarted) throw _context.Interrupted("began anew in the middle of a message");
        string? id = null, model = null;
        var reader = new Utf8JsonReader(message);
        var extra = new ExtraReader();
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(message);
            else if (reader.Is("model"u8)) model = reader.ReadString(message);
            else if (reader.Is("usage"u8)) _usage.Read(ref reader, message);
            else if (reader.NextIsNull() || IsOfTheEnd(reader)) reader.SkipMember();
            else extra.Take(ref reader, message);
        }
        _isRepeated = !_seen.Add(id ?? "") && _before is not null;
        _hasStarted = true;
        if (_isRepeated) return;
        _id ??= id ?? "";
        _model ??= model ?? "";
        into.Add(Chunk(new Delta { Role = _before is null ? Role.Assistant : default(Role?) }) with { Extra = extra.ToExtra() });
    }

    private static bool IsOfTheEnd(in Utf8JsonReader reader) =>
        reader.Is("type"u8) || reader.Is("role"u8) || reader.Is("content"u8) || reader.Is("stop_reason"u8) || reader.Is("stop_sequence"u8) || reader.Is("stop_details"u8);

    private void Finish(in MessagesEvent e, ICollection<ChatCompletionChunk> into)
    {
        var usage = new Utf8JsonReader(e.Usage);
        if (!e.Usage.IsEmpty) _usage.Read(ref usage, e.Usage);
        string? stop = null;
        ExtraReader beside = default, extra = default;
        var reader = new Utf8JsonReader(e.Delta);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("stop_reason"u8)) stop = reader.ReadString(e.Delta);
            else if (reader.Is("stop_sequence"u8) || reader.Is("stop_details"u8)) beside.Take(ref reader, e.Delta);
            else extra.Take(ref reader, e.Delta);
        }
        _isPaused = stop == MessagesStop.Paused && _soFar is not null && !_isRepeated && _seen.Count <= _quirks.MaxContinuations;
        var members = extra.ToExtra().With(e.Extra);
        if (_isPaused)
        {
            if (!members.IsEmpty) into.Add(Chunk(new Delta()) with { Extra = members });
            return;
        }
        var choice = new ChunkChoice { Delta = new(), FinishReason = MessagesStop.Reason(_quirks, stop, _calls > 0), FinishReasonRaw = stop, Extra = beside.ToExtra() };
        if (stop is not null || !members.IsEmpty) into.Add(Chunk(choice) with { Extra = members });
    }

    /// <param name="extra">What a service says beside the end, e.g. how long it took.</param>
    /// <param name="into">Takes the chunks.</param>
    private void Stop(Extra extra, ICollection<ChatCompletionChunk> into)
    {
        IsComplete = true;
        if (_isPaused) return;
        if (!_hasStarted) throw _context.Interrupted("ended before anything came");
        var usage = MessagesUsage.Sum(_before, _isRepeated ? null : _usage.ToUsage());
        if (usage is not null || !extra.IsEmpty) into.Add(Chunk() with { Usage = usage, ServiceTier = _usage.Tier(), Extra = extra });
    }

    /// <summary>A service that does not stream answers whole: a block is a chunk then.</summary>
    private void TakeWhole(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (MessagesReplyReader.Read(_quirks, wireEvent.Data.Span, _context) is not { } whole) throw _context.Error(wireEvent);
        (_id, _model, IsComplete) = (whole.Id, whole.Model, true);
        into.Add(Chunk(new Delta { Role = Role.Assistant }) with { Extra = whole.Extra });
        var choice = whole.Choices[0];
        for (var i = 0; i < choice.Message.Blocks.Count; i++) into.Add(Chunk(MessagesStreamBlock.Whole(choice.Message.Blocks[i], i, ref _calls)));
        if (choice.Message.Annotations.Count > 0) into.Add(Chunk(new Delta { Annotations = choice.Message.Annotations }));
        into.Add(Chunk(new ChunkChoice { Delta = new(), FinishReason = choice.FinishReason, FinishReasonRaw = choice.FinishReasonRaw, Extra = choice.Extra }));
        if (whole.Usage is not null) into.Add(Chunk() with { Usage = whole.Usage, ServiceTier = whole.ServiceTier });
    }

    private void Begin(int index, ReadOnlySpan<byte> block, ICollection<ChatCompletionChunk> into)
    {
        _blocks.Add(new(_quirks, index, _base + _blocks.Count, block));
        Emit(_blocks[^1].Begin(ref _calls), into);
    }

    private MessagesStreamBlock? BlockAt(int index)
    {
        // As a rule the last one.
        for (var i = _blocks.Count - 1; i >= 0; i--)
            if (_blocks[i].WireIndex == index) return _blocks[i];
        return null;
    }

    private void Emit(Delta? delta, ICollection<ChatCompletionChunk> into)
    {
        if (delta is not null && !_isRepeated) into.Add(Chunk(delta));
    }

    private ChatCompletionChunk Chunk(Delta delta) => Chunk(new ChunkChoice { Delta = delta });

    private ChatCompletionChunk Chunk(ChunkChoice? choice = null) =>
        new() { Id = _id ?? "", Model = _model ?? "", Created = _context.Now.ToUnixTimeSeconds(), Choices = choice is null ? [] : [choice] };

    private static bool MayPause(ChatCompletionRequest request) =>
        request.Extra.Holds("tools"u8) || request.Extra.Holds("mcp_servers"u8) || !request.WebSearchOptions.IsEmpty || request.Tools?.Any(tool => tool.Function is null) == true;
}

/// <summary>The parts of one event, each still to be read.</summary>
internal ref struct MessagesEvent
{
    public string Type;
    public int Index;
    public ReadOnlySpan<byte> Message, Block, Delta, Usage;
    public Extra Extra;

    /// <exception cref="JsonException">The data is not JSON.</exception>
    public static MessagesEvent Read(ReadOnlySpan<byte> source)
    {
        var e = new MessagesEvent { Type = "" };
        var reader = new Utf8JsonReader(source);
        var extra = new ExtraReader();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return e;
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) e.Type = reader.ReadShared("content_block_delta", source) ?? "";
            else if (reader.Is("index"u8)) e.Index = (int)(reader.ReadLong() ?? 0);
            else if (reader.Is("delta"u8)) e.Delta = Object(ref reader, source);
            else if (reader.Is("content_block"u8)) e.Block = Object(ref reader, source);
            else if (reader.Is("message"u8)) e.Message = Object(ref reader, source);
            else if (reader.Is("usage"u8)) e.Usage = Object(ref reader, source);
            else if (e.Type is "" or "message_delta" or "message_stop" && !reader.NextIsNull()) extra.Take(ref reader, source);
            else reader.SkipMember();
        }
        e.Extra = extra.ToExtra();
        return e;
    }

    private static ReadOnlySpan<byte> Object(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source) => reader.ReadObject(source) is { IsEmpty: false } members ? members : "{}"u8;
}
