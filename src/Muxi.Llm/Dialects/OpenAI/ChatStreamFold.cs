using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of OpenAI's format into canonical chunks: calls get an index, an id and a name exactly once, the usage comes once and last, and a stream that
/// does not end properly is never taken for a whole one.
/// </summary>
/// <remarks>The proper end is <c>[DONE]</c>, or a finish reason for every answer: some services send no <c>[DONE]</c>.</remarks>
internal sealed class ChatStreamFold(OpenAIChat quirks, CallContext context) : IFold<ChatCompletionChunk>
{
    private readonly ChatChunkReader _reader = new(quirks);
    private readonly List<Answer> _answers = [];
    private ChatCompletionChunk? _last;
    private ChatCompletionChunk? _usage;
    private bool _hasSources;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        var data = wireEvent.Data.Span;
        if (IsComplete || data.IsEmpty) return;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8))
        {
            IsComplete = true;
            Finish(into);
            return;
        }
        Add(Read(wireEvent), into);
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        if (_answers.Count == 0 || !_answers.TrueForAll(answer => answer.IsFinished))
            throw context.Interrupted(_last is null ? "ended before anything came" : "was cut: it ended without a finish reason or [DONE]");
        IsComplete = true;
        Finish(into);
    }

    private ChatCompletionChunk Read(WireEvent wireEvent)
    {
        try
        {
            var chunk = _reader.Read(wireEvent.Data.Span, out var isError);
            if (chunk is not null && !isError && wireEvent.Type != "error" && !HasFailed(chunk)) return _last = chunk;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private static bool HasFailed(ChatCompletionChunk chunk)
    {
        for (var i = 0; i < chunk.Choices.Count; i++)
            if (ChatFinishReasons.IsError(chunk.Choices[i].FinishReason)) return true;
        return false;
    }

    private void Add(ChatCompletionChunk chunk, ICollection<ChatCompletionChunk> into)
    {
        for (var i = 0; i < chunk.Choices.Count; i++)
        {
            var choice = chunk.Choices[i];
            if (Note(choice) is var delta && !ReferenceEquals(delta, choice.Delta)) chunk = With(chunk, i, delta);
            if (quirks.StopsWithCalls && choice.FinishReason == FinishReason.Stop && AnswerAt(choice.Index).HasCalls) chunk = WithCalls(chunk, i);
        }
        if (!quirks.SourcesFields.IsEmpty && !_hasSources) chunk = WithSources(chunk);
        if (chunk.Usage is null)
        {
            into.Add(chunk);
            return;
        }
        // Counters that grow from chunk to chunk are taken, not added; the last one goes out when the stream ends.
        _usage = chunk;
        if (chunk.Choices.Count > 0) into.Add(chunk with { Usage = null });
    }

    // Apart from the loop, where its closure would be made for every chunk.
    private static ChatCompletionChunk With(ChatCompletionChunk chunk, int at, Delta delta) =>
        chunk with { Choices = [.. chunk.Choices.Select((other, place) => place == at ? other with { Delta = delta } : other)] };

    /// <summary>The end of an answer with calls, which the service does not tell from another one's.</summary>
    private static ChatCompletionChunk WithCalls(ChatCompletionChunk chunk, int at) =>
        chunk with { Choices = [.. chunk.Choices.Select((other, place) => place == at ? other with { FinishReason = FinishReason.ToolCalls, FinishReasonRaw = other.FinishReasonRaw ?? FinishReason.Stop.Value } : other)] };

    /// <summary>The sources are told once, though a service may list them in every chunk.</summary>
    private ChatCompletionChunk WithSources(ChatCompletionChunk chunk)
    {
        if (chunk.Choices.Count == 0 || SourcesJson.Read(quirks, chunk.Extra) is not { Count: > 0 } sources) return chunk;
        _hasSources = true;
        return chunk with { Choices = [.. chunk.Choices.Select(choice => choice.Delta.Annotations.Count > 0 ? choice : choice with { Delta = choice.Delta with { Annotations = sources } })] };
    }

    /// <summary>Keeps what later pieces depend on; gives the piece as it is to go out.</summary>
    private Delta Note(ChunkChoice choice)
    {
        var answer = AnswerAt(choice.Index);
        if (choice.FinishReason is not null) answer.IsFinished = true;
        if (choice.Delta.ToolCalls is List<ToolCallDelta> calls) answer.Normalise(calls, context);
        var delta = answer.Whole(choice.Delta);
        return quirks.ThinkTags ? answer.Untagged(delta, isLast: choice.FinishReason is not null) : delta;
    }

    private Answer AnswerAt(int index)
    {
        foreach (var answer in _answers)
            if (answer.Index == index) return answer;
        var added = new Answer(index);
        _answers.Add(added);
        return added;
    }

    private void Finish(ICollection<ChatCompletionChunk> into)
    {
        if (_last is null) throw context.Interrupted("ended before anything came");
        foreach (var answer in _answers)
            if (!answer.IsFinished) into.Add(Closing(answer));
        if (_usage is not null) into.Add(_usage.Choices.Count == 0 ? _usage : _usage with { Choices = [], Extra = default });
    }

    /// <summary>A service that names no finish reason ends with <c>[DONE]</c> alone: the reason follows from what came.</summary>
    private ChatCompletionChunk Closing(Answer answer) => _last! with
    {
        Usage = null,
        Extra = default,
        Choices = [new() { Index = answer.Index, Delta = quirks.ThinkTags ? answer.Untagged(new(), isLast: true) : new(), FinishReason = answer.HasCalls ? FinishReason.ToolCalls : FinishReason.Stop }],
    };

    /// <summary>One answer of the stream, and the calls in it.</summary>
    private sealed class Answer(int index)
    {
        private readonly List<Call> _calls = [];
        private WholeCharacters _content, _reasoning, _refusal;
        private ThinkTags _tags;

        public int Index { get; } = index;
        public bool IsFinished { get; set; }
        public bool HasCalls => _calls.Count > 0;

        /// <summary>The piece with whole characters: the very one given, as a rule.</summary>
        public Delta Whole(Delta delta)
        {
            var content = _content.Next(delta.Content);
            var reasoning = _reasoning.Next(delta.ReasoningContent);
            var refusal = _refusal.Next(delta.Refusal);
            return ReferenceEquals(content, delta.Content) && ReferenceEquals(reasoning, delta.ReasoningContent) && ReferenceEquals(refusal, delta.Refusal)
                ? delta
                : delta with { Content = content, ReasoningContent = reasoning, Refusal = refusal };
        }

        /// <summary>The piece with reasoning apart that stands between tags in the text.</summary>
        public Delta Untagged(Delta delta, bool isLast)
        {
            if (delta.Content is null && !isLast) return delta;
            var (text, reasoning) = _tags.Next(delta.Content ?? "");
            if (isLast)
            {
                var (rest, more) = _tags.Rest();
                (text, reasoning) = (text + rest, reasoning + more);
            }
            if (text == (delta.Content ?? "") && reasoning.Length == 0) return delta;
            return delta with { Content = text.Length == 0 && delta.Content is null ? null : text, ReasoningContent = reasoning.Length == 0 ? delta.ReasoningContent : delta.ReasoningContent + reasoning };
        }

        public void Normalise(List<ToolCallDelta> deltas, CallContext context)
        {
            for (var i = 0; i < deltas.Count; i++)
            {
                var delta = deltas[i];
                deltas[i] = Find(delta) is { } known ? Continue(known, delta) : Begin(delta, context);
            }
        }

        /// <summary>
        /// Which call a piece belongs to. By index, unless a new id and name, or where there are no ids a new name, come under a used one (some services number
        /// every call 0); without an index by id; without both, a name begins a call and arguments continue the last.
        /// </summary>
        private Call? Find(ToolCallDelta delta)
        {
            if (delta.Index >= 0)
            {
                var byIndex = _calls.FindLast(call => call.WireIndex == delta.Index);
                return byIndex is { Name: not null } && delta.Name is not null && byIndex.IsOther(delta) ? null : byIndex;
            }
            if (delta.Id is not null) return _calls.FindLast(call => call.Id == delta.Id);
            return delta.Name is null && _calls.Count > 0 ? _calls[^1] : null;
        }

        private ToolCallDelta Begin(ToolCallDelta delta, CallContext context)
        {
            var place = _calls.Count;
            var isLegacy = delta.Type == ChatToolReader.Legacy;
            var call = new Call(place, delta) { Id = delta.Id ?? (isLegacy ? null : context.MakeId("call_", Index * 1000 + place)) };
            _calls.Add(call);
            delta = call.Whole(delta);
            return delta.Index == place && delta.Id is not null && delta.Type is not null ? delta : delta with { Index = place, Id = call.Id, Type = delta.Type ?? delta.Form ?? "function" };
        }

        private static ToolCallDelta Continue(Call call, ToolCallDelta delta)
        {
            var name = call.Name is null ? delta.Name : null;
            call.Name ??= delta.Name;
            delta = call.Whole(delta);
            if (delta.Index == call.Place && delta.Id is null && delta.Type is null && delta.Name == name) return delta;
            return delta with { Index = call.Place, Id = null, Type = null, Name = name };
        }

        private sealed class Call(int place, ToolCallDelta first)
        {
            private WholeCharacters _arguments;

            public int Place { get; } = place;
            public int WireIndex { get; } = first.Index;
            public string? Id { get; init; }
            public string? Name { get; set; } = first.Name;

            /// <summary>Whether a piece that names a call under the same index names another one.</summary>
            public bool IsOther(ToolCallDelta delta) => delta.Id is not null ? delta.Id != Id : first.Id is null && delta.Name != Name;

            /// <summary>The piece with whole characters: the very one given, as a rule.</summary>
            public ToolCallDelta Whole(ToolCallDelta delta)
            {
                var arguments = _arguments.Next(delta.Arguments);
                return ReferenceEquals(arguments, delta.Arguments) ? delta : delta with { Arguments = arguments };
            }
        }
    }
}
