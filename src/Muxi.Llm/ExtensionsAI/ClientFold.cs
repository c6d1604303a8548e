using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>
/// Makes chunks of a client's updates. Calls are told at the end: only then is it known which of them the client has answered itself.
/// </summary>
internal sealed class ClientFold(ClientReply reply)
{
    private readonly List<FunctionCallContent> _calls = [];
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly List<AIContent> _errors = [];
    private UsageDetails? _usage;
    private ChatFinishReason? _finish;
    private string? _id, _model, _conversation;
    private DateTimeOffset? _created;
    private int _length, _blocks;
    private int? _thought;
    private bool _hasBegun, _hasContent;

    public IEnumerable<ChatCompletionChunk> Next(ChatResponseUpdate update)
    {
        _id ??= update.ResponseId;
        _model ??= update.ModelId;
        _created ??= update.CreatedAt;
        _conversation = update.ConversationId ?? _conversation;
        _finish = update.FinishReason ?? _finish;
        var deltas = update.Contents.Where(content => !Note(content, update.Role)).Select(DeltaOf).OfType<Delta>().ToList();
        if (deltas.Count > 0) _hasContent = true;
        return deltas.Select(delta => Chunk(delta));
    }

    public IEnumerable<ChatCompletionChunk> End()
    {
        var calls = _calls.Where(call => !_answered.Contains(call.CallId)).Select(ClientReply.CallOf).ToList();
        reply.Check(_errors, isEmpty: !_hasContent && calls.Count == 0);
        for (var i = 0; i < calls.Count; i++)
            yield return Chunk(new() { ToolCalls = [new() { Index = i, Id = calls[i].Id, Type = "function", Name = calls[i].Function.Name, Arguments = calls[i].Function.Arguments }] });
        var last = Chunk(new());
        yield return last with
        {
            Choices = [last.Choices[0] with { FinishReason = ClientReply.Finish(_finish, calls.Count > 0) }],
            Usage = _usage is null ? null : ClientReply.Of(_usage),
            Extra = ClientReply.ExtraOf(_conversation),
        };
    }

    /// <summary>Keeps what is told later, or to nobody; false for what is told now.</summary>
    private bool Note(AIContent content, ChatRole? role)
    {
        switch (content)
        {
            case UsageContent { Details: { } details }:
                (_usage ??= new()).Add(details);
                return true;
            case FunctionResultContent result:
                _answered.Add(result.CallId);
                return true;
            case FunctionCallContent call:
                if (!call.InformationalOnly) _calls.Add(call);
                return true;
            case ErrorContent error when reply.BlockOf(error) is null:
                _errors.Add(error);
                return true;
            default:
                return role is { } speaker && speaker != ChatRole.Assistant;
        }
    }

    private Delta? DeltaOf(AIContent content)
    {
        var annotations = ClientReply.AnnotationsOf(content, _length).ToList();
        if (content is TextContent { Text: { } text }) _length += text.Length;
        var delta = ClientReply.SoundOf(content) is { } sound ? new Delta { Audio = sound } : reply.BlockOf(content) switch
        {
            { Type.Value: "text", Text: { } words } => new() { Content = words },
            { Type.Value: "refusal", Text: { } words } => new() { Refusal = words },
            { Type.Value: "reasoning" } thought => Thought(thought),
            { } block => new() { Blocks = [new(_blocks++, block)] },
            null => null,
        };
        if (delta is { ReasoningContent: null, Blocks.Count: 0 }) _thought = null;
        return annotations.Count == 0 ? delta : (delta ?? new()) with { Annotations = annotations };
    }

    /// <summary>Pieces of thinking are one block until something else comes, or until they are sealed.</summary>
    private Delta Thought(ContentPart thought)
    {
        var block = _thought ??= _blocks++;
        if (thought.Signature is not null) _thought = null;
        // Text of the piece itself is what counts: beside a piece it would belong to the block before.
        return new() { ReasoningContent = thought.Text is { Length: > 0 } words ? words : null, Blocks = [new(block, thought)] };
    }

    private ChatCompletionChunk Chunk(Delta delta)
    {
        if (!_hasBegun) delta = delta with { Role = Role.Assistant };
        _hasBegun = true;
        return new() { Id = _id ??= ClientReply.NewId(), Model = _model ?? reply.Model, Created = _created?.ToUnixTimeSeconds() ?? reply.Created, Choices = [new() { Delta = delta }] };
    }
}
