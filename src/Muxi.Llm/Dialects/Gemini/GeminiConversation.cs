using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A conversation in Google's order: instructions apart, then turns of the user and the model. Messages of one role that follow each other are one turn; the results
/// of one turn's calls are a turn of their own right behind it, in the order of the calls.
/// </summary>
internal sealed class GeminiConversation
{
    private readonly GeminiPlan _plan;
    private readonly List<ContentPart> _system = [];
    private readonly List<GeminiTurn> _turns = [];
    private readonly List<ContentPart> _shown = [];
    private readonly GeminiCalls _calls;

    public GeminiConversation(GeminiPlan plan)
    {
        _plan = plan;
        _calls = new(plan);
        foreach (var message in plan.Request.Messages) Add(message);
        PlaceShown();
        if (_turns.Count == 0 && _system.Count > 0) SpeakAsUser();
        if (plan.Instruction is { } instruction) _system.Add(instruction);
    }

    private GeminiChat Quirks => _plan.Quirks;

    public void WriteSystem(Utf8JsonWriter json)
    {
        if (_system.Count == 0) return;
        json.WriteStartObject("systemInstruction"u8);
        json.WriteStartArray("parts"u8);
        foreach (var part in _system)
        {
            json.WriteStartObject();
            json.WriteString("text"u8, part.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WriteTurns(Utf8JsonWriter json)
    {
        json.WriteStartArray("contents"u8);
        var parts = new GeminiPartWriter(json, _plan);
        foreach (var turn in _turns)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, turn.Role);
            json.WriteStartArray("parts"u8);
            foreach (var result in turn.InOrder()) parts.WriteResult(result);
            var hasCall = false;
            foreach (var part in turn.Parts)
            {
                parts.Write(part, isFirstCall: !hasCall && part.ToolCall is not null, isAnswer: turn.Role == "model");
                hasCall |= part.ToolCall is not null;
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Add(Message message)
    {
        // A result's call says which tool it is of.
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) _plan.Warnings.Add("messages.name", "left out: the service takes no names");
        if (!message.CacheControl.IsEmpty || message.Blocks.Any(static block => !block.CacheControl.IsEmpty)) _plan.WarnOfMark();
        switch (message.Role.Value)
        {
            case "system" or "developer":
                AddInstructions(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            case "user":
                PlaceShown();
                AddParts("user", message);
                break;
            default:
                PlaceShown();
                AddParts("model", message);
                break;
        }
    }

    private void AddInstructions(Message message)
    {
        if (_turns.Count > 0) _plan.Warnings.Add("messages", "a system message within the conversation was moved in front of it: the service takes none there");
        foreach (var part in message.Blocks)
        {
            if (part.Type != ContentPartType.Text) _plan.Warnings.Add("messages.content", $"'{part.Type}' in a system message was left out: only text is sent there");
            else if (!string.IsNullOrEmpty(part.Text)) _system.Add(part);
        }
    }

    /// <summary>The service wants something said besides the instructions.</summary>
    private void SpeakAsUser()
    {
        _plan.Warnings.Add("messages", "the instructions were sent as the user's message: the service wants one");
        TurnOf("user").Parts.AddRange(_system);
        _system.Clear();
    }

    private void AddResult(Message message)
    {
        if (_turns is not [.., { IsResults: true }]) _turns.Add(new("user") { IsResults = true });
        var result = _calls.Answer(message);
        _turns[^1].Results.Add(result);
        if (Quirks.MediaInToolResults || !result.Media.Any()) return;
        _shown.Add($"Shown by the tool call {(message.ToolCallId is { Length: > 0 } id ? id : result.Name)}:");
        _shown.AddRange(result.Media);
    }

    /// <summary>What results show beside their words, for models that take only words in a result: the user's turn behind them.</summary>
    private void PlaceShown()
    {
        if (_shown.Count == 0) return;
        TurnOf("user").Parts.AddRange(_shown);
        _shown.Clear();
    }

    /// <summary>Adds what a message says; one that says nothing makes no turn.</summary>
    private void AddParts(string role, Message message)
    {
        var parts = message.Blocks.Where(part => IsTaken(part, role)).ToList();
        if (parts.Count == 0 && message.Audio is { Transcript: { Length: > 0 } said }) parts.Add(said);
        if (parts.Count == 0) return;
        var turn = TurnOf(role);
        turn.Parts.AddRange(parts);
        if (role == "model") _calls.Note(turn);
    }

    /// <summary>Whether a part can be sent at all: another service's blocks are none of this one's, and a text without anything says nothing unless it is signed.</summary>
    private bool IsTaken(ContentPart part, string role)
    {
        var isOwn = part.Format == Quirks.BlockFormat;
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return !string.IsNullOrEmpty(part.Text) || (isOwn && part.Signature is not null);
            case "reasoning":
                return role == "model" && isOwn;
            case "opaque":
                return isOwn && !part.Raw.IsEmpty;
            case "tool_call":
                return part.ToolCall is not null;
            case "image_url" or "file" or "input_audio" or "video_url":
                return part.ImageUrl is not null || part.InputAudio is not null || part.File is not null || !part.Extra.IsEmpty;
            default:
                if (part.Format is null or { Length: 0 } || isOwn) return true;
                _plan.Warnings.Add("messages.content", $"'{part.Type}' was left out: it is another service's");
                return false;
        }
    }

    private GeminiTurn TurnOf(string role)
    {
        if (_turns.Count == 0 || _turns[^1].Role != role || _turns[^1].IsResults) _turns.Add(new(role));
        return _turns[^1];
    }
}

/// <summary>What one side says before the other speaks.</summary>
internal sealed class GeminiTurn(string role)
{
    public string Role { get; } = role;

    /// <summary>Whether it is the results of calls.</summary>
    public bool IsResults { get; init; }

    public List<GeminiResult> Results { get; } = [];

    public List<ContentPart> Parts { get; } = [];

    /// <summary>The results as the calls stood.</summary>
    public IEnumerable<GeminiResult> InOrder() => Results.Count < 2 ? Results : Results.OrderBy(static result => result.Place);
}

/// <summary>A tool's result.</summary>
/// <param name="Message">The message that holds it.</param>
/// <param name="Name">The function that was called.</param>
/// <param name="Id">The id to send; null for none.</param>
/// <param name="Place">The call's place in its turn.</param>
internal readonly record struct GeminiResult(Message Message, string Name, string? Id, int Place)
{
    /// <summary>What it shows beside words.</summary>
    public IEnumerable<ContentPart> Media => Message.Blocks.Where(static part => part.Type.Value is "image_url" or "file" or "input_audio" or "video_url");
}

/// <summary>The calls of a conversation, so that results find theirs: by id, and where there is none, or none any longer, by their order.</summary>
internal sealed class GeminiCalls(GeminiPlan plan)
{
    /// <summary>What an id begins with that was made here, because the service gave the call none: it is not sent.</summary>
    public const string Made = "call_made_";

    private readonly List<(string Id, string Name, int Place)> _open = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The id of a call as it is sent; null for none.</summary>
    public static string? Sent(GeminiChat quirks, string? id) => string.IsNullOrEmpty(id) || !quirks.CallIds || id.StartsWith(Made, StringComparison.Ordinal) ? null : id;

    /// <summary>A turn of the model's has calls, and waits for their results.</summary>
    public void Note(GeminiTurn turn)
    {
        _open.Clear();
        foreach (var call in turn.Parts.Select(static part => part.ToolCall).OfType<ToolCall>())
        {
            _open.Add((call.Id, call.Function.Name, _open.Count));
            _names[call.Id] = call.Function.Name;
        }
    }

    /// <summary>The result that a message is: of the open call that it names, or else of the first one that fits.</summary>
    public GeminiResult Answer(Message message)
    {
        var id = message.ToolCallId ?? "";
        var at = _open.FindIndex(call => call.Id == id);
        if (at < 0 && message.Name is { } name) at = _open.FindIndex(call => call.Name == name);
        if (at < 0 && id.Length == 0 && _open.Count > 0) at = 0;
        if (at < 0) return Stray(message, id);
        var call = _open[at];
        _open.RemoveAt(at);
        return new(message, call.Name, Sent(plan.Quirks, call.Id), call.Place);
    }

    /// <summary>A result of a call that does not stand right before it: the service judges it.</summary>
    private GeminiResult Stray(Message message, string id)
    {
        var name = _names.GetValueOrDefault(id) ?? message.Name;
        if (name is null) plan.Warnings.Add("messages.tool_call_id", "a result was sent under its call's id as the function's name: no call of that id stands before it");
        return new(message, name ?? (id.Length > 0 ? id : "unknown"), Sent(plan.Quirks, id), int.MaxValue);
    }
}
