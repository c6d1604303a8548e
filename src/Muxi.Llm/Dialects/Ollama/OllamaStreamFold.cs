using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of lines into canonical chunks. A line brings new text, new thinking or whole calls; the one that is <c>done</c> says why it ended and what was used, and
/// is the end: a stream without it is cut.
/// </summary>
internal sealed class OllamaStreamFold(OllamaChat quirks, OllamaPrompt prompt, CallContext context) : IFold<ChatCompletionChunk>
{
    /// <summary>The index of the first picture: nothing else has one, so any will do.</summary>
    private const int FirstPicture = 1000;

    private readonly string _id = context.MakeId("msg_", 0);
    private WholeCharacters _text, _thinking;
    private string? _model;
    private long _created;
    private int _calls, _pictures;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty) return;
        try
        {
            var line = OllamaLine.Read(wireEvent.Data.Span, _model ?? context.Model);
            if (!line.IsAnswer) throw context.Error(wireEvent);
            if (_model is null) Start(line, into);
            if (!line.Message.IsEmpty) Take(ref line, into);
            if (line.IsDone) Finish(ref line, into);
        }
        catch (JsonException)
        {
            throw context.Error(wireEvent);
        }
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (!IsComplete) throw context.Interrupted(_model is null ? "ended before anything came" : "was cut: it ended without a line that is done");
    }

    private void Start(in OllamaLine line, ICollection<ChatCompletionChunk> into)
    {
        (_model, _created) = (line.Model ?? context.Model, line.Created ?? context.Now.ToUnixTimeSeconds());
        into.Add(Chunk(new ChunkChoice { Delta = new() { Role = Role.Assistant } }));
    }

    private void Take(ref OllamaLine line, ICollection<ChatCompletionChunk> into)
    {
        var message = OllamaMessage.Read(line.Message, _calls, context);
        var delta = new Delta
        {
            Content = _text.Next(message.Content), ReasoningContent = _thinking.Next(message.Thinking),
            ToolCalls = message.Calls is { } calls ? Calls(calls) : [], Blocks = message.Pictures is { } pictures ? Pictures(pictures) : [],
        };
        if (!delta.IsOpening || line.Logprobs is not null) into.Add(Chunk(new ChunkChoice { Delta = delta, Logprobs = line.Logprobs is { } tokens ? new() { Content = tokens } : null }));
    }

    private List<ToolCallDelta> Calls(List<ToolCall> calls) =>
        [.. calls.Select(call => new ToolCallDelta { Index = _calls++, Id = call.Id, Type = call.Type, Name = call.Function.Name, Arguments = call.Function.Arguments, Extra = call.Extra, FunctionExtra = call.Function.Extra })];

    private List<BlockDelta> Pictures(List<ContentPart> pictures) => [.. pictures.Select(picture => new BlockDelta(FirstPicture + _pictures++, picture))];

    private void Finish(ref OllamaLine line, ICollection<ChatCompletionChunk> into)
    {
        IsComplete = true;
        var usage = line.Usage.ToUsage();
        var finish = OllamaStop.Reason(quirks.FinishReasons, line.DoneReason, _calls > 0);
        var choice = new ChunkChoice { Delta = new(), FinishReason = finish, FinishReasonRaw = OllamaStop.Raw(finish, line.DoneReason) };
        into.Add(Chunk(choice) with { Extra = line.Extra.ToExtra(), Noticed = prompt.Noticed(usage) });
        if (usage is not null) into.Add(Chunk(null) with { Usage = usage });
    }

    private ChatCompletionChunk Chunk(ChunkChoice? choice) => new() { Id = _id, Model = _model!, Created = _created, Choices = choice is null ? [] : [choice] };
}
