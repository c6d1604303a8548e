using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One candidate of a stream: what its parts are, and where one block ends and the next begins.</summary>
internal sealed class GeminiAnswer(GeminiChat quirks, CallContext context, int index)
{
    /// <summary>So many calls of one candidate have ids of their own.</summary>
    private const int MostCalls = 10_000;

    private readonly StringBuilder _content = new();
    private GeminiPartialCall? _open;
    private Last _last;
    private Extra _extra;
    private int _blocks, _calls;

    public int Index => index;

    public bool HasBegun { get; private set; }

    /// <summary>Why the model stopped, in the service's word; null as long as it has not.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>How the model failed, for people; null where it did not.</summary>
    public string? Failure => FinishReason is { } word && GeminiFinish.IsFailure(word)
        ? $"the model failed and said no more ({word}{(_extra.GetString("finishMessage") is { Length: > 0 } message ? $": {message.ReplaceLineEndings(" ")}" : "")})" : null;

    /// <summary>Takes what a candidate says beside its parts; what comes later goes before.</summary>
    public void Take(in GeminiCandidate candidate)
    {
        if (candidate.FinishReason is { Length: > 0 } reason) FinishReason = reason;
        if (!candidate.Extra.IsEmpty) _extra = _extra.With(candidate.Extra);
    }

    public ChunkChoice Begin()
    {
        HasBegun = true;
        return new() { Index = index, Delta = new() { Role = Role.Assistant } };
    }

    /// <summary>What is new with a part; null for one that says nothing.</summary>
    public Delta? Next(ReadOnlySpan<byte> source)
    {
        var part = GeminiPart.Read(source);
        return part.Kind switch
        {
            GeminiPartKind.Text => Text(part),
            GeminiPartKind.Thought => Thought(part),
            GeminiPartKind.Call => Call(part),
            GeminiPartKind.Picture => Block(new() { Type = ContentPartType.ImageUrl, ImageUrl = new($"data:{part.MediaType};base64,{part.Data}") }, part),
            GeminiPartKind.Sound => new() { Audio = new() { Data = part.Data, Extra = new Extra().With("mime_type", JsonOut.ToText(part.MediaType!, static (json, type) => json.WriteStringValue(type), indented: false)) } },
            GeminiPartKind.Nothing => null,
            _ => Block(ContentPart.FromOpaque(quirks.BlockFormat, RawJson.Trusted(source)), default),
        };
    }

    /// <summary>What is known only at the end: an open call's arguments, citations, why it stopped.</summary>
    /// <param name="blocked">Why the service blocked the prompt, which ends an answer that says nothing of its end itself; null for not.</param>
    public IEnumerable<ChunkChoice> Finish(string? blocked)
    {
        if (Close() is { } arguments) yield return new() { Index = index, Delta = arguments };
        if (GeminiCitations.Of(_extra, _content.ToString()) is { Count: > 0 } citations) yield return new() { Index = index, Delta = new() { Annotations = citations } };
        var reason = FinishReason is { } told ? GeminiFinish.Reason(quirks, GeminiFinish.Word(told), _calls > 0) : blocked is null ? default(FinishReason?) : Llm.FinishReason.ContentFilter;
        if (reason is null && _extra.IsEmpty) yield break;
        yield return new() { Index = index, Delta = new(), FinishReason = reason, FinishReasonRaw = FinishReason ?? blocked, Extra = _extra };
    }

    /// <summary>Text goes on with the text before it, unless one of the two is signed: a signature is of its part alone.</summary>
    private Delta? Text(in GeminiPart part)
    {
        _content.Append(part.Text);
        var isPlain = part.Signature is null && part.Extra.IsEmpty;
        if (isPlain && string.IsNullOrEmpty(part.Text)) return _blocks == 0 && _calls == 0 ? new() { Content = "" } : null;
        var goesOn = isPlain && _last != Last.SignedText;
        _last = isPlain ? Last.Text : Last.SignedText;
        if (goesOn)
        {
            _blocks = Math.Max(_blocks, 1);
            return new() { Content = part.Text };
        }
        return new()
        {
            Content = string.IsNullOrEmpty(part.Text) ? null : part.Text,
            Blocks = [new(_blocks++, new() { Type = ContentPartType.Text, Text = "", Signature = part.Signature, Format = isPlain ? null : quirks.BlockFormat, Extra = part.Extra })],
        };
    }

    private Delta? Thought(in GeminiPart part)
    {
        var isPlain = part.Signature is null && part.Extra.IsEmpty;
        if (isPlain && string.IsNullOrEmpty(part.Text)) return null;
        if (!isPlain || _last != Last.Thought) _blocks++;
        _last = isPlain ? Last.Thought : Last.Other;
        return new()
        {
            ReasoningContent = string.IsNullOrEmpty(part.Text) ? null : part.Text,
            Blocks = [new(_blocks - 1, new() { Type = ContentPartType.Reasoning, Text = part.Text ?? "", Signature = part.Signature, Format = quirks.BlockFormat, Extra = part.Extra })],
        };
    }

    private Delta Block(ContentPart block, in GeminiPart part)
    {
        _last = Last.Other;
        var isOwn = block.Format is not null || part.Signature is not null || !part.Extra.IsEmpty;
        return new() { Blocks = [new(_blocks++, block with { Signature = part.Signature, Extra = part.Extra, Format = isOwn ? quirks.BlockFormat : null })] };
    }

    /// <summary>A call, or a piece of one whose arguments come in pieces.</summary>
    private Delta? Call(in GeminiPart part)
    {
        var call = GeminiCall.Read(part.Call);
        if (call.Name is null)
        {
            _open?.Take(call);
            return call.WillContinue ? null : Close();
        }
        var before = Close();
        _last = Last.Other;
        var begun = Opening(call, part);
        if (call.WillContinue)
        {
            _open = new(_calls - 1);
            _open.Take(call);
        }
        return before is null ? begun : begun with { ToolCalls = [.. before.ToolCalls, .. begun.ToolCalls] };
    }

    private Delta Opening(GeminiCall call, in GeminiPart part)
    {
        var place = _calls++;
        var isOwn = part.Signature is not null || !part.Extra.IsEmpty || !call.Extra.IsEmpty;
        return new()
        {
            ToolCalls =
            [
                new()
                {
                    Index = place, Id = call.Id ?? context.MakeId(GeminiCalls.Made, index * MostCalls + place), Type = "function", Name = call.Name, Arguments = call.WillContinue ? "" : call.Arguments,
                    Signature = part.Signature, Extra = call.Extra,
                },
            ],
            Blocks = isOwn ? [new(place, new() { Type = ContentPartType.ToolCall, Format = quirks.BlockFormat, Extra = part.Extra })] : [],
        };
    }

    /// <summary>What the last block is, for what may go on with it.</summary>
    private enum Last
    {
        Other,
        Text,
        SignedText,
        Thought,
    }

    private Delta? Close()
    {
        if (_open is not { } open) return null;
        _open = null;
        return new() { ToolCalls = [new() { Index = open.Index, Arguments = open.Arguments() }] };
    }
}
