using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A conversation as Ollama takes it: messages of text, pictures beside it. Which picture stands before which words cannot be said, so what a person says is cut into
/// messages in which one run of pictures stands beside one run of words.
/// </summary>
internal sealed class OllamaConversation
{
    private readonly OllamaPlan _plan;
    private readonly List<OllamaTurn> _turns = [];
    private readonly Dictionary<string, string> _functions = new(StringComparer.Ordinal);
    private readonly List<string> _waiting = [];

    public OllamaConversation(OllamaPlan plan)
    {
        _plan = plan;
        foreach (var message in plan.Request.Messages) Add(message);
    }

    public IReadOnlyList<OllamaTurn> Turns => _turns;

    private void Add(Message message)
    {
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) _plan.Warnings.Add("messages.name", "left out: the server takes no names");
        if (!message.CacheControl.IsEmpty) WarnOfMarks();
        switch (message.Role.Value)
        {
            case "assistant":
                AddAnswer(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            case "system" or "developer":
                AddParts("system", message);
                break;
            default:
                AddParts(message.Role.Value is { Length: > 0 } role ? role : "user", message);
                break;
        }
    }

    private void AddParts(string role, Message message)
    {
        var turn = new OllamaTurn(role);
        foreach (var part in message.Blocks)
        {
            if (Taken(part) is not { } taken) continue;
            if (turn.IsFull(taken.Picture is not null))
            {
                _turns.Add(turn);
                turn = new(role);
            }
            turn.Add(taken);
        }
        if (turn.IsEmpty) return;
        turn.Extra = message.Extra;
        _turns.Add(turn);
    }

    private void AddAnswer(Message message)
    {
        var turn = new OllamaTurn("assistant");
        _waiting.Clear();
        foreach (var part in message.Blocks)
        {
            if (part.ToolCall is { } call) AddCall(turn, call);
            else if (part.Type == ContentPartType.Reasoning) AddThinking(turn, part);
            else if (part.Type != ContentPartType.Opaque && Taken(part) is { } taken) turn.Add(taken);
        }
        if (turn.IsEmpty && message.Audio is { Transcript: { Length: > 0 } said }) turn.Text.Append(said);
        if (!turn.IsEmpty) _turns.Add(turn);
    }

    /// <summary>Thoughts that another service sealed or that belong to its format are none of this model's.</summary>
    private void AddThinking(OllamaTurn turn, ContentPart part)
    {
        if (_plan.Quirks.ThinkingEcho && part is { Format: null, Signature: null, Text: { } text }) turn.Thinking.Append(text);
    }

    private void AddCall(OllamaTurn turn, ToolCall call)
    {
        turn.Calls.Add(call);
        _functions[call.Id] = call.Function.Name;
        _waiting.Add(call.Id);
    }

    /// <summary>A tool's result. Servers that read no ids match results with calls by their order, so it stands in the order of the calls.</summary>
    private void AddResult(Message message)
    {
        var place = message.ToolCallId is { Length: > 0 } id ? _waiting.IndexOf(id) : _waiting.FindIndex(0, static waiting => waiting.Length > 0);
        if (place < 0) place = message.ToolCallId is { Length: > 0 } ? int.MaxValue : Math.Max(0, _turns.Count(static turn => turn.Place >= 0));
        var turn = new OllamaTurn("tool") { Place = place, CallId = message.ToolCallId, Function = message.Name };
        if (message.ToolCallId is { } called && _functions.TryGetValue(called, out var function)) turn.Function = function;
        foreach (var part in message.Blocks)
            if (Taken(part) is { } taken) turn.Add(taken);
        var at = _turns.Count;
        while (at > 0 && _turns[at - 1] is { Role: "tool" } before && before.Place > place) at--;
        _turns.Insert(at, turn);
    }

    /// <summary>A part's words or its picture; null for one that says nothing here.</summary>
    private TakenPart? Taken(ContentPart part)
    {
        if (!part.CacheControl.IsEmpty) WarnOfMarks();
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return string.IsNullOrEmpty(part.Text) ? null : new(part.Text, null);
            case "image_url" when part.ImageUrl is { } image:
                if (image.Detail is not (null or "auto")) _plan.Warnings.Add("image_url.detail", "left out: the model looks as closely as it can");
                return new(null, Picture(image));
            case "file" when part.File is { } file:
                return Document(file);
            case "reasoning" or "opaque":
                return null;
            case "input_audio":
                throw Refuse("sound is not taken: the server takes text and pictures");
            case "tool_call":
                _plan.Warnings.Add("messages", "a call was left out: only an assistant's message holds calls");
                return null;
            default:
                throw Refuse($"a part of type '{part.Type}' is not taken: the server takes text and pictures");
        }
    }

    private InlineBytes Picture(ImageUrl image)
    {
        if (image.Data is { } held) return new(held.Bytes, null);
        return DataUri.Read(image.Url) is { } data ? new(default, data.Base64().ToString()) : throw Refuse("a picture by its address is not taken: give its bytes, as by Image.FromFile");
    }

    /// <summary>A document: text is text, a picture is one; nothing else can be read.</summary>
    private TakenPart? Document(InputFile file)
    {
        if (FileParts.TextOrPicture(file) is not { } part) throw Refuse($"the file{FileParts.NameOf(file)} is not taken: the server takes text and pictures");
        return part.ImageUrl is { } image ? new(null, Picture(image)) : new(part.Text, null);
    }

    private void WarnOfMarks() => _plan.Warnings.Add("cache_control", "left out: the server keeps what it has read by itself");

    private BadRequestException Refuse(string what) => _plan.Context.Refuse("messages.content", what);
}

/// <summary>One message as it is written.</summary>
internal sealed class OllamaTurn(string role)
{
    private int _runs;
    private bool _endsInPicture;

    public string Role { get; } = role;

    public StringBuilder Text { get; } = new();

    public StringBuilder Thinking { get; } = new();

    public List<InlineBytes> Pictures { get; } = [];

    public List<ToolCall> Calls { get; } = [];

    /// <summary>Of a result: which of the calls it answers, counted from 0; -1 of others.</summary>
    public int Place { get; init; } = -1;

    public string? CallId { get; init; }

    public string? Function { get; set; }

    public Extra Extra { get; set; }

    public bool IsEmpty => Text.Length == 0 && Thinking.Length == 0 && Pictures.Count == 0 && Calls.Count == 0;

    /// <summary>Whether a part of this kind would begin a third run.</summary>
    public bool IsFull(bool isPicture) => _runs == 2 && isPicture != _endsInPicture;

    public void Add(TakenPart part)
    {
        var isPicture = part.Picture is not null;
        if (_runs == 0 || isPicture != _endsInPicture) (_runs, _endsInPicture) = (_runs + 1, isPicture);
        if (part.Picture is { } picture) Pictures.Add(picture);
        else
        {
            // Parts of a message are apart, as lines are; an answer's pieces are one text.
            if (Text.Length > 0 && Role is not "assistant") Text.Append('\n');
            Text.Append(part.Text);
        }
    }
}

/// <summary>What of a part is sent.</summary>
internal readonly record struct TakenPart(string? Text, InlineBytes? Picture);

/// <summary>Bytes as they are held: as they are, or in base64.</summary>
internal readonly record struct InlineBytes(ReadOnlyMemory<byte> Bytes, string? Base64);
