using System.Text;

namespace Muxi.Llm;

/// <summary>Puts the chunks of a streamed completion together as the reply that the same call would have had without streaming.</summary>
internal sealed class CompletionAccumulator : IAccumulator<CompletionChunk>
{
    private readonly List<Answer> _answers = [];
    private readonly List<Extra> _extras = [];
    private CompletionChunk? _first, _last;
    private Usage? _usage;

    public void Add(CompletionChunk chunk)
    {
        if (_first is null || (_first.Id.Length == 0 && chunk.Id.Length > 0)) _first = chunk;
        _last = chunk;
        _usage = chunk.Usage ?? _usage;
        if (!chunk.Extra.IsEmpty && !Extras.IsPadding(chunk.Extra)) _extras.Add(chunk.Extra);
        for (var i = 0; i < chunk.Choices.Count; i++) AnswerAt(chunk.Choices[i].Index).Add(chunk.Choices[i]);
    }

    Reply? IAccumulator<CompletionChunk>.ToReply() => ToCompletion();

    /// <summary>The reply so far; null when nothing came.</summary>
    public Completion? ToCompletion()
    {
        if (_first is null || _last is null) return null;
        _answers.Sort((a, b) => a.Index.CompareTo(b.Index));
        return new()
        {
            Id = _first.Id, Created = _first.Created, Model = _first.Model, Usage = _usage, SystemFingerprint = _last.SystemFingerprint ?? _first.SystemFingerprint,
            Choices = [.. _answers.Select(answer => answer.ToChoice())], Extra = Extras.Latest(_extras), Call = _first.Call,
        };
    }

    private Answer AnswerAt(int index)
    {
        foreach (var answer in _answers)
            if (answer.Index == index) return answer;
        var added = new Answer(index);
        _answers.Add(added);
        return added;
    }

    private sealed class Answer(int index)
    {
        private readonly StringBuilder _text = new();
        private readonly List<Extra> _extras = [];
        private FinishReason? _finish;
        private string? _finishRaw;
        private Likelihoods? _logprobs;

        public int Index { get; } = index;

        public void Add(CompletionChoice choice)
        {
            _text.Append(choice.Text);
            _finish = choice.FinishReason ?? _finish;
            _finishRaw = choice.FinishReasonRaw ?? _finishRaw;
            if (choice.Logprobs is { } logprobs) (_logprobs ??= new()).Add(logprobs);
            if (!choice.Extra.IsEmpty) _extras.Add(choice.Extra);
        }

        public CompletionChoice ToChoice() => new()
        {
            Index = Index, Text = _text.ToString(), FinishReason = _finish, FinishReasonRaw = _finishRaw, Logprobs = _logprobs?.ToLogprobs(), Extra = Extras.Latest(_extras),
        };
    }

    private sealed class Likelihoods
    {
        private readonly List<string> _tokens = [];
        private readonly List<double?> _values = [];
        private readonly List<IReadOnlyDictionary<string, double>?> _top = [];
        private readonly List<int> _offsets = [];
        private readonly List<Extra> _extras = [];

        public void Add(CompletionLogprobs logprobs)
        {
            _tokens.AddRange(logprobs.Tokens);
            _values.AddRange(logprobs.TokenLogprobs);
            _top.AddRange(logprobs.TopLogprobs);
            _offsets.AddRange(logprobs.TextOffset);
            if (!logprobs.Extra.IsEmpty) _extras.Add(logprobs.Extra);
        }

        public CompletionLogprobs ToLogprobs() => new() { Tokens = _tokens, TokenLogprobs = _values, TopLogprobs = _top, TextOffset = _offsets, Extra = Extras.Merge(_extras) };
    }
}
