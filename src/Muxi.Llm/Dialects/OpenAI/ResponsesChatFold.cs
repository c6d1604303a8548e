using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Folds the events of a response's stream into chunks of chat:
/// <code>
///   created ► role, id, model        output_item.added ► where a block or a call begins        *.delta ► text, thinking, arguments
///   output_item.done ► what is whole only then: seals, ids, citations, the service's own items
///   completed, incomplete ► what no event brought before, finish reason, usage, and the end
/// </code>
/// Services leave events out, so each thing is told by whichever event brings it first, and once.
/// </summary>
internal sealed class ResponsesChatFold(OpenAIResponsesChat quirks, IFold<ResponseStreamEvent> wire, CallContext context) : IFold<ChatCompletionChunk>
{
    private readonly List<ResponseStreamEvent> _events = [];
    private readonly List<ResponsesChatStreamItem> _items = [];
    private readonly ResponsesChatStream _stream = new(quirks, context);
    private Response? _response;
    private bool _hasStarted;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        wire.Next(wireEvent, _events);
        Take(into);
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        wire.End(_events);
        Take(into);
        if (!IsComplete) throw context.Interrupted(_hasStarted ? "was cut: it ended without response.completed" : "ended before anything came");
    }

    private void Take(ICollection<ChatCompletionChunk> into)
    {
        foreach (var one in _events)
        {
            Take(one);
            foreach (var choice in _stream.Given) into.Add(Opened(into) with { Choices = [choice] });
            _stream.Given.Clear();
            if (one.IsLast) Finish(one, into);
        }
        _events.Clear();
    }

    private void Take(ResponseStreamEvent e)
    {
        switch (e.Type.Value)
        {
            case "response.created" or "response.in_progress" or "response.queued":
                _response = e.Response ?? _response;
                break;
            case "response.output_item.added" or "response.output_item.done":
                if (e.Item is { } item) TakeItem(e, item);
                break;
            case "response.completed" or "response.incomplete":
                _response = e.Response ?? _response;
                Complete(_response?.Output ?? []);
                break;
            case "response.failed" or "response.cancelled" or "error":
                throw Failure(e);
            case "response.function_call_arguments.delta":
                Item(e, ResponseItemType.FunctionCall).Argue(e.Delta);
                break;
            case "response.custom_tool_call_input.delta":
                Item(e, ResponseItemType.CustomToolCall).Argue(e.Delta);
                break;
            case "response.function_call_arguments.done" or "response.custom_tool_call_input.done":
                At(e)?.ArgueRest(e.Arguments ?? e.Input);
                break;
            default:
                TakeText(e);
                break;
        }
    }

    private void TakeItem(ResponseStreamEvent e, ResponseItem item)
    {
        var at = At(e);
        // One that is told once more, under its own name and at its own place, is no other one.
        if (at is { HasEnded: true, Id: { } id } && e.Type == ResponseEventType.OutputItemDone && id == item.Id && (e.OutputIndex is null || e.OutputIndex == at.Place))
        {
            at.Retell(item);
            return;
        }
        var known = at is { HasEnded: false } open ? open : Begin(e.OutputIndex, item);
        if (e.Type == ResponseEventType.OutputItemDone) known.End(item);
    }

    private void TakeText(ResponseStreamEvent e)
    {
        switch (e.Type.Value)
        {
            case "response.content_part.added" when e.Part is { Type.Value: "output_text" or "refusal" } part:
                Item(e, ResponseItemType.Message).BeginPart(e.ContentIndex ?? 0, part);
                break;
            case "response.output_text.delta" or "response.refusal.delta":
                Item(e, ResponseItemType.Message).Say(e.ContentIndex ?? 0, e.Type == ResponseEventType.RefusalDelta, e.Delta, e.Logprobs);
                break;
            case "response.output_text.done" or "response.refusal.done":
                Item(e, ResponseItemType.Message).SayRest(e.ContentIndex ?? 0, e.Type == ResponseEventType.RefusalDone, e.Refusal ?? e.Text, e.Logprobs);
                break;
            case "response.output_text.annotation.added" when e.Annotation is { } annotation:
                Item(e, ResponseItemType.Message).Note(e.ContentIndex ?? 0, annotation);
                break;
            case "response.reasoning_summary_text.delta" or "response.reasoning_text.delta":
                Item(e, ResponseItemType.Reasoning).Think((e.SummaryIndex is { } place ? place : -1 - e.ContentIndex) ?? 0, e.Delta);
                break;
            default:
                // How far a tool of the service's own is, a picture on the way, or what a later version adds.
                break;
        }
    }

    /// <summary>The item that an event is about: by its id, or by its place where that is another one in each event (seen of a service that writes every id anew).</summary>
    private ResponsesChatStreamItem? At(ResponseStreamEvent e)
    {
        var id = e.ItemId ?? e.Item?.Id;
        return (id is null ? null : _items.FindLast(item => item.Id == id)) ?? (e.OutputIndex is { } place ? _items.FindLast(item => item.Place == place) : id is null && _items.Count > 0 ? _items[^1] : null);
    }

    /// <summary>The item that a piece belongs to. One that says nothing of its item belongs to the last one, if it is of its kind and on its way still.</summary>
    private ResponsesChatStreamItem Item(ResponseStreamEvent e, ResponseItemType type) =>
        At(e) is { } known && (e.ItemId is not null || e.OutputIndex is not null || (known.Type == type && !known.HasEnded)) ? known : Begin(e.OutputIndex, new() { Type = type, Id = e.ItemId });

    private ResponsesChatStreamItem Begin(int? place, ResponseItem item)
    {
        var begun = new ResponsesChatStreamItem(_stream, place ?? _items.Count, item);
        _items.Add(begun);
        return begun;
    }

    /// <summary>What the whole response has and no event brought.</summary>
    private void Complete(IReadOnlyList<ResponseItem> output)
    {
        for (var i = 0; i < output.Count; i++)
        {
            var item = output[i];
            var known = (item.Id is { } id ? _items.Find(one => one.Id == id) : null) ?? (i < _items.Count && _items[i].Type == item.Type ? _items[i] : null);
            if (known is not { HasEnded: true }) (known ?? Begin(i, item)).End(item);
        }
        foreach (var item in _items)
            if (!item.HasEnded) item.End(null);
    }

    private void Finish(ResponseStreamEvent e, ICollection<ChatCompletionChunk> into)
    {
        IsComplete = true;
        var response = _response ?? new() { Id = "", Model = context.Model, Status = e.Type == ResponseEventType.Incomplete ? ResponseStatus.Incomplete : ResponseStatus.Completed };
        // Some services leave the word of the beginning in it.
        if (response.Status is { Value: "in_progress" or "queued" }) response = response with { Status = e.Type == ResponseEventType.Incomplete ? ResponseStatus.Incomplete : ResponseStatus.Completed };
        into.Add(Opened(into) with { Choices = [new() { Delta = new(), FinishReason = ResponsesChatReply.Finish(response, _stream.Calls > 0), FinishReasonRaw = ResponsesChatReply.FinishRaw(response) }] });
        var others = ResponsesChatReply.Others(response);
        if (response.Usage is not null || response.ServiceTier is not null || !others.IsEmpty) into.Add(Chunk() with { Usage = response.Usage, ServiceTier = response.ServiceTier, Extra = others });
    }

    private ApiException Failure(ResponseStreamEvent e)
    {
        var error = e.Response?.Error;
        var body = JsonOut.ToUtf8((error?.Code ?? e.Code, error?.Message ?? e.Message ?? $"the response is {e.Response?.Status?.Value ?? "failed"}", e.Param), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            if (it.Item1 is not null) json.WriteString("code"u8, it.Item1);
            json.WriteString("message"u8, it.Item2);
            if (it.Param is not null) json.WriteString("param"u8, it.Param);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return context.Error(new WireEvent("error", body));
    }

    /// <summary>A chunk to be filled; before the first one goes out who speaks.</summary>
    private ChatCompletionChunk Opened(ICollection<ChatCompletionChunk> into)
    {
        if (!_hasStarted) into.Add(Chunk() with { Choices = [new() { Delta = new() { Role = Role.Assistant } }] });
        _hasStarted = true;
        return Chunk();
    }

    private ChatCompletionChunk Chunk() =>
        new() { Id = _response?.Id ?? "", Model = _response?.Model ?? "", Created = _response is null ? context.Now.ToUnixTimeSeconds() : ResponsesChatReply.Created(_response, context), Choices = [] };
}
