using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A conversation as Cohere takes it. Instructions stand in front. Results hold text; what a tool shows besides follows in a person's message behind the results.
/// </summary>
internal sealed class CohereConversation
{
    private readonly CoherePlan _plan;
    private readonly List<CohereTurn> _turns = [];
    private readonly List<ContentPart> _shown = [];
    private readonly HashSet<string> _documents = new(StringComparer.Ordinal);
    private readonly ToolCallIds _ids = new(static id => id);
    private CohereTurn? _system;

    public CohereConversation(CoherePlan plan)
    {
        _plan = plan;
        foreach (var message in plan.Request.Messages) Add(message);
        ShowRest();
    }

    public IReadOnlyList<CohereTurn> Turns => _turns;

    private void Add(Message message)
    {
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) _plan.Warnings.Add("messages.name", "left out: the service takes no names");
        if (!message.CacheControl.IsEmpty) WarnOfMarks();
        switch (message.Role.Value)
        {
            case "assistant":
                ShowRest();
                AddAnswer(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            case "system" or "developer":
                ShowRest();
                AddSystem(message);
                break;
            default:
                AddPerson(message);
                break;
        }
    }

    private void AddSystem(Message message)
    {
        var isFirst = _turns.Count == 0;
        var isInFront = isFirst || (_turns.Count == 1 && _system is not null);
        if (!isFirst && !_plan.Quirks.SystemTurns && !isInFront) _plan.Warnings.Add("messages", "a system message within the conversation was moved in front of it: the service takes none there");
        var turn = isFirst || _plan.Quirks.SystemTurns || _system is null ? new CohereTurn("system") { Extra = message.Extra, IsList = message.ContentIsList } : _system;
        foreach (var part in message.Blocks)
        {
            if (!part.CacheControl.IsEmpty) WarnOfMarks();
            if (part.Type == ContentPartType.Text) AddText(turn, part.Text);
            else _plan.Warnings.Add("messages.content", $"'{part.Type}' in a system message was left out: the service takes only text there");
        }
        if (turn == _system || turn.Parts.Count == 0) return;
        if (isFirst || _plan.Quirks.SystemTurns) _turns.Add(turn);
        else _turns.Insert(0, turn);
        if (!_plan.Quirks.SystemTurns) _system = turn;
    }

    private void AddPerson(Message message)
    {
        var turn = new CohereTurn(message.Role.Value is { Length: > 0 } role ? role : "user") { Extra = message.Extra, IsList = message.ContentIsList };
        turn.Parts.AddRange(_shown);
        _shown.Clear();
        foreach (var part in message.Blocks)
        {
            if (Taken(part) is not { } taken) continue;
            if (taken.SearchResult is { } found) _plan.Documents.Add(found);
            else turn.Parts.Add(taken);
        }
        if (turn.Parts.Count > 0 || message.Blocks.Count == 0) _turns.Add(turn);
    }

    private void AddAnswer(Message message)
    {
        // What only this service has beside the content and the calls.
        var turn = new CohereTurn("assistant") { Extra = Own(message.Extra), IsList = message.ContentIsList };
        foreach (var part in message.Blocks)
        {
            if (part.ToolCall is { } call) turn.Calls.Add(call with { Id = _ids.OfCall(call.Id) });
            else if (part.Type == ContentPartType.Reasoning) AddThinking(turn, part);
            else if (part.Type == ContentPartType.Text || part.Type == ContentPartType.Refusal) AddText(turn, part.Text);
            else if (part.Type != ContentPartType.Opaque) _plan.Warnings.Add("messages.content", $"'{part.Type}' in an answer was left out: the service takes only text there");
        }
        if (turn.Parts.Count == 0 && message.Audio is { Transcript: { Length: > 0 } said }) AddText(turn, said);
        if (turn.Parts.Count > 0 || turn.Calls.Count > 0 || turn.Plan.Length > 0 || !turn.Extra.IsEmpty) _turns.Add(turn);
    }

    private static Extra Own(Extra extra)
    {
        var own = default(Extra);
        foreach (var name in (ReadOnlySpan<string>)["tool_plan", "citations"])
            if (extra.TryGet(name, out var value)) own = own.With(name, value);
        return own;
    }

    /// <summary>Thoughts that another service sealed or that belong to its format are none of this model's.</summary>
    private void AddThinking(CohereTurn turn, ContentPart part)
    {
        if (part.Format == CohereChat.PlanFormat) turn.Plan.Append(part.Text);
        else if (_plan.Quirks.ThinkingEcho && part is { Format: null, Signature: null, Text.Length: > 0 }) turn.Parts.Add(part);
    }

    private void AddResult(Message message)
    {
        var turn = new CohereTurn("tool") { CallId = _ids.OfResult(message.ToolCallId ?? ""), Extra = message.Extra, IsList = message.ContentIsList };
        var showsFrom = _shown.Count;
        foreach (var part in message.Blocks)
        {
            if (Taken(part) is not { } taken) continue;
            if (taken.ImageUrl is null) turn.Parts.Add(taken);
            else
            {
                if (_shown.Count == showsFrom) _shown.Add($"Shown by the tool call {turn.CallId}:");
                _shown.Add(taken);
            }
        }
        if (turn.Parts.Count == 0 && _shown.Count > showsFrom) turn.Parts.Add("(shown in a message that follows)");
        if (message.IsError == true) _plan.Warnings.Add("messages.is_error", "left out: the service is told of a tool's failure only by the result's text");
        _turns.Add(turn);
    }

    /// <summary>What tools have shown and no message of a person's follows to hold.</summary>
    private void ShowRest()
    {
        if (_shown.Count == 0) return;
        var turn = new CohereTurn("user");
        turn.Parts.AddRange(_shown);
        _shown.Clear();
        _turns.Add(turn);
    }

    private static void AddText(CohereTurn turn, string? text)
    {
        if (!string.IsNullOrEmpty(text)) turn.Parts.Add(text);
    }

    /// <summary>A part as it is sent; null for one that says nothing here.</summary>
    private ContentPart? Taken(ContentPart part)
    {
        if (!part.CacheControl.IsEmpty) WarnOfMarks();
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return string.IsNullOrEmpty(part.Text) ? null : ContentPart.FromText(part.Text);
            case "image_url" when part.ImageUrl is not null:
                return part;
            case "file" when part.File is { } file:
                return FileParts.TextOrPicture(file) ?? throw Refuse($"the file{FileParts.NameOf(file)} is not taken: the service takes text and pictures");
            case "search_result" when part.SearchResult is { } found:
                // By its source a citation tells which one it is of; two of one id cannot be.
                return part with { SearchResult = found with { Id = (found.Id ?? found.Source) is { Length: > 0 } id && _documents.Add(id) ? id : null } };
            case "document" when !part.Extra.IsEmpty:
                return part;
            case "reasoning" or "opaque":
                return null;
            case "tool_call":
                _plan.Warnings.Add("messages", "a call was left out: only an assistant's message holds calls");
                return null;
            case "input_audio":
                throw Refuse("sound is not taken: the service takes text and pictures");
            default:
                throw Refuse($"a part of type '{part.Type}' is not taken: the service takes text and pictures");
        }
    }

    private void WarnOfMarks() => _plan.Warnings.Add("cache_control", "left out: the service keeps what it has read by itself");

    private BadRequestException Refuse(string what) => _plan.Context.Refuse("messages.content", what);
}

/// <summary>One message as it is written.</summary>
internal sealed class CohereTurn(string role)
{
    public string Role { get; } = role;

    /// <summary>Texts, thoughts and pictures, in their order.</summary>
    public List<ContentPart> Parts { get; } = [];

    public List<ToolCall> Calls { get; } = [];

    /// <summary>What the model planned before its calls.</summary>
    public StringBuilder Plan { get; } = new();

    public string? CallId { get; init; }

    public Extra Extra { get; init; }

    /// <summary>Whether the content is a list even where text would do.</summary>
    public bool IsList { get; init; }
}
