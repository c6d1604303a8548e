using System.Text;

namespace Muxi.Llm;

/// <summary>Puts the chunks of a stream together as the reply that the same call would have had without streaming.</summary>
internal sealed class ChatAccumulator : IAccumulator<ChatCompletionChunk>
{
    private readonly List<AnswerAccumulator> _answers = [];
    private readonly List<Extra> _extras = [];
    private ChatCompletionChunk? _first, _last;
    private Usage? _usage;

    public void Add(ChatCompletionChunk chunk)
    {
        if (_first is null || (_first.Id.Length == 0 && chunk.Id.Length > 0)) _first = chunk;
        _last = chunk;
        _usage = chunk.Usage ?? _usage;
        if (!chunk.Extra.IsEmpty && !Extras.IsPadding(chunk.Extra)) _extras.Add(chunk.Extra);
        for (var i = 0; i < chunk.Choices.Count; i++) AnswerAt(chunk.Choices[i].Index).Add(chunk.Choices[i]);
    }

    Reply? IAccumulator<ChatCompletionChunk>.ToReply() => ToCompletion();

    /// <summary>The first answer so far.</summary>
    public AnswerAccumulator First => AnswerAt(0);

    /// <summary>The reply so far; null when nothing came.</summary>
    public ChatCompletion? ToCompletion()
    {
        if (_first is null || _last is null) return null;
        _answers.Sort((a, b) => a.Index.CompareTo(b.Index));
        return new()
        {
            Id = _first.Id, Created = _first.Created, Model = _first.Model, Usage = _usage,
            Choices = [.. _answers.Select(answer => answer.ToChoice())],
            ServiceTier = _last.ServiceTier ?? _first.ServiceTier, SystemFingerprint = _last.SystemFingerprint ?? _first.SystemFingerprint,
            Extra = Extras.Latest(_extras), Call = _first.Call,
        };
    }

    private AnswerAccumulator AnswerAt(int index)
    {
        foreach (var answer in _answers)
            if (answer.Index == index) return answer;
        var added = new AnswerAccumulator(index);
        _answers.Add(added);
        return added;
    }
}

/// <summary>Puts one answer together.</summary>
internal sealed class AnswerAccumulator(int index)
{
    private readonly List<Block> _blocks = [];
    private readonly List<Extra> _extras = [], _deltaExtras = [], _logprobExtras = [], _audioExtras = [];
    private List<TokenLogprob>? _content, _refusal;
    private List<Annotation>? _annotations;
    private AudioOutput? _audio;
    private StringBuilder? _transcript;
    private List<string>? _sound;
    private Role? _role;
    private bool _hasContent;
    private FinishReason? _finish;
    private string? _finishRaw;

    public int Index { get; } = index;

    /// <summary>How many blocks there are so far.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>The citations so far.</summary>
    public IReadOnlyList<Annotation> Annotations => _annotations ?? (IReadOnlyList<Annotation>)[];

    /// <summary>How likely the content's tokens so far were; null where that was not told.</summary>
    public IReadOnlyList<TokenLogprob>? ContentLogprobs => _content;

    /// <summary>Why it stopped, where that was told.</summary>
    public FinishReason? FinishReason => _finish;

    /// <summary>What a block is.</summary>
    public ContentPartType TypeOf(int block) => _blocks[block].Type;

    /// <summary>The block so far.</summary>
    public ContentPart PartAt(int block) => _blocks[block].ToPart();

    /// <summary>The call that a block is, its arguments aside; null for another block.</summary>
    public ToolCall? CallOf(int block) => _blocks[block].Call;

    /// <summary>How long a block's text, or its call's arguments, is so far.</summary>
    public int LengthOf(int block) => _blocks[block].Length;

    /// <summary>A block's text, or its call's arguments, from a place on.</summary>
    public string TextOf(int block, int from) => _blocks[block].From(from);

    public void Add(ChunkChoice choice)
    {
        _finish = choice.FinishReason ?? _finish;
        _finishRaw = choice.FinishReasonRaw ?? _finishRaw;
        if (!choice.Extra.IsEmpty) _extras.Add(choice.Extra);
        if (choice.Logprobs is { } logprobs) Add(logprobs);
        Add(choice.Delta);
    }

    public Choice ToChoice() => new()
    {
        Index = Index,
        Message = new()
        {
            Role = _role ?? Role.Assistant, Blocks = Blocks(), Annotations = _annotations ?? (IReadOnlyList<Annotation>)[],
            Audio = _audio is null ? null : _audio with { Data = Sound(), Transcript = _transcript?.ToString(), Extra = Extras.Merge(_audioExtras) },
            Extra = Extras.Merge(_deltaExtras),
        },
        FinishReason = _finish, FinishReasonRaw = _finishRaw,
        Logprobs = _content is null && _refusal is null && _logprobExtras.Count == 0 ? null : new() { Content = _content, Refusal = _refusal, Extra = Extras.Merge(_logprobExtras) },
        Extra = Extras.Latest(_extras),
    };

    /// <summary>The blocks; an answer that said nothing but an empty text has that, as it has without streaming.</summary>
    private IReadOnlyList<ContentPart> Blocks() =>
        _blocks.Count == 0 && _hasContent && _audio is null ? [ContentPart.FromText("")] : [.. _blocks.Select(block => block.ToPart())];

    private void Add(Delta delta)
    {
        _role ??= delta.Role;
        _hasContent |= delta.Content is not null;
        if (!string.IsNullOrEmpty(delta.ReasoningContent) && !BlockDelta.HoldReasoning(delta.Blocks)) Text(ContentPartType.Reasoning).Append(delta.ReasoningContent);
        Block? named = null;
        for (var i = 0; i < delta.Blocks.Count; i++) named = Add(delta.Blocks[i]);
        if (!string.IsNullOrEmpty(delta.Content)) (named is { IsWhole: false } && named.Type == ContentPartType.Text ? named : Text(ContentPartType.Text)).Append(delta.Content);
        if (!string.IsNullOrEmpty(delta.Refusal)) Text(ContentPartType.Refusal).Append(delta.Refusal);
        for (var i = 0; i < delta.ToolCalls.Count; i++) Add(delta.ToolCalls[i]);
        if (delta.Annotations.Count > 0) (_annotations ??= []).AddRange(delta.Annotations);
        if (delta.Audio is { } audio) Add(audio);
        if (!delta.Extra.IsEmpty) _deltaExtras.Add(delta.Extra);
    }

    /// <summary>The block that text of a kind goes on with: the last one, if it is of that kind.</summary>
    private Block Text(ContentPartType type)
    {
        if (_blocks.Count > 0 && _blocks[^1] is { IsWhole: false } last && last.Type == type) return last;
        var block = new Block(type, -1);
        _blocks.Add(block);
        return block;
    }

    private Block Add(BlockDelta delta)
    {
        var isCall = delta.Piece.Type == ContentPartType.ToolCall;
        var block = BlockAt(delta.Index, isCall);
        // Encrypted data comes whole, under an index that the text before it may have had.
        if (block is null || block.Type != delta.Piece.Type || delta.IsWhole) _blocks.Add(block = isCall ? NewCall(delta.Index) : new(delta.Piece.Type, delta.Index));
        block.Add(delta);
        return block;
    }

    private void Add(ToolCallDelta delta)
    {
        var block = BlockAt(delta.Index, isCall: true);
        if (block is null) _blocks.Add(block = NewCall(delta.Index));
        block.Add(delta);
    }

    private static Block NewCall(int index) => new(ContentPartType.ToolCall, index) { Call = new() { Id = "", Function = new("", "") } };

    /// <summary>The first block of an index: calls are counted for themselves.</summary>
    private Block? BlockAt(int index, bool isCall)
    {
        foreach (var block in _blocks)
            if (block.Index == index && (block.Call is not null) == isCall) return block;
        return null;
    }

    private void Add(AudioOutput audio)
    {
        _audio = (_audio ?? new()) with { Id = audio.Id ?? _audio?.Id, ExpiresAt = audio.ExpiresAt ?? _audio?.ExpiresAt };
        if (audio.Data is not null) (_sound ??= []).Add(audio.Data);
        if (audio.Transcript is not null) (_transcript ??= new()).Append(audio.Transcript);
        if (!audio.Extra.IsEmpty) _audioExtras.Add(audio.Extra);
    }

    /// <summary>All pieces as one base64 text. Those that are padded each for itself cannot be joined as text.</summary>
    private string? Sound()
    {
        if (_sound is null) return null;
        var joined = string.Concat(_sound);
        if (joined.TrimEnd('=').IndexOf('=', StringComparison.Ordinal) < 0) return joined;
        try
        {
            return Convert.ToBase64String([.. _sound.SelectMany(Convert.FromBase64String)]);
        }
        catch (FormatException)
        {
            return joined;
        }
    }

    private void Add(Logprobs logprobs)
    {
        if (logprobs.Content is { } content) (_content ??= []).AddRange(content);
        if (logprobs.Refusal is { } refusal) (_refusal ??= []).AddRange(refusal);
        if (!logprobs.Extra.IsEmpty) _logprobExtras.Add(logprobs.Extra);
    }

    private sealed class Block(ContentPartType type, int index)
    {
        private readonly StringBuilder _text = new();
        private readonly List<Extra> _extras = [], _callExtras = [], _functionExtras = [];
        private string? _signature, _format;
        private bool _hasText;
        private ContentPart? _whole;

        public ContentPartType Type { get; } = type;
        public int Index { get; } = index;
        public ToolCall? Call { get; set; }

        public int Length => _text.Length;

        public string From(int start) => _text.ToString(start, _text.Length - start);

        /// <summary>Whether the text comes with the block's own pieces, so that none beside them belongs to it.</summary>
        public bool IsWhole { get; private set; }

        public void Append(string text)
        {
            _text.Append(text);
            _hasText = true;
        }

        public void Add(BlockDelta delta)
        {
            var piece = delta.Piece;
            if (piece.Text is not null) Append(piece.Text);
            IsWhole |= !string.IsNullOrEmpty(piece.Text);
            _format ??= piece.Format;
            if (piece.Signature is not null) _signature += piece.Signature;
            if (delta.IsWhole) _whole = piece;
            if (!piece.Extra.IsEmpty) _extras.Add(piece.Extra);
        }

        public void Add(ToolCallDelta delta)
        {
            // Most pieces are arguments alone.
            if (delta is not { Id: null, Type: null, Signature: null, Name: null })
                Call = Call! with
                {
                    Id = delta.Id ?? Call.Id, Type = delta.Type ?? Call.Type, Signature = delta.Signature ?? Call.Signature,
                    Function = delta.Name is null ? Call.Function : Call.Function with { Name = delta.Name },
                };
            _text.Append(delta.Arguments);
            if (!delta.Extra.IsEmpty) _callExtras.Add(delta.Extra);
            if (!delta.FunctionExtra.IsEmpty) _functionExtras.Add(delta.FunctionExtra);
        }

        public ContentPart ToPart()
        {
            if (Call is { } call)
            {
                var function = call.Function with { Arguments = _text.ToString(), Extra = Extras.Merge(_functionExtras) };
                return ContentPart.FromToolCall(call with { Function = function, Extra = Extras.Merge(_callExtras) }) with { Format = _format, Extra = Extras.Merge(_extras) };
            }
            // A first piece may say null where a later one has the value.
            var extra = Extras.Merge(_extras);
            if (_signature is not null) extra = extra.Without("signature");
            return _whole ?? new() { Type = Type, Text = _hasText ? _text.ToString() : null, Signature = _signature, Format = _format, Extra = extra };
        }
    }
}

/// <summary>The unknown members of many chunks as those of one reply.</summary>
internal static class Extras
{
    /// <summary>Later members go before earlier ones of the same name; lists are joined. OpenAI's padding of single chunks is left out.</summary>
    public static Extra Merge(List<Extra> extras) => Merge(extras, mayGrow: false);

    /// <summary>
    /// The same for members that a service repeats in each chunk: a list that begins with all of the earlier one is the list grown, not more of it, and an object adds
    /// its members to those of the earlier one (results of filters end with an empty one, 2026).
    /// </summary>
    public static Extra Latest(List<Extra> extras) => Merge(extras, mayGrow: true);

    private static Extra Merge(List<Extra> extras, bool mayGrow)
    {
        if (extras.Count == 0) return default;
        var merged = default(Extra);
        foreach (var extra in extras)
            foreach (var name in extra.Names)
                if (name != "obfuscation") merged = merged.With(name, Joined(merged[name], extra[name], mayGrow));
        return merged;
    }

    /// <summary>Whether nothing but OpenAI's padding is there, in the form in which OpenAI writes it: it need not be kept until the end.</summary>
    public static bool IsPadding(Extra extra) =>
        extra.Utf8 is [.. var head, (byte)'"', (byte)'}'] && head.StartsWith("{\"obfuscation\":\""u8) && !head["{\"obfuscation\":\"".Length..].Contains((byte)'"');

    private static RawJson Joined(RawJson earlier, RawJson later, bool mayGrow)
    {
        if (earlier.IsEmpty) return later;
        var before = earlier.Utf8.Span;
        var after = later.Utf8.Span;
        if (after.SequenceEqual("null"u8) || (before[0] == '[' && after.SequenceEqual("[]"u8))) return earlier;
        if (mayGrow && before[0] == '{' && after[0] == '{' && !after.SequenceEqual(before)) return Together(before, after);
        if (before.Length < 3 || before[0] != '[' || after[0] != '[') return later;
        if (mayGrow && after.StartsWith(before[..^1]) && after[before.Length - 1] is (byte)',' or (byte)']') return later;
        return RawJson.Trusted([.. before[..^1], (byte)',', .. after[1..]]);
    }

    private static RawJson Together(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later) =>
        RawJson.Trusted(Encoding.UTF8.GetBytes(Extra.Trusted(earlier.ToArray()).With(Extra.Trusted(later.ToArray())).ToString()));
}
