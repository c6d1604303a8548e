using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of Cohere's into canonical chunks:
/// <code>
///   message-start ► role, id         content-start, content-delta ► text, thinking       tool-plan-delta ► a block of its own
///   tool-call-start, -delta, -end ► a call, its arguments       citation-start ► annotations       message-end ► finish reason, usage, and the end
/// </code>
/// </summary>
internal sealed class CohereStreamFold(CohereChat quirks, CallContext context) : IFold<ChatCompletionChunk>
{
    private readonly List<CohereStreamCall> _calls = [];
    private readonly Dictionary<int, int> _lengths = [];
    private readonly long _created = context.Now.ToUnixTimeSeconds();
    private WholeCharacters _text, _thinking, _plan;
    private Block _open;
    private string? _id;
    private int _blocks;

    private enum Block
    {
        None,
        Text,
        Thinking,
        Plan,
        Call,
    }

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        // Nothing has to follow the end, though this does as a rule.
        if (IsComplete || wireEvent.Data.IsEmpty || wireEvent.Data.Span.SequenceEqual("[DONE]"u8)) return;
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
        if (!IsComplete) throw context.Interrupted(_id is null ? "ended before anything came" : "was cut: it ended without message-end");
    }

    private void Take(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        var e = CohereEvent.Read(wireEvent.Data.Span);
        if (e.Type.Length == 0) e.Type = wireEvent.Type ?? "";
        switch (e.Type)
        {
            case "message-start" or "content-start" or "content-delta" or "tool-plan-delta" or "tool-call-start" or "tool-call-delta" or "citation-start":
                Start(e.Id, into);
                Take(e, into);
                break;
            case "tool-call-end":
                if (CallAt(e.Index) is { } ended) Emit(ended.End(), into);
                break;
            case "message-end":
                Start(e.Id, into);
                Finish(e.Delta, into);
                break;
            case "error" or "":
                throw context.Error(wireEvent);
            default:
                // The ends of parts, what was asked for by debugging, or what a later version adds.
                break;
        }
    }

    private void Start(string? id, ICollection<ChatCompletionChunk> into)
    {
        if (_id is not null) return;
        _id = id is { Length: > 0 } ? id : context.MakeId("msg_", 0);
        into.Add(Chunk(new ChunkChoice { Delta = new() { Role = Role.Assistant } }));
    }

    private void Take(in CohereEvent e, ICollection<ChatCompletionChunk> into)
    {
        var message = CohereMessage.Read(e.Message);
        foreach (var part in message.Content ?? [])
            if (part.IsKnown) Take(part, e, into);
        if (e.Logprobs is { } logprobs) into.Add(Chunk(new ChunkChoice { Delta = new(), Logprobs = new() { Content = logprobs } }));
        if (_plan.Next(message.Plan) is { Length: > 0 } plan)
        {
            if (_open != Block.Plan) Open(Block.Plan, into);
            Emit(new() { ReasoningContent = plan }, into);
        }
        foreach (var call in message.Calls ?? []) Take(call, e, into);
        foreach (var citation in message.Citations ?? []) Emit(new() { Annotations = [.. citation.ToAnnotations(_lengths)] }, into);
    }

    private void Take(CohereContent part, in CohereEvent e, ICollection<ChatCompletionChunk> into)
    {
        var kind = part.IsThinking ? Block.Thinking : Block.Text;
        if (e.Type == "content-start" || _open != kind) Open(kind, into);
        if (kind == Block.Thinking)
        {
            if (_thinking.Next(part.Thinking) is { Length: > 0 } thinking) Emit(new() { ReasoningContent = thinking }, into);
        }
        else if (_text.Next(part.Text) is { Length: > 0 } text)
        {
            _lengths[e.Index] = _lengths.GetValueOrDefault(e.Index) + text.Length;
            Emit(new() { Content = text }, into);
        }
    }

    /// <summary>Begins a block; nothing need be said of one that is of another kind than the one before it, but for a plan, which is marked.</summary>
    private void Open(Block kind, ICollection<ChatCompletionChunk> into)
    {
        var isReasoning = kind is Block.Thinking or Block.Plan;
        var goesOn = isReasoning ? _open is Block.Thinking or Block.Plan : _open == kind;
        if (goesOn || kind == Block.Plan)
        {
            var first = isReasoning ? ContentPart.FromReasoning("") : ContentPart.FromText("");
            if (kind == Block.Plan) first = first with { Format = CohereChat.PlanFormat };
            Emit(new() { Blocks = [new(_blocks++, first)] }, into);
        }
        _open = kind;
    }

    private void Take(CohereCall piece, in CohereEvent e, ICollection<ChatCompletionChunk> into)
    {
        if (e.Type != "tool-call-delta" || CallAt(e.Index) is not { } call)
        {
            call = new(e.Index, _calls.Count);
            _calls.Add(call);
            _open = Block.Call;
            Emit(new() { ToolCalls = [call.Begin(piece, context)] }, into);
        }
        Emit(call.Next(piece.Arguments), into);
    }

    private CohereStreamCall? CallAt(int index)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
            if (_calls[i].WireIndex == index) return _calls[i];
        return null;
    }

    private void Finish(ReadOnlySpan<byte> end, ICollection<ChatCompletionChunk> into)
    {
        string? word = null;
        Usage? usage = null;
        var extra = new ExtraReader();
        if (!end.IsEmpty)
        {
            var reader = new Utf8JsonReader(end);
            reader.Read();
            while (reader.NextMember())
            {
                if (reader.NextIsNull()) reader.SkipMember();
                else if (reader.Is("finish_reason"u8)) word = reader.ReadString(end);
                else if (reader.Is("usage"u8)) usage = CohereUsage.Read(ref reader, end);
                else extra.Take(ref reader, end);
            }
        }
        var beside = extra.ToExtra();
        if (CohereStop.Error(quirks, word, beside, context) is { } error) throw error;
        IsComplete = true;
        foreach (var call in _calls) Emit(call.End(), into);
        var finish = CohereStop.Reason(quirks, word, _calls.Count > 0);
        into.Add(Chunk(new ChunkChoice { Delta = new(), FinishReason = finish, FinishReasonRaw = CohereStop.Raw(finish, word) }) with { Extra = beside });
        if (usage is not null) into.Add(Chunk(null) with { Usage = usage });
    }

    private void Emit(Delta? delta, ICollection<ChatCompletionChunk> into)
    {
        if (delta is not null) into.Add(Chunk(new ChunkChoice { Delta = delta }));
    }

    private ChatCompletionChunk Chunk(ChunkChoice? choice) => new() { Id = _id!, Model = context.Model, Created = _created, Choices = choice is null ? [] : [choice] };
}

/// <summary>A call of a stream, from its start to its end.</summary>
internal sealed class CohereStreamCall(int wireIndex, int place)
{
    private const string Nothing = "null";
    private WholeCharacters _arguments;
    private StringBuilder? _held = new();
    private bool _hasEnded;

    public int WireIndex => wireIndex;

    public ToolCallDelta Begin(CohereCall start, CallContext context) => new()
    {
        Index = place, Id = start.Id is { Length: > 0 } id ? id : context.MakeId("call_", place), Type = "function", Name = start.Name ?? "", Arguments = "", Extra = start.Extra,
    };

    /// <summary>The next piece. As long as it may come to a null, which stands for no arguments, it is held.</summary>
    public Delta? Next(string? piece)
    {
        if (_hasEnded || _arguments.Next(piece) is not { Length: > 0 } whole) return null;
        if (_held is null) return Piece(whole);
        var text = _held.Append(whole).ToString();
        if (Nothing.StartsWith(text.Trim(), StringComparison.Ordinal)) return null;
        _held = null;
        return Piece(text);
    }

    /// <summary>What was held: nothing, a null, or the beginning of one that was cut.</summary>
    public Delta? End()
    {
        if (_hasEnded) return null;
        _hasEnded = true;
        return _held is null ? null : Piece(CohereCall.Whole(_held.ToString()));
    }

    private Delta Piece(string arguments) => new() { ToolCalls = [new() { Index = place, Arguments = arguments }] };
}

/// <summary>The parts of one event, most of them still to be read.</summary>
internal ref struct CohereEvent
{
    public string Type;
    public string? Id;
    public int Index;
    public ReadOnlySpan<byte> Delta, Message;
    public List<TokenLogprob>? Logprobs;

    /// <exception cref="JsonException">The data is not JSON.</exception>
    public static CohereEvent Read(ReadOnlySpan<byte> source)
    {
        var e = new CohereEvent { Type = "" };
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return e;
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("type"u8)) e.Type = reader.ReadShared("content-delta", source) ?? "";
            else if (reader.Is("index"u8)) e.Index = (int)(reader.ReadLong() ?? 0);
            else if (reader.Is("id"u8)) e.Id = reader.ReadString(source);
            else if (reader.Is("delta"u8)) e.Delta = reader.ReadObject(source);
            else if (reader.Is("logprobs"u8)) e.Logprobs = CohereMessage.Many(ref reader, source, CohereLogprob.Read) is { Count: > 0 } told ? told : null;
            else reader.SkipMember();
        }
        reader.Read();
        e.Message = MessageIn(e.Delta);
        return e;
    }

    private static ReadOnlySpan<byte> MessageIn(ReadOnlySpan<byte> delta)
    {
        if (delta.IsEmpty) return default;
        var reader = new Utf8JsonReader(delta);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("message"u8)) return reader.ReadObject(delta);
            reader.SkipMember();
        }
        return default;
    }
}
