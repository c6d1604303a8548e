namespace Muxi.Llm;

/// <summary>
/// Folds a chat's stream into the events that a response's stream has:
/// <code>
///   first chunk ► created, in_progress          a block begins ► output_item.added (a text: content_part.added)
///   its text, arguments ► ...delta              the next block begins, or the end comes ► ...done, output_item.done
///   the chat's own end ► completed or incomplete, with the response as it would have come whole
/// </code>
/// </summary>
internal sealed class OverChatFold(IFold<ChatCompletionChunk> chat, OverChatReply reply) : IFold<ResponseStreamEvent>
{
    private readonly List<ChatCompletionChunk> _chunks = [];
    private readonly ChatAccumulator _soFar = new();
    private OverChatEvents? _events;
    private List<Warning>? _noticed;
    private HttpCall? _rest;
    private bool _isDone;

    public bool IsComplete => _isDone || _rest is not null;

    public void Next(WireEvent wireEvent, ICollection<ResponseStreamEvent> into)
    {
        try
        {
            chat.Next(wireEvent, _chunks);
        }
        finally
        {
            Take(into);
        }
        Finish(into);
    }

    public void End(ICollection<ResponseStreamEvent> into)
    {
        if (_isDone) return;
        try
        {
            chat.End(_chunks);
        }
        finally
        {
            Take(into);
        }
        _isDone = true;
        Last(into);
    }

    public HttpCall? Continue()
    {
        var rest = _rest;
        _rest = null;
        return rest;
    }

    private void Take(ICollection<ResponseStreamEvent> into)
    {
        for (var i = 0; i < _chunks.Count; i++)
        {
            var chunk = _chunks[i];
            _soFar.Add(chunk);
            if (chunk.Noticed is { } noticed) (_noticed ??= []).AddRange(noticed);
            _events ??= new(reply, _soFar.First, reply.Begun(chunk.Model, chunk.Created), into);
            _events.Take(chunk, into);
        }
        _chunks.Clear();
    }

    /// <summary>The chat's end is the response's, unless there is a rest to be asked for.</summary>
    private void Finish(ICollection<ResponseStreamEvent> into)
    {
        if (_isDone || !chat.IsComplete || (_rest = chat.Continue()) is not null) return;
        _isDone = true;
        Last(into);
    }

    private void Last(ICollection<ResponseStreamEvent> into)
    {
        if (_soFar.ToCompletion() is { } whole) _events?.End(reply.Whole(whole with { Noticed = _noticed }), into);
    }
}
