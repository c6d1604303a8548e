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
        else if (Whole(one) is { } whole) ItemAt(one).End(one, whole);
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
    private static bool IsText(string type) => type.EndsWith(".delta", StringComparison.Ordinal)
        && Kind(type) is "response.output_text" or "response.refusal" or "response.reasoning_text" or "response.reasoning_summary_text" or "response.function_call_arguments" or "response.mcp_call_arguments"
            or "response.custom_tool_call_input" or "response.code_interpreter_call_code";

    /// <summary>The whole text that an event tells at its end: some services tell it in no pieces.</summary>
    private static string? Whole(ResponseStreamEvent one) => one.Type.Value switch
    {
        "response.output_text.done" or "response.reasoning_text.done" or "response.reasoning_summary_text.done" => one.Text,
        "response.refusal.done" => one.Refusal,
        "response.function_call_arguments.done" or "response.mcp_call_arguments.done" => one.Arguments,
        "response.custom_tool_call_input.done" => one.Input,
        "response.code_interpreter_call_code.done" => one.Code,
        _ => null,
    };

    /// <summary>What an event is about, whether it tells a piece of it or its end.</summary>
    private static string Kind(string type) => type[..Math.Max(type.LastIndexOf('.'), 0)];

    /// <summary>The item that an event is about: by its place, or its id, or the last one.</summary>
    private Item ItemAt(ResponseStreamEvent one)
    {
        var index = IndexOf(one);
        if (!_items.TryGetValue(index, out var item)) _items.Add(index, item = new(one));
        return item;
    }

    /// <summary>Services leave the place out, or give each item the same one; so a place whose item is whole is no other item's.</summary>
    private int IndexOf(ResponseStreamEvent one)
    {
        var id = one.ItemId ?? one.Item?.Id;
        if (one.OutputIndex is { } place && !(id is not null && _items.TryGetValue(place, out var there) && there.IsWhole && there.Id != id)) return place;
        if (Named(id) is { } named) return named;
        if (_items.Count == 0 || one.Type == ResponseEventType.OutputItemAdded) return Next;
        var last = _items.GetValueAtIndex(_items.Count - 1);
        return last.IsWhole || last.Type != Item.TypeOf(one) ? Next : Next - 1;
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

        public ResponseItemType Type => _item.Type;

        public bool IsWhole => _isWhole;

        public void Set(ResponseItem item, bool isWhole)
        {
            if (_isWhole && !isWhole) return;
            (_item, _isWhole) = (item, isWhole);
        }

        public void Set(ResponsePart part, ResponseStreamEvent one) => PartAt(one).Set(part);

        public void Add(ResponseAnnotation annotation, ResponseStreamEvent one) => PartAt(one).Add(annotation);

        public void Append(ResponseStreamEvent one)
        {
            if (IsOfPart(one)) PartAt(one).Append(one);
            else _text.Append(one.Delta);
        }

        public void End(ResponseStreamEvent one, string whole)
        {
            if (IsOfPart(one)) PartAt(one).End(one, whole);
            else if (_text.Length < whole.Length) _text.Clear().Append(whole);
            if (_item.Name is null && one.Name is { } name) _item = _item with { Name = name };
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

        private static bool IsOfPart(ResponseStreamEvent one) => one.ContentIndex is not null || one.SummaryIndex is not null
            || Kind(one.Type.Value) is "response.output_text" or "response.refusal" or "response.reasoning_text" or "response.reasoning_summary_text";

        private Part PartAt(ResponseStreamEvent one)
        {
            var isSummary = one.SummaryIndex is not null || Kind(one.Type.Value) == "response.reasoning_summary_text";
            var (parts, index) = isSummary ? (_summary, one.SummaryIndex ?? 0) : (_content, one.ContentIndex ?? 0);
            if (!parts.TryGetValue(index, out var part)) parts.Add(index, part = new(isSummary ? ResponsePartType.SummaryText : PartTypeOf(one)));
            return part;
        }

        public static ResponseItemType TypeOf(ResponseStreamEvent one) => one.Item?.Type ?? Kind(one.Type.Value) switch
        {
            "response.function_call_arguments" => ResponseItemType.FunctionCall,
            "response.custom_tool_call_input" => ResponseItemType.CustomToolCall,
            "response.mcp_call_arguments" => ResponseItemType.McpCall,
            "response.code_interpreter_call_code" => ResponseItemType.CodeInterpreterCall,
            "response.reasoning_text" or "response.reasoning_summary_text" or "response.reasoning_summary_part" => ResponseItemType.Reasoning,
            "response.content_part" when one.Part?.Type == ResponsePartType.ReasoningText => ResponseItemType.Reasoning,
            _ => ResponseItemType.Message,
        };

        private static ResponsePartType PartTypeOf(ResponseStreamEvent one) => one.Part?.Type ?? Kind(one.Type.Value) switch
        {
            "response.refusal" => ResponsePartType.Refusal,
            "response.reasoning_text" => ResponsePartType.ReasoningText,
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

        public void End(ResponseStreamEvent one, string whole)
        {
            if (_text.Length < whole.Length) _text.Clear().Append(whole);
            if (_logprobs is null && one.Logprobs is { Count: > 0 } logprobs) _logprobs = [.. logprobs];
        }

        public ResponsePart ToPart()
        {
            var part = _part with { Annotations = _annotations ?? _part.Annotations, Logprobs = _logprobs ?? _part.Logprobs };
            return part.Type == ResponsePartType.Refusal ? part with { Refusal = _text.ToString() } : part with { Text = _text.ToString() };
        }
    }
}
