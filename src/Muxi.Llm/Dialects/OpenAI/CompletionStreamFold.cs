using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Folds a stream of completions: the usage comes once and last, and a stream that does not end properly is never taken for a whole one.</summary>
/// <remarks>The proper end is <c>[DONE]</c>, or a finish reason for every answer that was begun: some services send no <c>[DONE]</c>.</remarks>
internal sealed class CompletionStreamFold(CallContext context) : IFold<CompletionChunk>
{
    private readonly List<Answer> _answers = [];
    private CompletionChunk? _last, _usage;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<CompletionChunk> into)
    {
        var data = wireEvent.Data.Span;
        if (IsComplete || data.IsEmpty) return;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) Finish(into);
        else Add(Read(wireEvent), into);
    }

    public void End(ICollection<CompletionChunk> into)
    {
        if (IsComplete) return;
        if (_answers.Count == 0 || !_answers.TrueForAll(answer => answer.IsFinished))
            throw context.Interrupted(_last is null ? "ended before anything came" : "was cut: it ended without a finish reason or [DONE]");
        Finish(into);
    }

    private CompletionChunk Read(WireEvent wireEvent)
    {
        try
        {
            if (wireEvent.Type != "error" && CompletionReplyReader.ReadServices(wireEvent.Data.Span) is { } chunk) return _last = chunk;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private void Add(CompletionChunk chunk, ICollection<CompletionChunk> into)
    {
        for (var i = 0; i < chunk.Choices.Count; i++)
        {
            var choice = chunk.Choices[i];
            var text = AnswerAt(choice.Index).Next(choice);
            if (!ReferenceEquals(text, choice.Text)) chunk = With(chunk, i, text);
        }
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
    private static CompletionChunk With(CompletionChunk chunk, int at, string text) =>
        chunk with { Choices = [.. chunk.Choices.Select((other, place) => place == at ? other with { Text = text } : other)] };

    private void Finish(ICollection<CompletionChunk> into)
    {
        if (_last is null) throw context.Interrupted("ended before anything came");
        IsComplete = true;
        foreach (var answer in _answers)
            if (!answer.IsFinished) into.Add(_last with { Usage = null, Extra = default, Choices = [new() { Index = answer.Index, FinishReason = FinishReason.Stop }] });
        if (_usage is not null) into.Add(_usage.Choices.Count == 0 ? _usage : _usage with { Choices = [], Extra = default });
    }

    private Answer AnswerAt(int index)
    {
        foreach (var answer in _answers)
            if (answer.Index == index) return answer;
        var added = new Answer(index);
        _answers.Add(added);
        return added;
    }

    /// <summary>One answer of the stream.</summary>
    private sealed class Answer(int index)
    {
        private WholeCharacters _text;

        public int Index { get; } = index;

        public bool IsFinished { get; private set; }

        /// <summary>The piece with whole characters: the very one given, as a rule.</summary>
        public string Next(CompletionChoice choice)
        {
            IsFinished |= choice.FinishReason is not null;
            return _text.Next(choice.Text)!;
        }
    }
}
