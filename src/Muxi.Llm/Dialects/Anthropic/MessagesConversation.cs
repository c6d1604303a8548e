using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A conversation in Anthropic's order: instructions apart, then turns of alternating roles. Messages of one role that follow each other are one turn; tools'
/// results stand first in a user's turn, since the service wants them right behind the calls.
/// </summary>
internal sealed class MessagesConversation
{
    private readonly MessagesPlan _plan;
    private readonly List<ContentPart> _system = [];
    private readonly List<Turn> _turns = [];
    private readonly List<Message> _waiting = [];
    private readonly ToolCallIds _ids = new(ToolUseIds.Allowed);
    private int _legacyCalls, _legacyResults;

    public MessagesConversation(MessagesPlan plan)
    {
        _plan = plan;
        foreach (var message in plan.Request.Messages) Add(message);
        PlaceWaiting();
        DropLastThoughts();
        if (_turns.Count == 0 && _system.Count > 0) SpeakAsUser();
        if (plan.Instruction is { } instruction) _system.Add(instruction);
    }

    private AnthropicMessages Quirks => _plan.Quirks;

    public void WriteSystem(Utf8JsonWriter json)
    {
        if (_system.Count == 0) return;
        if (_system is [{ CacheControl.IsEmpty: true, Extra.IsEmpty: true, Text: { } only }])
        {
            json.WriteString("system"u8, only);
            return;
        }
        json.WriteStartArray("system"u8);
        foreach (var part in _system) MessagesBlockWriter.WriteText(json, part.Text!, part.CacheControl, part.Extra);
        json.WriteEndArray();
    }

    public void WriteTurns(Utf8JsonWriter json)
    {
        var blocks = new MessagesBlockWriter(json, _plan);
        for (var i = 0; i < _turns.Count; i++) Write(json, blocks, _turns[i], isLast: i == _turns.Count - 1);
    }

    private static void Write(Utf8JsonWriter json, MessagesBlockWriter blocks, Turn turn, bool isLast)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, turn.Role);
        // The service refuses white space at the end of what the model is to go on with.
        var isTrimmed = isLast && turn.Role == "assistant";
        if (turn.OnlyText is { } text) json.WriteString("content"u8, isTrimmed ? text.TrimEnd() : text);
        else
        {
            json.WriteStartArray("content"u8);
            foreach (var result in turn.Results) blocks.WriteResult(result);
            for (var i = 0; i < turn.Blocks.Count; i++) blocks.Write(turn.Blocks[i], turn.Role, isTrimmed && i == turn.Blocks.Count - 1);
            json.WriteEndArray();
        }
        turn.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void Add(Message message)
    {
        // A result's call says which tool it is of.
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) _plan.Warnings.Add("messages.name", "left out: the service takes no names");
        switch (message.Role.Value)
        {
            case "system" or "developer":
                AddSystem(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            case "user":
                AddParts("user", message);
                break;
            default:
                AddParts("assistant", message);
                break;
        }
    }

    private void AddSystem(Message message)
    {
        if (_turns.Count == 0) AddInstructions(message);
        else if (Quirks.SystemTurns) _waiting.Add(message);
        else Hoist(message);
    }

    /// <summary>System messages within the conversation: behind the user's turn in which they came, which is where the service takes them.</summary>
    private void PlaceWaiting()
    {
        if (_waiting.Count == 0) return;
        var isPlace = _turns[^1] is { Role: "user", Count: > 0 } || _turns[^1] is { Role: "assistant", Blocks: [.., { Part.Type.Value: "opaque" }] };
        var turn = isPlace ? new Turn("system") : null;
        foreach (var message in _waiting)
        {
            if (turn is null) Hoist(message);
            else
            {
                foreach (var part in TextsOf(message)) turn.Blocks.Add(new(part, part.CacheControl));
                turn.Extra = turn.Extra.With(message.Extra);
            }
        }
        if (turn is { Count: > 0 }) _turns.Add(turn);
        _waiting.Clear();
    }

    private void Hoist(Message message)
    {
        _plan.Warnings.Add("messages", "a system message within the conversation was moved in front of it: the model takes none there");
        AddInstructions(message);
    }

    private void AddInstructions(Message message) => _system.AddRange(TextsOf(message));

    /// <summary>The service wants something said besides the instructions.</summary>
    private void SpeakAsUser()
    {
        _plan.Warnings.Add("messages", "the instructions were sent as the user's message: the service wants one");
        var turn = TurnOf("user");
        foreach (var part in _system) turn.Blocks.Add(new(part, part.CacheControl));
        _system.Clear();
    }

    private List<ContentPart> TextsOf(Message message)
    {
        var texts = new List<ContentPart>();
        foreach (var part in message.Blocks)
        {
            if (part.Type != ContentPartType.Text) _plan.Warnings.Add("messages.content", $"'{part.Type}' in a system message was left out: the service takes only text there");
            else if (!string.IsNullOrWhiteSpace(part.Text)) texts.Add(part);
        }
        if (texts.Count > 0 && texts[^1].CacheControl.IsEmpty && !message.CacheControl.IsEmpty) texts[^1] = texts[^1] with { CacheControl = message.CacheControl };
        return texts;
    }

    private void AddResult(Message message)
    {
        var turn = TurnOf("user");
        var id = message.ToolCallId ?? (message.Role.Value == "function" ? LegacyId(message.Name, _legacyResults++) : "");
        turn.Results.Add(new(message, _ids.OfResult(id)));
    }

    /// <summary>Adds what a message says; one that says nothing makes no turn.</summary>
    private void AddParts(string role, Message message)
    {
        var blocks = new List<TurnBlock>();
        foreach (var part in message.Blocks)
        {
            if (!IsTaken(part, role))
            {
                if (!part.CacheControl.IsEmpty) _plan.Warnings.Add("messages.cache_control", "left out with the part that carried it, which says nothing here");
                continue;
            }
            var id = part.ToolCall is { } call ? _ids.OfCall(call.Type == ChatToolReader.Legacy && call.Id.Length == 0 ? LegacyId(call.Function.Name, _legacyCalls++) : call.Id) : null;
            blocks.Add(new(part, part.CacheControl) { Id = id });
        }
        if (blocks.Count == 0 && message.Audio is { Transcript: { Length: > 0 } said }) blocks.Add(new(said, default));
        if (blocks.Count == 0) return;
        if (!message.CacheControl.IsEmpty) Mark(blocks, message.CacheControl);
        if (role == "assistant") PlaceWaiting();
        var turn = TurnOf(role);
        turn.Blocks.AddRange(blocks);
        if (role == "user") turn.Extra = turn.Extra.With(message.Extra);
    }

    /// <summary>A message's mark goes to its last block that takes one: thinking and the service's own blocks go back as they came.</summary>
    private void Mark(List<TurnBlock> blocks, RawJson mark)
    {
        var last = blocks.FindLastIndex(block => block.Part.Type.Value is not ("reasoning" or "opaque"));
        if (last < 0) _plan.Warnings.Add("messages.cache_control", "left out: the message has no block that takes a mark");
        else if (blocks[last].CacheControl.IsEmpty) blocks[last] = blocks[last] with { CacheControl = mark };
    }

    /// <summary>The service does not go on with thinking: a conversation that ends in it is refused (seen 2025-12 to 2026-08).</summary>
    private void DropLastThoughts()
    {
        if (_turns is not [.., { Role: "assistant" } last]) return;
        var kept = last.Blocks.FindLastIndex(block => !IsThought(block.Part)) + 1;
        if (kept == last.Blocks.Count) return;
        _plan.Warnings.Add("messages", "thinking at the end of the conversation was left out: the service does not go on with it");
        last.Blocks.RemoveRange(kept, last.Blocks.Count - kept);
        if (last.Count == 0) _turns.Remove(last);
    }

    private static bool IsThought(ContentPart part) =>
        part.Type == ContentPartType.Reasoning || (part.Type == ContentPartType.Opaque && MessagesBlockReader.TypeOf(part.Raw.Utf8.Span) == "redacted_thinking");

    /// <summary>Whether a part can be sent at all. A text without words says nothing, and the service refuses it; another service's blocks are none of this one's.</summary>
    private bool IsTaken(ContentPart part, string role)
    {
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return !string.IsNullOrWhiteSpace(part.Text);
            case "reasoning":
                return role == "assistant" && (part.Format is null ? part.Extra.GetString("signature") is not null : part.Format == Quirks.BlockFormat && (part.Signature is not null || Quirks.UnsignedThinking));
            case "opaque":
                return part.Format == Quirks.BlockFormat && !part.Raw.IsEmpty;
            case "image_url" when role == "assistant":
                _plan.Warnings.Add("messages.images", "left out: the service does not take pictures in an answer");
                return false;
            case "input_audio":
                _plan.Warnings.Add("messages.content", "sound was left out: the service does not take it");
                return false;
            case "search_result" when part.SearchResult is { } found:
                return MessagesBlockWriter.Says(found, _plan.Warnings);
            default:
                return true;
        }
    }

    private Turn TurnOf(string role)
    {
        if (_turns.Count == 0 || _turns[^1].Role != role) _turns.Add(new(role));
        return _turns[^1];
    }

    /// <summary>Calls of the form before tools have no ids: the first one and the first result belong together, and so on.</summary>
    private static string LegacyId(string? name, int place) => $"{name}_{place}";
}

/// <summary>What one side says before the other speaks.</summary>
internal sealed class Turn(string role)
{
    public string Role { get; } = role;

    public List<TurnResult> Results { get; } = [];

    public List<TurnBlock> Blocks { get; } = [];

    public Extra Extra { get; set; }

    public int Count => Results.Count + Blocks.Count;

    /// <summary>The text, where the turn is nothing else.</summary>
    public string? OnlyText =>
        Results.Count == 0 && Blocks is [{ CacheControl.IsEmpty: true, Part: { Extra.IsEmpty: true, Type.Value: "text" or "refusal" } part }] ? part.Text : null;
}

/// <summary>A tool's result.</summary>
/// <param name="Message">The message that holds it.</param>
/// <param name="Id">The call that it answers.</param>
internal readonly record struct TurnResult(Message Message, string Id);

/// <summary>A part of a turn.</summary>
/// <param name="Part">The part.</param>
/// <param name="CacheControl">The mark that it carries.</param>
internal readonly record struct TurnBlock(ContentPart Part, RawJson CacheControl)
{
    /// <summary>The id of a call.</summary>
    public string? Id { get; init; }
}
