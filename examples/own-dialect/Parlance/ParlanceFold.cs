using System.Text.Json;
using Muxi.Llm;

namespace Parlance;

/// <summary>
/// Folds a stream: an event in, chunks out. The first line says who answers, then come pieces of text and whole asks, and the line with <c>ended</c> is the end. A stream without it
/// was cut, and a cut stream is never taken for a whole one.
/// </summary>
internal sealed class ParlanceFold(CallContext context) : IFold<ChatCompletionChunk>
{
    private string? _id, _model;
    private bool _hasBegun;
    private int _calls;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        try
        {
            using var json = JsonDocument.Parse(wireEvent.Data);
            Next(json.RootElement, wireEvent, into);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw context.Error(wireEvent);
        }
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (!IsComplete) throw context.Interrupted(_id is null ? "ended before anything came" : "was cut: it has no line that says why it ended");
    }

    private void Next(JsonElement line, WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (line.TryGetProperty("trouble", out _)) throw context.Error(wireEvent);
        _id ??= ParlanceReply.Text(line, "ref");
        _model ??= ParlanceReply.Text(line, "voice");
        if (ParlanceReply.Text(line, "text") is { } text) into.Add(Chunk(new() { Content = text }));
        if (line.TryGetProperty("ask", out var ask)) into.Add(Chunk(new() { ToolCalls = [Piece(ParlanceReply.Call(ask, _calls, context))] }));
        if (ParlanceReply.Text(line, "ended") is not { } ended) return;
        IsComplete = true;
        var last = Chunk(new());
        into.Add(last with
        {
            Choices = [last.Choices[0] with { FinishReason = ParlanceReply.Finish(ended), FinishReasonRaw = ParlanceReply.Raw(ended) }],
            Usage = ParlanceReply.Spent(line),
        });
    }

    private ToolCallDelta Piece(ToolCall call) => new() { Index = _calls++, Id = call.Id, Type = call.Type, Name = call.Function.Name, Arguments = call.Function.Arguments };

    private ChatCompletionChunk Chunk(Delta delta)
    {
        if (!_hasBegun) delta = delta with { Role = Role.Assistant };
        _hasBegun = true;
        return new() { Id = _id ??= context.MakeId("parlance-", 0), Model = _model ?? context.Model, Created = context.Now.ToUnixTimeSeconds(), Choices = [new() { Delta = delta }] };
    }
}
