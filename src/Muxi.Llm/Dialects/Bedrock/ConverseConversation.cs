using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A conversation in the service's order: instructions apart, then turns of the user and the assistant by turns. Messages of one side that follow each other are one turn; the
/// results of tools stand first in the user's, since they are wanted right behind the calls.
/// </summary>
internal sealed class ConverseConversation
{
    private readonly ConversePlan _plan;
    private readonly List<ContentPart> _system = [];
    private readonly List<ConverseTurn> _turns = [];
    private readonly ToolCallIds _ids = new(Allowed);
    private int _oldCalls, _oldResults;

    public ConverseConversation(ConversePlan plan)
    {
        _plan = plan;
        foreach (var message in plan.Request.Messages) Add(message);
        if (_turns is [.., { IsUser: false } last]) last.DropThoughts(plan);
        _turns.RemoveAll(static turn => turn.Items.Count == 0);
        if (plan.Instruction is { } instruction) _system.Add(instruction);
        if (_system.Count > 0 && (_turns.Count == 0 || !plan.Quirks.SystemPrompt)) SayAsUser();
        foreach (var turn in _turns) turn.SpeakBesideDocuments(plan);
    }

    public void WriteSystem(Utf8JsonWriter json)
    {
        if (_system.Count == 0) return;
        json.WriteStartArray("system"u8);
        foreach (var part in _system)
        {
            json.WriteStartObject();
            if (part.Type == ContentPartType.Text) json.WriteString("text"u8, part.Text);
            part.Extra.WriteMembers(json);
            json.WriteEndObject();
            ConverseBlockWriter.WriteCachePoint(json, part.CacheControl, _plan);
        }
        json.WriteEndArray();
    }

    public void WriteTurns(Utf8JsonWriter json)
    {
        var blocks = new ConverseBlockWriter(json, _plan);
        json.WriteStartArray("messages"u8);
        for (var i = 0; i < _turns.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, _turns[i].IsUser ? "user"u8 : "assistant"u8);
            json.WriteStartArray("content"u8);
            for (var at = 0; at < _turns[i].Items.Count; at++)
            {
                // Blanks at the end of what a model is to go on with are refused.
                var isTrimmed = i == _turns.Count - 1 && !_turns[i].IsUser && at == _turns[i].Items.Count - 1;
                blocks.Write(_turns[i].Items[at], isTrimmed);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Add(Message message)
    {
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) _plan.Warnings.Add("messages.name", "left out: the service knows no names of speakers");
        switch (message.Role.Value)
        {
            case "system" or "developer":
                AddInstructions(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            default:
                AddParts(message, isUser: message.Role.Value == "user");
                break;
        }
    }

    private void AddInstructions(Message message)
    {
        if (_turns.Count > 0) _plan.Warnings.Add("messages", "instructions within the conversation were moved in front of it: the service takes them there");
        var first = _system.Count;
        foreach (var part in message.Blocks)
        {
            if (part.Type == ContentPartType.Text ? !string.IsNullOrWhiteSpace(part.Text) : part.Extra.Holds("guardContent"u8) || part.Extra.Holds("cachePoint"u8)) _system.Add(part);
            else if (part.Type != ContentPartType.Text) _plan.Warnings.Add("messages.content", $"'{part.Type}' in the instructions was left out: the service takes only text there");
        }
        if (_system.Count > first && !message.CacheControl.IsEmpty && _system[^1].CacheControl.IsEmpty) _system[^1] = _system[^1] with { CacheControl = message.CacheControl };
    }

    private void SayAsUser()
    {
        _plan.Warnings.Add("messages", _turns.Count == 0 ? "the instructions were sent as the user's message: the service wants one" : "the instructions were sent within the user's first message: the model takes none beside it");
        if (_turns is not [{ IsUser: true }, ..]) _turns.Insert(0, new(isUser: true));
        _turns[0].Items.InsertRange(_turns[0].Results, _system.Select(static part => new ConverseItem(part) { Mark = part.CacheControl }));
        _system.Clear();
    }

    private void AddResult(Message message)
    {
        var id = message.ToolCallId ?? (message.Role.Value == "function" ? OldId(message.Name, _oldResults++) : "");
        // Within a result there is no place for a mark: that of a part goes behind the whole.
        var mark = message.CacheControl.IsEmpty ? message.Blocks.LastOrDefault(static part => !part.CacheControl.IsEmpty)?.CacheControl ?? default : message.CacheControl;
        TurnOf(isUser: true).AddResult(new(ContentPart.FromText("")) { Result = message, Id = _ids.OfResult(id), Mark = mark });
    }

    private void AddParts(Message message, bool isUser)
    {
        var items = new List<ConverseItem>();
        foreach (var part in message.Blocks)
        {
            if (!IsTaken(part, isUser))
            {
                if (!part.CacheControl.IsEmpty) _plan.Warnings.Add("cache_control", "left out with the part that carried it, which is not sent");
                continue;
            }
            var id = part.ToolCall is { } call ? _ids.OfCall(call.Id.Length == 0 ? OldId(call.Function.Name, _oldCalls++) : call.Id) : null;
            items.Add(new(part) { Id = id, Mark = part.CacheControl });
        }
        if (items.Count == 0 && message.Audio is { Transcript: { Length: > 0 } said }) items.Add(new(said));
        if (items.Count == 0) return;
        if (!message.CacheControl.IsEmpty) Mark(items, message.CacheControl);
        TurnOf(isUser).Items.AddRange(items);
    }

    /// <summary>A message's mark goes behind its last piece that is no thinking: behind that the service refuses a cache point.</summary>
    private void Mark(List<ConverseItem> items, RawJson mark)
    {
        var last = items.FindLastIndex(static item => !item.IsThought);
        if (last < 0) _plan.Warnings.Add("cache_control", "left out: no cache point is taken behind thinking");
        else if (items[last].Mark.IsEmpty) items[last] = items[last] with { Mark = mark };
    }

    /// <summary>Whether a part is sent at all: a text without words is refused, and other services' blocks are none of this one's.</summary>
    private bool IsTaken(ContentPart part, bool isUser)
    {
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return !string.IsNullOrWhiteSpace(part.Text);
            case "reasoning":
                return !isUser && part.Format == _plan.Quirks.BlockFormat && part.Signature is not null;
            case "opaque":
                return part.Format == _plan.Quirks.BlockFormat && !part.Raw.IsEmpty;
            case "image_url" when !isUser:
                _plan.Warnings.Add("messages.images", "left out: pictures are taken from the user's side only");
                return false;
            default:
                return true;
        }
    }

    private ConverseTurn TurnOf(bool isUser)
    {
        if (_turns is not [.., var last] || last.IsUser != isUser) _turns.Add(last = new(isUser));
        return last;
    }

    /// <summary>Calls of the form before tools have no ids: the first one and the first result of a name belong together, and so on.</summary>
    private static string OldId(string? name, int place) => $"{name}_{place}";

    /// <summary>An id as the service takes it: 64 letters, digits, <c>_</c> and <c>-</c> at most (API reference, ToolUseBlock); some places are kept for what tells two of one beginning apart.</summary>
    private static string Allowed(string id)
    {
        const int Most = 58;
        return string.Create(Math.Min(id.Length, Most), id, static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++) into[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '-' ? from[i] : '_';
        });
    }
}

/// <summary>What one side says before the other speaks.</summary>
internal sealed class ConverseTurn(bool isUser)
{
    public bool IsUser => isUser;

    /// <summary>How many of the items, in front, are results of tools.</summary>
    public int Results { get; private set; }

    public List<ConverseItem> Items { get; } = [];

    public void AddResult(ConverseItem result) => Items.Insert(Results++, result);

    /// <summary>No model goes on with thinking that a conversation ends in.</summary>
    public void DropThoughts(ConversePlan plan)
    {
        var kept = Items.FindLastIndex(static item => !item.IsThought) + 1;
        if (kept == Items.Count) return;
        plan.Warnings.Add("messages", "thinking at the end of the conversation was left out: the service does not go on with it");
        Items.RemoveRange(kept, Items.Count - kept);
    }

    /// <summary>The service refuses a document in a turn without a text of its own.</summary>
    public void SpeakBesideDocuments(ConversePlan plan)
    {
        const string Text = ".";
        var at = Items.FindIndex(static item => item.IsDocument);
        if (!isUser || at < 0 || Items.Exists(static item => item.Result is null && item.Part.Type == ContentPartType.Text)) return;
        plan.Warnings.Add("messages", $"'{Text}' was sent beside a document: the service wants a text there");
        Items.Insert(at, new(Text));
    }
}

/// <summary>A piece of a turn.</summary>
/// <param name="Part">The part of a message; of a result nothing.</param>
internal readonly record struct ConverseItem(ContentPart Part)
{
    /// <summary>The message with a tool's result.</summary>
    public Message? Result { get; init; }

    /// <summary>The call's id, of a call and of a result.</summary>
    public string? Id { get; init; }

    /// <summary>The mark for the cache behind it.</summary>
    public RawJson Mark { get; init; }

    /// <summary>Whether it is thinking, such as cannot be read included.</summary>
    public bool IsThought => Part.Type == ContentPartType.Reasoning || (Part.Type == ContentPartType.Opaque && Part.Raw.ToElement() is { ValueKind: JsonValueKind.Object } block && block.TryGetProperty("reasoningContent"u8, out _));

    /// <summary>Whether it is sent as a document: a file that is no picture, sound or video, or a document in the format's own form.</summary>
    public bool IsDocument => Result is null && (Part.File is { } file ? ConverseMediaWriter.IsDocument(file) : Part.Extra.Holds("document"u8));
}
