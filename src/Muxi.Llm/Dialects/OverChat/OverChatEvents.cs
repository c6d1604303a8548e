namespace Muxi.Llm;

/// <summary>
/// The events of one stream. After each chunk what the answer's blocks have got is compared with what was told of them, so that items come in the order of the blocks and
/// nothing is told twice.
/// </summary>
internal sealed class OverChatEvents
{
    private readonly OverChatReply _reply;
    private readonly AnswerAccumulator _answer;
    private readonly List<Told> _blocks = [];
    private readonly List<ResponseItem> _items = [];
    private readonly List<ResponsePart> _parts = [];
    private readonly List<int> _starts = [];
    private readonly List<Told> _texts = [];
    private int _sequence, _message = -1, _cited;

    public OverChatEvents(OverChatReply reply, AnswerAccumulator answer, Response begun, ICollection<ResponseStreamEvent> into)
    {
        (_reply, _answer) = (reply, answer);
        Add(into, new() { Type = ResponseEventType.Created, Response = begun });
        Add(into, new() { Type = ResponseEventType.InProgress, Response = begun });
    }

    public void Take(ChatCompletionChunk chunk, ICollection<ResponseStreamEvent> into)
    {
        IReadOnlyList<TokenLogprob>? logprobs = null;
        foreach (var choice in chunk.Choices)
            if (choice.Index == 0) logprobs = choice.Logprobs?.Content;
        for (var i = 0; i < _answer.BlockCount; i++)
        {
            if (i == _blocks.Count) _blocks.Add(new(_answer.TypeOf(i)));
            Tell(i, logprobs, into);
            if (i == _answer.BlockCount - 1) Cite(into);
            else Close(i, into);
        }
    }

    /// <summary>Tells what is left, and last the response as a whole.</summary>
    public void End(Response whole, ICollection<ResponseStreamEvent> into)
    {
        var isCut = whole.Status == ResponseStatus.Incomplete;
        for (var i = 0; i < _blocks.Count; i++) Close(i, into, isCut && i == _blocks.Count - 1 ? "incomplete" : "completed");
        CloseMessage(into, isCut && _message == whole.Output.Count - 1 ? "incomplete" : "completed");
        Mend(whole, into);
        Add(into, new() { Type = isCut ? ResponseEventType.Incomplete : ResponseEventType.Completed, Response = whole, Noticed = whole.Noticed });
    }

    private void Tell(int place, IReadOnlyList<TokenLogprob>? logprobs, ICollection<ResponseStreamEvent> into)
    {
        var block = _blocks[place];
        var length = _answer.LengthOf(place);
        if (block.Item < 0 && !Open(place, block, length, into)) return;
        if (length == block.Length) return;
        var text = _answer.TextOf(place, block.Length);
        block.Length = length;
        if (OverChatReply.IsSaid(block.Type)) TellText(block, text, logprobs, into);
        else if (block.Type == ContentPartType.Reasoning) TellThought(block, text, into);
        else if (_answer.CallOf(place) is { } call)
            Add(into, new() { Type = call.Type == "custom" ? ResponseEventType.CustomToolCallInputDelta : ResponseEventType.FunctionCallArgumentsDelta, OutputIndex = block.Item, ItemId = IdOf(block), Delta = text });
    }

    /// <summary>Begins an item, or a message's part; a text that has no words yet begins nothing.</summary>
    private bool Open(int place, Told block, int length, ICollection<ResponseStreamEvent> into)
    {
        if (OverChatReply.IsSaid(block.Type))
        {
            if (length == 0) return false;
            OpenPart(block, into);
            return true;
        }
        CloseMessage(into, "completed");
        block.Item = _items.Count;
        var item = _reply.Item(_answer.PartAt(place), block.Item);
        // What is told piece by piece, and what may be sealed still, is not there yet.
        if (block.Type == ContentPartType.Reasoning) item = item with { Summary = [], EncryptedContent = null };
        else if (_answer.CallOf(place) is not null) item = item with { Status = "in_progress", Arguments = item.Arguments is null ? null : "", Input = item.Input is null ? null : "" };
        OpenItem(item, into);
        return true;
    }

    private void OpenPart(Told block, ICollection<ResponseStreamEvent> into)
    {
        if (_message < 0)
        {
            _message = _items.Count;
            _parts.Clear();
            OpenItem(_reply.Said([], _message, "in_progress"), into);
        }
        (block.Item, block.Part) = (_message, _parts.Count);
        var part = OverChatReply.Part(new() { Type = block.Type, Text = "" });
        _parts.Add(part);
        if (block.Type == ContentPartType.Text)
        {
            _starts.Add(_texts.Count == 0 ? 0 : _starts[^1] + _texts[^1].Length);
            _texts.Add(block);
        }
        Add(into, new() { Type = ResponseEventType.ContentPartAdded, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Part = part });
    }

    private void OpenItem(ResponseItem item, ICollection<ResponseStreamEvent> into)
    {
        _items.Add(item);
        Add(into, new() { Type = ResponseEventType.OutputItemAdded, OutputIndex = _items.Count - 1, Item = item });
    }

    private void TellText(Told block, string text, IReadOnlyList<TokenLogprob>? logprobs, ICollection<ResponseStreamEvent> into) => Add(into, block.Type == ContentPartType.Refusal
        ? new() { Type = ResponseEventType.RefusalDelta, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Delta = text }
        : new() { Type = ResponseEventType.OutputTextDelta, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Delta = text, Logprobs = logprobs ?? [] });

    private void TellThought(Told block, string text, ICollection<ResponseStreamEvent> into)
    {
        if (!block.HasSummary)
        {
            block.HasSummary = true;
            Add(into, new() { Type = ResponseEventType.ReasoningSummaryPartAdded, OutputIndex = block.Item, ItemId = IdOf(block), SummaryIndex = 0, Part = OverChatReply.Summary("") });
        }
        Add(into, new() { Type = ResponseEventType.ReasoningSummaryTextDelta, OutputIndex = block.Item, ItemId = IdOf(block), SummaryIndex = 0, Delta = text });
    }

    /// <summary>Tells the citations that have come, once there is a text that they can be of.</summary>
    private void Cite(ICollection<ResponseStreamEvent> into)
    {
        if (_texts.Count == 0) return;
        for (; _cited < _answer.Annotations.Count; _cited++)
        {
            var at = OverChatReply.PartOf(_answer.Annotations[_cited], _starts);
            var text = _texts[at];
            var cited = OverChatReply.Cited(_answer.Annotations[_cited], _starts[at], text.Length);
            Add(into, new() { Type = ResponseEventType.OutputTextAnnotationAdded, OutputIndex = text.Item, ItemId = IdOf(text), ContentIndex = text.Part, AnnotationIndex = text.Annotations.Count, Annotation = cited });
            text.Annotations.Add(cited);
        }
    }

    private void Close(int place, ICollection<ResponseStreamEvent> into, string status = "completed")
    {
        var block = _blocks[place];
        if (block.IsClosed || block.Item < 0) return;
        block.IsClosed = true;
        var whole = _answer.PartAt(place);
        if (OverChatReply.IsSaid(block.Type))
        {
            ClosePart(block, whole, into);
            return;
        }
        var item = _reply.Item(whole, block.Item);
        if (item.Status is not null) item = item with { Status = status };
        if (block.HasSummary)
        {
            Add(into, new() { Type = ResponseEventType.ReasoningSummaryTextDone, OutputIndex = block.Item, ItemId = item.Id, SummaryIndex = 0, Text = whole.Text });
            Add(into, new() { Type = ResponseEventType.ReasoningSummaryPartDone, OutputIndex = block.Item, ItemId = item.Id, SummaryIndex = 0, Part = item.Summary![0] });
        }
        else if (item.Type == ResponseItemType.FunctionCall)
            Add(into, new() { Type = ResponseEventType.FunctionCallArgumentsDone, OutputIndex = block.Item, ItemId = item.Id, Name = item.Name, Arguments = item.Arguments });
        else if (item.Type == ResponseItemType.CustomToolCall)
            Add(into, new() { Type = ResponseEventType.CustomToolCallInputDone, OutputIndex = block.Item, ItemId = item.Id, Input = item.Input });
        CloseItem(item, block.Item, into);
        if (_reply.Seal(whole, _items.Count) is not { } seal) return;
        OpenItem(seal with { EncryptedContent = null }, into);
        CloseItem(seal, _items.Count - 1, into);
    }

    private void ClosePart(Told block, ContentPart whole, ICollection<ResponseStreamEvent> into)
    {
        var part = OverChatReply.Part(whole);
        if (block.Type == ContentPartType.Refusal)
            Add(into, new() { Type = ResponseEventType.RefusalDone, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Refusal = part.Refusal });
        else
        {
            part = part with { Annotations = [.. block.Annotations], Logprobs = block == _texts[0] && _answer.ContentLogprobs is { } logprobs ? OverChatReply.Full(logprobs) : [] };
            Add(into, new() { Type = ResponseEventType.OutputTextDone, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Text = part.Text, Logprobs = part.Logprobs });
        }
        Add(into, new() { Type = ResponseEventType.ContentPartDone, OutputIndex = block.Item, ItemId = IdOf(block), ContentIndex = block.Part, Part = part });
        _parts[block.Part] = part;
    }

    private void CloseMessage(ICollection<ResponseStreamEvent> into, string status)
    {
        if (_message < 0) return;
        CloseItem(_reply.Said([.. _parts], _message, status), _message, into);
        _message = -1;
    }

    private void CloseItem(ResponseItem item, int place, ICollection<ResponseStreamEvent> into)
    {
        _items[place] = item;
        Add(into, new() { Type = ResponseEventType.OutputItemDone, OutputIndex = place, Item = item });
    }

    /// <summary>Tells an item once more of which something came after its end: a signature, arguments of a call that goes on beside another one.</summary>
    private void Mend(Response whole, ICollection<ResponseStreamEvent> into)
    {
        for (var i = 0; i < Math.Min(_items.Count, whole.Output.Count); i++)
            if (_items[i].Id == whole.Output[i].Id && !IsSame(_items[i], whole.Output[i])) CloseItem(whole.Output[i], i, into);
    }

    private static bool IsSame(ResponseItem told, ResponseItem whole) =>
        told.EncryptedContent == whole.EncryptedContent && told.Name == whole.Name && told.Arguments == whole.Arguments && told.Input == whole.Input && told.CallId == whole.CallId
        && told.Content?.Text == whole.Content?.Text && told.Content?.Parts.Sum(static part => part.Annotations?.Count ?? 0) == whole.Content?.Parts.Sum(static part => part.Annotations?.Count ?? 0);

    private string IdOf(Told block) => _items[block.Item].Id!;

    private void Add(ICollection<ResponseStreamEvent> into, ResponseStreamEvent told) => into.Add(told with { SequenceNumber = _sequence++ });

    /// <summary>What was told of a block.</summary>
    private sealed class Told(ContentPartType type)
    {
        public ContentPartType Type => type;

        /// <summary>Its place in the output; below 0 before it has one.</summary>
        public int Item { get; set; } = -1;

        /// <summary>Of a text, its place in the message.</summary>
        public int Part { get; set; }

        public int Length { get; set; }

        public bool HasSummary { get; set; }

        public bool IsClosed { get; set; }

        public List<ResponseAnnotation> Annotations { get; } = [];
    }
}
