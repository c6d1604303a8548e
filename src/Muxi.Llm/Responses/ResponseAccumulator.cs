using System.Text;

namespace Muxi.Llm;

/// <summary>Puts the events of a stream together as the response that the same call would have had without streaming.</summary>
internal sealed class ResponseAccumulator : IAccumulator<ResponseStreamEvent>
{
    private readonly SortedList<int, Item> _items = [];
    private Response? _response;
    private CallRecord? _call;
    private bool _sawAny;

    public void Add(ResponseStreamEvent one)
    {
        _sawAny = true;
        _call ??= one.Call;
        if (one.Response is { } response) _response = response;
        if (one.Type.Value is not { Length: > 0 } type || one.IsLast) return;
        if (one.Item is { } item) ItemAt(one).Set(item, isWhole: type == ResponseEventType.OutputItemDone.Value);
        else if (one.Part is { } part) ItemAt(one).Set(part, one);
        else if (one.Annotation is { } annotation) ItemAt(one).Add(annotation, one);
        else if (one.Delta is not null && IsText(type)) ItemAt(one).Append(one);
    }

    Reply? IAccumulator<ResponseStreamEvent>.ToReply() => ToResponse();

    /// <summary>The response so far; null when nothing came.</summary>
    public Response? ToResponse()
    {
        if (!_sawAny) return null;
        var response = _response ?? new() { Id = "", Model = "", Status = ResponseStatus.InProgress };
        // Some services tell the items in events alone, and end with an empty list (ChatGPT's Codex, recorded 2026).
        return response.Output.Count > 0 ? response with { Call = _call } : response with { Output = [.. _items.Values.Select(static item => item.ToItem())], Call = _call };
    }

    /// <summary>Whether the event adds to the text of an item; sound and pictures on the way are none's.</summary>
    private static bool IsText(string type) => type is "response.output_text.delta" or "response.refusal.delta" or "response.reasoning_text.delta" or "response.reasoning_summary_text.delta"
        or "response.function_call_arguments.delta" or "response.mcp_call_arguments.delta" or "response.custom_tool_call_input.delta" or "response.code_interpreter_call_code.delta";

    /// <summary>The item that an event is about: by its place, or its id, or the last one.</summary>
    private Item ItemAt(ResponseStreamEvent one)
    {
        var index = one.OutputIndex ?? Named(one.ItemId ?? one.Item?.Id) ?? (one.Type == ResponseEventType.OutputItemAdded ? Next : Math.Max(Next - 1, 0));
        if (!_items.TryGetValue(index, out var item)) _items.Add(index, item = new(one));
        return item;
    }

    private int Next => _items.Count == 0 ? 0 : _items.GetKeyAtIndex(_items.Count - 1) + 1;

    private int? Named(string? id)
    {
        if (id is null) return null;
        foreach (var (index, item) in _items)
            if (item.Id == id) return index;
        return null;
    }

    /// <summary>One item on the way: as it began, and what was added since.</summary>
    private sealed class Item(ResponseStreamEvent first)
    {
        private readonly SortedList<int, Part> _content = [], _summary = [];
        private readonly StringBuilder _text = new();
        private ResponseItem _item = new() { Type = TypeOf(first), Id = first.ItemId };
        private bool _isWhole;

        public string? Id => _item.Id;

        public void Set(ResponseItem item, bool isWhole)
        {
            if (_isWhole && !isWhole) return;
            (_item, _isWhole) = (item, isWhole);
        }

        public void Set(ResponsePart part, ResponseStreamEvent one) => PartAt(one).Set(part);

        public void Add(ResponseAnnotation annotation, ResponseStreamEvent one) => PartAt(one).Add(annotation);

        public void Append(ResponseStreamEvent one)
        {
            if (one.ContentIndex is null && one.SummaryIndex is null && one.Type.Value is not ("response.output_text.delta" or "response.refusal.delta" or "response.reasoning_text.delta" or "response.reasoning_summary_text.delta"))
                _text.Append(one.Delta);
            else PartAt(one).Append(one);
        }

        public ResponseItem ToItem()
        {
            if (_isWhole) return _item;
            var item = _item;
            if (_content.Count > 0) item = item with { Content = ResponseContent.FromParts([.. _content.Values.Select(static part => part.ToPart())]) };
            if (_summary.Count > 0) item = item with { Summary = [.. _summary.Values.Select(static part => part.ToPart())] };
            if (_text.Length == 0) return item;
            var text = _text.ToString();
            if (item.Type == ResponseItemType.CustomToolCall) return item with { Input = text };
            return item.Type == ResponseItemType.CodeInterpreterCall ? item with { Code = text } : item with { Arguments = text };
        }

        private Part PartAt(ResponseStreamEvent one)
        {
            var isSummary = one.SummaryIndex is not null || one.Type == ResponseEventType.ReasoningSummaryTextDelta;
            var (parts, index) = isSummary ? (_summary, one.SummaryIndex ?? 0) : (_content, one.ContentIndex ?? 0);
            if (!parts.TryGetValue(index, out var part)) parts.Add(index, part = new(isSummary ? ResponsePartType.SummaryText : PartTypeOf(one)));
            return part;
        }

        private static ResponseItemType TypeOf(ResponseStreamEvent one) => one.Item?.Type ?? one.Type.Value switch
        {
            "response.function_call_arguments.delta" => ResponseItemType.FunctionCall,
            "response.custom_tool_call_input.delta" => ResponseItemType.CustomToolCall,
            "response.mcp_call_arguments.delta" => ResponseItemType.McpCall,
            "response.code_interpreter_call_code.delta" => ResponseItemType.CodeInterpreterCall,
            "response.reasoning_text.delta" or "response.reasoning_summary_text.delta" or "response.reasoning_summary_part.added" => ResponseItemType.Reasoning,
            _ => ResponseItemType.Message,
        };

        private static ResponsePartType PartTypeOf(ResponseStreamEvent one) => one.Part?.Type ?? one.Type.Value switch
        {
            "response.refusal.delta" => ResponsePartType.Refusal,
            "response.reasoning_text.delta" => ResponsePartType.ReasoningText,
            _ => ResponsePartType.OutputText,
        };
    }

    /// <summary>One part on the way.</summary>
    private sealed class Part(ResponsePartType type)
    {
        private readonly StringBuilder _text = new();
        private List<ResponseAnnotation>? _annotations;
        private List<TokenLogprob>? _logprobs;
        private ResponsePart _part = new() { Type = type };

        public void Set(ResponsePart part)
        {
            (_part, _annotations, _logprobs) = (part, part.Annotations is { Count: > 0 } known ? [.. known] : null, null);
            _text.Clear().Append(part.Text ?? part.Refusal);
        }

        public void Add(ResponseAnnotation annotation) => (_annotations ??= []).Add(annotation);

        public void Append(ResponseStreamEvent one)
        {
            _text.Append(one.Delta);
            if (one.Logprobs is { Count: > 0 } logprobs) (_logprobs ??= []).AddRange(logprobs);
        }

        public ResponsePart ToPart()
        {
            var part = _part with { Annotations = _annotations ?? _part.Annotations, Logprobs = _logprobs ?? _part.Logprobs };
            return part.Type == ResponsePartType.Refusal ? part with { Refusal = _text.ToString() } : part with { Text = _text.ToString() };
        }
    }
}
