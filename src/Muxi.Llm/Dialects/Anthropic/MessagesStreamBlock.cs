using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One content block of a stream, from its start to its stop.</summary>
internal sealed class MessagesStreamBlock(AnthropicMessages quirks, int wireIndex, int place, ReadOnlySpan<byte> start)
{
    private readonly string _format = quirks.BlockFormat;
    private readonly byte[] _start = start.IsEmpty ? "{}"u8.ToArray() : start.ToArray();
    private readonly ContentPart _first = MessagesBlockReader.Read(quirks, start.IsEmpty ? "{}"u8 : start);
    private readonly bool _isAnswer = MessagesBlockReader.TypeOf(start.IsEmpty ? "{}"u8 : start) == "tool_use";
    private StringBuilder? _input;
    private Extra _added;
    private WholeCharacters _text, _arguments;
    private string _pieces = "text_delta";
    private int _call, _length;
    private bool _hasArguments, _hasEnded;

    public int WireIndex => wireIndex;

    private bool IsText => _first.Type == ContentPartType.Text;

    private bool IsThinking => _first.Type == ContentPartType.Reasoning;

    /// <summary>The start of a block whose first piece came without one; empty where the piece alone does not tell what it is of.</summary>
    public static ReadOnlySpan<byte> StartBefore(ReadOnlySpan<byte> delta) => Piece.Read(delta, "text_delta").Type switch
    {
        "text_delta" => """{"type":"text","text":""}"""u8,
        "thinking_delta" => """{"type":"thinking","thinking":""}"""u8,
        _ => [],
    };

    /// <summary>What is to go out of a whole block.</summary>
    public static Delta Whole(ContentPart block, int place, ref int calls)
    {
        if (block.ToolCall is { } call) return Opening(block, call, calls++, call.Function.Arguments);
        if (!block.Raw.IsEmpty) return new() { Blocks = [new(place, block)] };
        return Opening(block, block.Text, place);
    }

    /// <summary>Tells where the block begins; null for one that is told only whole.</summary>
    public Delta? Begin(ref int calls)
    {
        if (!_first.Raw.IsEmpty) return null;
        if (_first.ToolCall is { } call)
        {
            _call = calls++;
            return Opening(_first, call, _call, "");
        }
        var text = IsText && _isAnswer ? "" : _first.Text;
        _length = IsText ? text?.Length ?? 0 : 0;
        return Opening(_first, text, place);
    }

    /// <summary>Takes one piece of the block.</summary>
    /// <param name="delta">The piece.</param>
    /// <param name="isLast">Whether no other block has begun since: then nothing need say to which one it belongs.</param>
    public Delta? Next(ReadOnlySpan<byte> delta, bool isLast)
    {
        // As a rule all pieces of a block are of one kind.
        var piece = Piece.Read(delta, _pieces);
        _pieces = piece.Type;
        if (!_first.Raw.IsEmpty)
        {
            Keep(piece, delta);
            return null;
        }
        if (_first.ToolCall is not null) return piece.Type == "input_json_delta" ? Arguments(piece.Text) : null;
        if (IsText) return piece.Type is "text_delta" || (_isAnswer && piece.Type == "input_json_delta") ? Text(piece.Text, isLast) : piece.Type == "citations_delta" ? Citation(piece.Citation) : null;
        return piece.Type switch
        {
            "thinking_delta" when _text.Next(piece.Text) is { Length: > 0 } thinking => isLast && string.IsNullOrEmpty(_first.Text)
                ? new() { ReasoningContent = thinking }
                : Opening(new() { Type = ContentPartType.Reasoning, Format = _format }, thinking, place),
            "signature_delta" when !string.IsNullOrEmpty(piece.Text) => new() { Blocks = [new(place, new() { Type = ContentPartType.Reasoning, Signature = piece.Text, Format = _format })] },
            _ => null,
        };
    }

    /// <summary>Tells what is whole only now.</summary>
    /// <param name="contentLength">The length of the message's content so far; the block's is added.</param>
    public Delta? End(ref int contentLength)
    {
        if (_hasEnded) return null;
        _hasEnded = true;
        if (!_first.Raw.IsEmpty) return new() { Blocks = [new(place, ContentPart.FromOpaque(_format, Opaque()))] };
        if (_first.ToolCall is { } call) return _hasArguments ? null : new() { ToolCalls = [new() { Index = _call, Arguments = call.Function.Arguments }] };
        if (!IsText) return null;
        var said = _isAnswer && _length == 0 ? _first.Text : null;
        _length += said?.Length ?? 0;
        var start = contentLength;
        contentLength += _length;
        List<Annotation>? annotations = null;
        var extra = _first.Extra.With(_added);
        if (!extra.IsEmpty) MessagesCitations.AddTo(ref annotations, new() { Type = ContentPartType.Text, Text = new(' ', _length), Extra = extra }, start);
        return said is null && annotations is null ? null : new() { Content = said, Annotations = annotations ?? (IReadOnlyList<Annotation>)[] };
    }

    /// <summary>A block that begins: text comes beside it, thinking within it too.</summary>
    private static Delta Opening(ContentPart block, string? text, int place) => block.Type == ContentPartType.Text
        ? new() { Content = text, Blocks = [new(place, block with { Text = "" })] }
        : new() { ReasoningContent = string.IsNullOrEmpty(text) ? null : text, Blocks = [new(place, block with { Text = text ?? "" })] };

    /// <summary>A call that begins, marked where it has members of the service's own.</summary>
    private static Delta Opening(ContentPart block, ToolCall call, int index, string arguments) => new()
    {
        Blocks = block.Format is { } format ? [new(index, new() { Type = ContentPartType.ToolCall, Format = format })] : [],
        ToolCalls = [new() { Index = index, Id = call.Id, Type = "function", Name = call.Function.Name, Arguments = arguments, Extra = call.Extra }],
    };

    private Delta? Text(string? text, bool isLast)
    {
        if (_text.Next(text) is not { Length: > 0 } whole) return null;
        _length += whole.Length;
        return isLast ? new() { Content = whole } : Opening(ContentPart.FromText(""), whole, place);
    }

    private Delta? Arguments(string? text)
    {
        if (_arguments.Next(text) is not { Length: > 0 } whole) return null;
        _hasArguments = true;
        return new() { ToolCalls = [new() { Index = _call, Arguments = whole }] };
    }

    private Delta? Citation(RawJson citation)
    {
        if (citation.IsEmpty) return null;
        RawJson list = RawJson.Trusted([(byte)'[', .. citation.Utf8.Span, (byte)']']);
        _added = Extras.Merge([_added, new Extra().With("citations", list)]);
        return new() { Blocks = [new(place, new() { Type = ContentPartType.Text, Format = _format, Extra = new Extra().With("citations", list) })] };
    }

    /// <summary>A piece of an opaque block: input is text to be joined; of other members text is joined to text, and anything else put in its place.</summary>
    private void Keep(Piece piece, ReadOnlySpan<byte> delta)
    {
        if (piece.Type == "input_json_delta")
        {
            (_input ??= new()).Append(piece.Text);
            return;
        }
        var members = Extra.Trusted(delta.ToArray());
        var start = Extra.Trusted(_start);
        foreach (var name in members.Names)
        {
            if (name == "type" || members[name].Utf8.Span.SequenceEqual("null"u8)) continue;
            var before = (_added.TryGet(name, out var added) ? added : start[name]).AsText();
            _added = _added.With(name, before is { Length: > 0 } && members[name].AsText() is { } more ? JsonOut.ToText(before + more, static (json, text) => json.WriteStringValue(text), indented: false) : members[name]);
        }
    }

    /// <summary>The block as it would have come whole: byte for byte where nothing came in pieces.</summary>
    private RawJson Opaque()
    {
        var added = _added;
        if (_input is { Length: > 0 }) added = added.With("input", Input(_input.ToString()));
        if (added.IsEmpty) return RawJson.Trusted(_start);
        var whole = Extra.Trusted(_start);
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, JsonOut.Compact))
        {
            json.WriteStartObject();
            foreach (var name in whole.Names)
            {
                json.WritePropertyName(name);
                (added.TryGet(name, out var value) ? value : whole[name]).WriteTo(json);
            }
            foreach (var name in added.Names)
            {
                if (whole.TryGet(name, out _)) continue;
                json.WritePropertyName(name);
                added[name].WriteTo(json);
            }
            json.WriteEndObject();
        }
        return RawJson.Trusted(buffer.WrittenSpan);
    }

    private static RawJson Input(string text)
    {
        try
        {
            return RawJson.Parse(text);
        }
        catch (JsonException)
        {
            // Cut at the token limit: kept as text, since the block must stay JSON.
            return JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);
        }
    }

    /// <summary>One delta's type and text.</summary>
    private readonly record struct Piece(string Type, string? Text, RawJson Citation)
    {
        public static Piece Read(ReadOnlySpan<byte> source, string expected)
        {
            string type = "";
            string? text = null;
            RawJson citation = default;
            if (source.IsEmpty) return new(type, text, citation);
            var reader = new Utf8JsonReader(source);
            reader.Read();
            while (reader.NextMember())
            {
                if (reader.Is("type"u8)) type = reader.ReadShared(expected, source) ?? "";
                else if (reader.Is("text"u8) || reader.Is("thinking"u8) || reader.Is("partial_json"u8) || reader.Is("signature"u8)) text = reader.ReadString(source);
                else if (reader.Is("citation"u8)) citation = reader.ReadRaw(source);
                else reader.SkipMember();
            }
            return new(type, text, citation);
        }
    }
}
