using System.Text;

namespace Muxi.Llm;

/// <summary>What the items of one stream share: the pieces that are to go out, and what has been counted.</summary>
internal sealed class ResponsesChatStream(OpenAIResponsesChat quirks, CallContext context)
{
    private int _blocks;

    public OpenAIResponsesChat Quirks => quirks;

    public CallContext Context => context;

    /// <summary>What is to go out.</summary>
    public List<ChunkChoice> Given { get; } = [];

    /// <summary>How many calls there are.</summary>
    public int Calls { get; set; }

    /// <summary>How long the message's text is.</summary>
    public int Length { get; set; }

    /// <summary>The block that was begun last: nothing need say that a text belongs to it.</summary>
    public int Last { get; private set; } = -1;

    public int BeginBlock() => Last = _blocks++;

    /// <summary>Something that is no block of text was begun.</summary>
    public void BeginOther() => Last = -1;

    public void Give(Delta delta, IReadOnlyList<TokenLogprob>? logprobs = null) =>
        Given.Add(new() { Delta = delta, Logprobs = logprobs is { Count: > 0 } ? new() { Content = logprobs } : null });

    public void Give(int place, ContentPart piece) => Give(new Delta { Blocks = [new(place, piece)] });
}

/// <summary>One item of a stream, from its beginning to its end.</summary>
internal sealed class ResponsesChatStreamItem
{
    private readonly ResponsesChatStream _stream;
    private readonly ResponseItem _first;
    private readonly List<Part> _parts = [];
    private StringBuilder? _waiting;
    private WholeCharacters _text;
    private int _block, _said, _piece = int.MinValue;
    private bool _isOpen, _isSigned;

    public ResponsesChatStreamItem(ResponsesChatStream stream, int place, ResponseItem first)
    {
        (_stream, Place, _first) = (stream, place, first);
        if (first.Type == ResponseItemType.Reasoning) OpenThinking();
        else if (ResponsesChatReply.IsCall(first) && first.Name is { Length: > 0 }) OpenCall(first);
    }

    public int Place { get; }

    public string? Id => _first.Id;

    public ResponseItemType Type => _first.Type;

    public bool HasEnded { get; private set; }

    private string Format => _stream.Quirks.BlockFormat;

    /// <summary>A part of a message begins; one that is no text comes whole, at the end.</summary>
    public void BeginPart(int index, ResponsePart part)
    {
        if (part.Type == ResponsePartType.OutputText || part.Type == ResponsePartType.Refusal) PartAt(index, part.Type == ResponsePartType.Refusal);
    }

    public void Say(int index, bool isRefusal, string? text, IReadOnlyList<TokenLogprob>? logprobs)
    {
        var part = PartAt(index, isRefusal);
        part.Logprobs += logprobs?.Count ?? 0;
        if (part.Text.Next(text) is not { Length: > 0 } whole)
        {
            if (logprobs is { Count: > 0 }) _stream.Give(new Delta(), logprobs);
            return;
        }
        part.Said += whole.Length;
        if (isRefusal)
        {
            _stream.Give(new Delta { Refusal = whole }, logprobs);
            return;
        }
        _stream.Length += whole.Length;
        _stream.Give(_stream.Last == part.Block ? new() { Content = whole } : new() { Content = whole, Blocks = [new(part.Block, ContentPart.FromText(""))] }, logprobs);
    }

    /// <summary>What of the whole text has not come yet.</summary>
    public void SayRest(int index, bool isRefusal, string? text, IReadOnlyList<TokenLogprob>? logprobs)
    {
        var part = PartAt(index, isRefusal);
        var rest = text is not null && text.Length > part.Said ? text[part.Said..] : null;
        var more = logprobs is not null && logprobs.Count > part.Logprobs ? logprobs.Skip(part.Logprobs).ToList() : null;
        part.Text = default;
        if (rest is not null || more is not null) Say(index, isRefusal, rest, more);
    }

    /// <summary>Where a piece of the text comes from; told with the whole part, and where that does not come, at the end.</summary>
    public void Note(int index, ResponseAnnotation annotation) => (PartAt(index, isRefusal: false).Annotations ??= []).Add(annotation);

    public void Think(int piece, string? text)
    {
        if (_text.Next(text) is not { Length: > 0 } whole) return;
        if (_said > 0 && piece != _piece) whole = "\n\n" + whole;
        _piece = piece;
        ThinkMore(whole);
    }

    public void Argue(string? text)
    {
        if (!_isOpen) (_waiting ??= new()).Append(text);
        else if (_text.Next(text) is { Length: > 0 } whole) ArgueMore(whole);
    }

    /// <summary>What of the whole arguments has not come yet.</summary>
    public void ArgueRest(string? arguments)
    {
        if (!_isOpen || arguments is null || arguments.Length <= _said) return;
        _text = default;
        ArgueMore(arguments[_said..]);
    }

    /// <summary>Tells what is whole only now.</summary>
    /// <param name="item">The whole item; null where it never came.</param>
    public void End(ResponseItem? item)
    {
        if (HasEnded) return;
        HasEnded = true;
        if (Type == ResponseItemType.Message) EndMessage(item);
        else if (Type == ResponseItemType.Reasoning) EndThinking(item ?? new() { Type = Type, Id = Id, Summary = _first.Summary });
        else if (ResponsesChatReply.IsCall(_first)) EndCall(item ?? _first with { Status = null, Arguments = null, Input = null });
        else if (item is not null)
        {
            foreach (var block in ResponsesChatItems.Blocks(_stream.Quirks, item, "")) _stream.Give(_stream.BeginBlock(), block);
            _stream.BeginOther();
        }
    }

    /// <summary>Tells what has come to an item since its end, as a service does that tells it once more.</summary>
    public void Retell(ResponseItem item)
    {
        if (ResponsesChatReply.IsCall(_first)) ArgueRest(item.Arguments ?? item.Input);
        else if (Type == ResponseItemType.Message)
        {
            var parts = item.Content?.Parts ?? [];
            for (var i = 0; i < parts.Count; i++)
                if (parts[i].Type.Value is "output_text" or "refusal") SayRest(i, parts[i].Refusal is not null, parts[i].Refusal ?? parts[i].Text, parts[i].Logprobs);
        }
        else if (Type == ResponseItemType.Reasoning)
        {
            if (ResponsesChatItems.Thinking(item) is var whole && whole.Length > _said) ThinkMore(whole[_said..]);
            Sign(item.EncryptedContent, default);
        }
    }

    private void EndMessage(ResponseItem? item)
    {
        var whole = item ?? _first with { Status = null };
        IReadOnlyList<ResponsePart> parts = whole.Content is { } content ? content.IsList ? content.Parts : content.Text.Length > 0 ? [ResponsePart.FromText(content.Text)] : [] : [];
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Type.Value is not ("output_text" or "input_text" or "text" or "refusal"))
            {
                _stream.Give(_stream.BeginBlock(), ResponsesChatItems.Part(_stream.Quirks, whole, parts[i]));
                _stream.BeginOther();
                continue;
            }
            SayRest(i, parts[i].Refusal is not null, parts[i].Refusal ?? parts[i].Text, parts[i].Logprobs);
            EndPart(whole, i, parts[i]);
        }
        for (var i = 0; i < _parts.Count; i++)
            if (_parts[i].Index >= parts.Count) EndPart(whole, _parts[i].Index, new() { Type = ResponsePartType.OutputText, Annotations = _parts[i].Annotations });
        if (parts.Count == 0 && _parts.Count == 0)
        {
            PartAt(0, isRefusal: false);
            EndPart(whole, 0, null);
        }
    }

    private void EndPart(ResponseItem item, int index, ResponsePart? whole)
    {
        var part = PartAt(index, whole?.Refusal is not null);
        if (whole is not null && whole.Annotations is not { Count: > 0 } && part.Annotations is not null) whole = whole with { Annotations = part.Annotations };
        var block = ResponsesChatItems.Part(_stream.Quirks, item, whole);
        var annotations = ResponsesChatItems.Annotations(whole?.Annotations, part.Start).ToList();
        if (block.Extra.IsEmpty && annotations.Count == 0) return;
        _stream.Give(new Delta { Annotations = annotations, Blocks = block.Extra.IsEmpty ? [] : [new(part.Block, block with { Type = part.IsRefusal ? ContentPartType.Refusal : ContentPartType.Text, Text = null })] });
    }

    private void OpenThinking()
    {
        _block = _stream.BeginBlock();
        _stream.Give(_block, new() { Type = ContentPartType.Reasoning, Text = "", Format = Format });
    }

    private void ThinkMore(string text)
    {
        _said += text.Length;
        _stream.Give(_stream.Last == _block ? new() { ReasoningContent = text } : new() { ReasoningContent = text, Blocks = [new(_block, new() { Type = ContentPartType.Reasoning, Text = text, Format = Format })] });
    }

    private void EndThinking(ResponseItem item)
    {
        var whole = ResponsesChatItems.Thinking(item);
        if (whole.Length > _said) ThinkMore(whole[_said..]);
        Sign(item.EncryptedContent, ResponsesChatItems.Kept(item));
    }

    /// <summary>A seal is told once: pieces of one would be put together.</summary>
    private void Sign(string? seal, Extra extra)
    {
        if (_isSigned) seal = null;
        if (seal is null && extra.IsEmpty) return;
        _isSigned |= seal is not null;
        _stream.Give(_block, new() { Type = ContentPartType.Reasoning, Signature = seal, Format = Format, Extra = extra });
    }

    private void OpenCall(ResponseItem item)
    {
        (_isOpen, _block) = (true, _stream.Calls++);
        _stream.BeginOther();
        var call = ResponsesChatItems.Call(item, ResponsesChatReply.CallId(item, _stream.Context, _block));
        _stream.Give(new Delta { ToolCalls = [Piece("") with { Id = call.Id, Type = call.Type, Name = call.Function.Name }] });
        if (_waiting is not null) Argue(_waiting.ToString());
    }

    private void ArgueMore(string text)
    {
        _said += text.Length;
        _stream.Give(new Delta { ToolCalls = [Piece(text)] });
    }

    private ToolCallDelta Piece(string arguments) => new() { Index = _block, Arguments = arguments, Form = Type == ResponseItemType.CustomToolCall ? "custom" : null };

    private void EndCall(ResponseItem item)
    {
        if (!_isOpen) OpenCall(item);
        ArgueRest(item.Arguments ?? item.Input);
        _stream.Give(_block, new() { Type = ContentPartType.ToolCall, Format = Format, Extra = ResponsesChatItems.Kept(item) });
    }

    private Part PartAt(int index, bool isRefusal)
    {
        foreach (var known in _parts)
            if (known.Index == index) return known;
        var part = new Part(index, isRefusal, _stream.BeginBlock(), _stream.Length);
        _parts.Add(part);
        _stream.Give(part.Block, (isRefusal ? ContentPart.FromRefusal("") : ContentPart.FromText("")) with { Format = null });
        return part;
    }

    /// <summary>One part of a message.</summary>
    private sealed class Part(int index, bool isRefusal, int block, int start)
    {
        public int Index => index;

        public bool IsRefusal => isRefusal;

        public int Block => block;

        /// <summary>Where it begins in the message's text.</summary>
        public int Start => start;

        public WholeCharacters Text;

        public int Said, Logprobs;

        public List<ResponseAnnotation>? Annotations;
    }
}
