using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// One content block of a stream, from its first event to its stop. What it is, its start tells (a call, and what the service alone knows) or its first piece (a text, thinking).
/// </summary>
internal sealed class ConverseStreamBlock
{
    private readonly BedrockConverse _quirks;
    private readonly int _place;
    private readonly ToolCall? _call;
    private readonly Extra _start;
    private readonly List<Extra> _pieces = [];
    private readonly ContentPartType _type;
    private readonly bool _isAnswer;
    private List<string>? _redacted;
    private WholeCharacters _text, _arguments;
    private List<RawJson>? _citations;
    private int _index, _length;
    private bool _hasArguments, _hasEnded;

    /// <param name="quirks">The model's.</param>
    /// <param name="wireIndex">Its index on the wire.</param>
    /// <param name="place">Its place among the blocks.</param>
    /// <param name="start">Its start; empty where the first piece is it.</param>
    /// <param name="first">Its first piece.</param>
    public ConverseStreamBlock(BedrockConverse quirks, int wireIndex, int place, ReadOnlySpan<byte> start, ReadOnlySpan<byte> first)
    {
        (_quirks, WireIndex, _place) = (quirks, wireIndex, place);
        if (start.IsEmpty)
        {
            _type = TypeOf(ConversePiece.Read(first).Kind);
            return;
        }
        var part = ConverseBlockReader.Read(quirks, start);
        (_type, _call, _isAnswer) = (part.Type, part.ToolCall, part.Type == ContentPartType.Text);
        if (!part.Raw.IsEmpty) _start = Extra.Trusted(start.ToArray());
    }

    public int WireIndex { get; }

    /// <summary>What is to go out of a whole block.</summary>
    public static Delta Whole(ContentPart block, int place, ref int calls)
    {
        if (block.ToolCall is { } call) return new() { ToolCalls = [Opening(call, calls++) with { Arguments = call.Function.Arguments }] };
        return block.Raw.IsEmpty ? Opening(block, block.Text, place) : new() { Blocks = [new(place, block)] };
    }

    /// <summary>Tells where the block begins; null for one that is told only whole.</summary>
    public Delta? Begin(ref int calls)
    {
        if (_call is null) return _type == ContentPartType.Opaque ? null : Opening(new() { Type = _type, Format = _type == ContentPartType.Text ? null : _quirks.BlockFormat }, "", _place);
        _index = calls++;
        return new() { ToolCalls = [Opening(_call, _index) with { Arguments = "" }] };
    }

    /// <summary>Takes one piece of the block.</summary>
    /// <param name="delta">The piece.</param>
    /// <param name="isLast">Whether no other block has begun since: then nothing need say to which one it belongs.</param>
    public Delta? Next(ReadOnlySpan<byte> delta, bool isLast)
    {
        var piece = ConversePiece.Read(delta);
        switch (piece.Kind)
        {
            case ConversePieceKind.Redacted:
                (_redacted ??= []).Add(piece.Text ?? "");
                return null;
            case var _ when _type == ContentPartType.Opaque:
                _pieces.Add(Extra.Trusted(delta.ToArray()));
                return null;
            case ConversePieceKind.Text or ConversePieceKind.Input when _type == ContentPartType.Text:
                return Text(piece.Text, isLast);
            case ConversePieceKind.Input when _call is not null:
                return Arguments(piece.Text);
            case ConversePieceKind.Thinking when _type == ContentPartType.Reasoning:
                return Thinking(piece.Text, isLast);
            case ConversePieceKind.Signature when _type == ContentPartType.Reasoning && !string.IsNullOrEmpty(piece.Text):
                return new() { Blocks = [new(_place, new() { Type = ContentPartType.Reasoning, Signature = piece.Text, Format = _quirks.BlockFormat })] };
            case ConversePieceKind.Citation when _type == ContentPartType.Text:
                return Citation(piece.Raw);
            default:
                return null;
        }
    }

    /// <summary>Tells what is whole only now.</summary>
    /// <param name="contentLength">The length of the message's content so far; the block's is added.</param>
    public Delta? End(ref int contentLength)
    {
        if (_hasEnded) return null;
        _hasEnded = true;
        if (_redacted is not null) return new() { Blocks = [new(_place, ContentPart.FromOpaque(_quirks.BlockFormat, Redacted(_redacted)))] };
        // Read as it would have come whole: with all its pieces it may be a picture.
        if (_type == ContentPartType.Opaque) return new() { Blocks = [new(_place, ConverseBlockReader.Read(_quirks, ConversePieces.Join(_start, _pieces).Utf8.Span))] };
        if (_call is not null) return _hasArguments ? null : new() { ToolCalls = [new() { Index = _index, Arguments = "{}" }] };
        var said = _isAnswer && _length == 0 ? "{}" : null;
        _length += said?.Length ?? 0;
        var start = contentLength;
        if (_type == ContentPartType.Text) contentLength += _length;
        List<Annotation>? annotations = null;
        if (_citations is not null) ConverseCitations.AddTo(ref annotations, List(_citations), start, _length);
        return said is null && annotations is null ? null : new() { Content = said, Annotations = annotations ?? (IReadOnlyList<Annotation>)[] };
    }

    /// <summary>A block that begins, or goes on behind another one: text comes beside it, thinking within it too.</summary>
    private static Delta Opening(ContentPart block, string? text, int place) => block.Type == ContentPartType.Text
        ? new() { Content = text, Blocks = [new(place, block with { Text = "" })] }
        : new() { ReasoningContent = string.IsNullOrEmpty(text) ? null : text, Blocks = [new(place, block with { Text = text ?? "" })] };

    private static ToolCallDelta Opening(ToolCall call, int index) => new() { Index = index, Id = call.Id, Type = "function", Name = call.Function.Name };

    private static ContentPartType TypeOf(ConversePieceKind kind) => kind switch
    {
        ConversePieceKind.Thinking or ConversePieceKind.Signature => ContentPartType.Reasoning,
        ConversePieceKind.Text or ConversePieceKind.Citation => ContentPartType.Text,
        _ => ContentPartType.Opaque,
    };

    private Delta? Text(string? text, bool isLast)
    {
        if (_text.Next(text) is not { Length: > 0 } whole) return null;
        _length += whole.Length;
        return isLast ? new() { Content = whole } : Opening(ContentPart.FromText(""), whole, _place);
    }

    private Delta? Thinking(string? text, bool isLast)
    {
        if (_text.Next(text) is not { Length: > 0 } whole) return null;
        return isLast ? new() { ReasoningContent = whole } : Opening(new() { Type = ContentPartType.Reasoning, Format = _quirks.BlockFormat }, whole, _place);
    }

    private Delta? Arguments(string? text)
    {
        if (_arguments.Next(text) is not { Length: > 0 } whole) return null;
        _hasArguments = true;
        return new() { ToolCalls = [new() { Index = _index, Arguments = whole }] };
    }

    private Delta? Citation(RawJson citation)
    {
        (_citations ??= []).Add(citation);
        return new() { Blocks = [new(_place, new() { Type = ContentPartType.Text, Extra = new Extra().With("citations", List([citation])) })] };
    }

    /// <summary>The block of thinking that cannot be read: one piece is kept as it came, of several the bytes are joined.</summary>
    private static RawJson Redacted(List<string> base64) => JsonOut.ToText(base64, static (json, pieces) =>
    {
        json.WriteStartObject();
        json.WriteStartObject("reasoningContent"u8);
        json.WriteString("redactedContent"u8, pieces is [var only] ? only : Convert.ToBase64String([.. pieces.SelectMany(static piece => Base64Text.Decode(piece) ?? [])]));
        json.WriteEndObject();
        json.WriteEndObject();
    }, indented: false);

    private static RawJson List(List<RawJson> items) => $"[{string.Join(',', items)}]";
}

/// <summary>What a piece of a block is.</summary>
internal enum ConversePieceKind
{
    /// <summary>Something that only a block of its own kind has.</summary>
    Other,

    /// <summary>More of a text.</summary>
    Text,

    /// <summary>More of a call's input.</summary>
    Input,

    /// <summary>More thinking.</summary>
    Thinking,

    /// <summary>The proof that the thinking is the model's own.</summary>
    Signature,

    /// <summary>Thinking that cannot be read.</summary>
    Redacted,

    /// <summary>Something that the text cites.</summary>
    Citation,
}

/// <summary>A piece of a block.</summary>
internal readonly record struct ConversePiece(ConversePieceKind Kind, string? Text)
{
    public RawJson Raw { get; init; }

    /// <summary>Reads the delta whose JSON this is.</summary>
    public static ConversePiece Read(ReadOnlySpan<byte> delta)
    {
        if (delta.IsEmpty) return default;
        var reader = new Utf8JsonReader(delta);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("text"u8)) return new(ConversePieceKind.Text, reader.ReadString(delta));
            if (reader.Is("toolUse"u8) && reader.NextIs(JsonTokenType.StartObject)) return Within(ref reader, delta, static (in Utf8JsonReader at) => at.Is("input"u8) ? ConversePieceKind.Input : default);
            if (reader.Is("reasoningContent"u8) && reader.NextIs(JsonTokenType.StartObject)) return Within(ref reader, delta, ThinkingKind);
            if (reader.Is("citation"u8) && reader.NextIs(JsonTokenType.StartObject)) return new(ConversePieceKind.Citation, null) { Raw = reader.ReadRaw(delta) };
            reader.SkipMember();
        }
        return default;
    }

    /// <summary>Whether a start says what begins: one of its members is an object.</summary>
    public static bool Tells(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return false;
        var reader = new Utf8JsonReader(start);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.NextIs(JsonTokenType.StartObject)) return true;
            reader.SkipMember();
        }
        return false;
    }

    private delegate ConversePieceKind Kinds(in Utf8JsonReader at);

    private static ConversePieceKind ThinkingKind(in Utf8JsonReader at) =>
        at.Is("text"u8) ? ConversePieceKind.Thinking : at.Is("signature"u8) ? ConversePieceKind.Signature : at.Is("redactedContent"u8) ? ConversePieceKind.Redacted : default;

    private static ConversePiece Within(ref Utf8JsonReader reader, ReadOnlySpan<byte> delta, Kinds kindOf)
    {
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (kindOf(reader) is not default(ConversePieceKind) and var kind) return new(kind, reader.ReadString(delta));
            reader.SkipMember();
        }
        return default;
    }
}

/// <summary>The pieces of a block that only the service knows, as the block that would have come whole.</summary>
internal static class ConversePieces
{
    /// <summary>The start with what its pieces add: texts of one name are joined, lists too, and of anything else the later one counts.</summary>
    public static RawJson Join(Extra start, List<Extra> pieces)
    {
        var whole = start;
        foreach (var piece in pieces)
            foreach (var name in piece.Names)
                whole = whole.With(name, Joined(whole[name], piece[name]));
        if (whole["toolUse"] is { IsEmpty: false } call && call.ToElement().ValueKind == JsonValueKind.Object) whole = whole.With("toolUse", WithInput(Extra.Trusted(call.Utf8.ToArray())));
        return RawJson.Trusted(whole.Utf8);
    }

    /// <summary>A call whose input came in pieces of text, which are an object where the call is whole.</summary>
    private static RawJson WithInput(Extra call)
    {
        if (call.GetString("input") is not { } text) return call.ToString();
        try
        {
            return call.With("input", text.Length == 0 ? "{}" : RawJson.Parse(text)).ToString();
        }
        catch (JsonException)
        {
            // Cut at the token limit: kept as text, since the block must stay JSON.
            return call.ToString();
        }
    }

    private static RawJson Joined(RawJson before, RawJson more)
    {
        if (before.IsEmpty) return more;
        var kind = (before.ToElement().ValueKind, more.ToElement().ValueKind);
        return kind switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) => Join(Extra.Trusted(before.Utf8.ToArray()), [Extra.Trusted(more.Utf8.ToArray())]),
            // Of what the service calls and gets, the pieces of a tool's result come as lists.
            (JsonValueKind.Object, JsonValueKind.Array) => Join(Extra.Trusted(before.Utf8.ToArray()), [new Extra().With("content", more)]),
            (JsonValueKind.Array, JsonValueKind.Array) => $"[{string.Join(',', before.ToElement().EnumerateArray().Concat(more.ToElement().EnumerateArray()).Select(static item => item.GetRawText()))}]",
            (JsonValueKind.String, JsonValueKind.String) => JsonOut.ToText(before.AsText() + more.AsText(), static (json, it) => json.WriteStringValue(it), indented: false),
            _ => more,
        };
    }
}
