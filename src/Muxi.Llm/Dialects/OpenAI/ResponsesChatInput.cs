using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>A conversation as the items that a response is made from, in order. An assistant's turn becomes the items that it was made of.</summary>
internal sealed class ResponsesChatInput(OpenAIResponsesChat quirks, ChatCompletionRequest request, Warnings warnings)
{
    private readonly List<ResponseItem> _items = [];
    private readonly ToolCallIds _ids = new(Allowed);
    private readonly HashSet<string> _customCalls = new(StringComparer.Ordinal);
    private int _legacyCalls, _legacyResults;

    public List<ResponseItem> ToItems()
    {
        foreach (var message in request.Messages) Add(message);
        return _items;
    }

    private void Add(Message message)
    {
        // A result's call says which tool it is of.
        if (message.Name is not null && message.Role.Value is not ("function" or "tool")) warnings.Add("messages.name", "left out: the service takes no names");
        switch (message.Role.Value)
        {
            case "system" or "developer" or "user":
                AddSaid(message);
                break;
            case "tool" or "function":
                AddResult(message);
                break;
            default:
                _items.AddRange(new ResponsesChatTurn(quirks, request.Store == true, warnings) { CallId = IdOf }.ToItems(message));
                break;
        }
    }

    private void AddSaid(Message message)
    {
        var parts = new ResponsesChatParts(quirks, warnings);
        _items.Add(new() { Type = ResponseItemType.Message, Role = message.Role, Content = parts.Content(message), Extra = message.Extra, IsPlain = true });
    }

    private void AddResult(Message message)
    {
        if (message.IsError == true) warnings.Add("messages.is_error", "left out: the service is told of a tool's failure only by the result's text");
        var id = _ids.OfResult(message.ToolCallId ?? (message.Role == Role.Function ? LegacyId(message.Name, _legacyResults++) : ""));
        _items.Add(new()
        {
            Type = _customCalls.Contains(id) ? ResponseItemType.CustomToolCallOutput : ResponseItemType.FunctionCallOutput,
            CallId = id, Output = new ResponsesChatParts(quirks, warnings).Content(message), Extra = message.Extra,
        });
    }

    /// <summary>The id under which a call is sent; its result finds it again.</summary>
    private string IdOf(ToolCall call)
    {
        var id = _ids.OfCall(call.Type == ChatToolReader.Legacy && call.Id.Length == 0 ? LegacyId(call.Function.Name, _legacyCalls++) : call.Id);
        if (call.Type == "custom") _customCalls.Add(id);
        return id;
    }

    /// <summary>Calls of the form before tools have no ids: the first one and the first result belong together, and so on.</summary>
    private static string LegacyId(string? name, int place) => $"{name}_{place}";

    /// <summary>The service takes 64 characters at most (<c>call_id</c> in OpenAI's OpenAPI document): of a longer id the beginning stays, and a hash of all of it.</summary>
    private static string Allowed(string id) => id.Length <= 64 ? id : $"{id[..39]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..24]}";
}

/// <summary>An assistant's turn as items. Those that came from the service go back as they came; another service's thinking and blocks are none of this one's.</summary>
internal sealed class ResponsesChatTurn(OpenAIResponsesChat quirks, bool isStored, Warnings warnings)
{
    private readonly List<ResponseItem> _items = [];
    private List<ContentPart>? _said;
    private bool _isNameless;

    /// <summary>Gives a call the id under which it is sent.</summary>
    public required Func<ToolCall, string> CallId { get; init; }

    public List<ResponseItem> ToItems(Message message)
    {
        foreach (var block in message.Blocks) Add(block);
        Close();
        if (_items.Count == 0 && message.Audio is { Transcript: { Length: > 0 } said }) _items.Add(ResponseItem.Assistant(said));
        // "Item 'rs_...' of type 'reasoning' was provided without its required following item" (its refusal, seen 2025 and 2026).
        while (_items is [.., { Type.Value: "reasoning" }])
        {
            warnings.Add("messages", "thinking that nothing follows was left out: the service does not take it alone");
            _items.RemoveAt(_items.Count - 1);
        }
        return _items;
    }

    private void Add(ContentPart block)
    {
        switch (block.Type.Value)
        {
            case "text" or "refusal":
                Say(block);
                break;
            case "reasoning":
                if (IsOurs(block)) Think(block);
                break;
            case "tool_call" when block.ToolCall is { } call:
                Put(Call(call, block));
                break;
            case "opaque":
                if (IsOurs(block)) Put(Named(ResponsesChatItems.Read(block.Raw)));
                break;
            case "image_url" when IsOurs(block) && block.ImageUrl is { } image:
                Put(ResponsesChatItems.Image(image, block.Extra));
                break;
            default:
                warnings.Add("messages.content", $"'{block.Type}' in an assistant's message was left out: the service takes only text there");
                break;
        }
    }

    private bool IsOurs(ContentPart block) => block.Format == quirks.BlockFormat;

    private void Put(ResponseItem item)
    {
        Close();
        _items.Add(item);
    }

    private void Think(ContentPart block)
    {
        // What is not sealed is looked up at the service; so are the items that belong to it, by their ids.
        _isNameless = block.Signature is null && !quirks.UnsealedReasoning && !isStored;
        if (!_isNameless) Put(ResponsesChatItems.Reasoning(block));
    }

    private ResponseItem Call(ToolCall call, ContentPart block)
    {
        var isCustom = call.Type == "custom";
        var arguments = call.Function.Arguments;
        return Named(ResponsesChatItems.With(IsOurs(block) ? block.Extra : default, new()
        {
            Type = isCustom ? ResponseItemType.CustomToolCall : ResponseItemType.FunctionCall, CallId = CallId(call), Name = call.Function.Name,
            Input = isCustom ? arguments : null, Arguments = isCustom ? null : arguments.Length == 0 ? "{}" : arguments,
        }));
    }

    private ResponseItem Named(ResponseItem item) => _isNameless ? item with { Id = null } : item;

    /// <summary>Parts of one message come one after the other and have its id.</summary>
    private void Say(ContentPart part)
    {
        var id = IdOf(part);
        if (id is null && string.IsNullOrEmpty(part.Text)) return;
        if (_said is not null && IdOf(_said[0]) != id) Close();
        (_said ??= []).Add(part);
    }

    private string? IdOf(ContentPart part) => IsOurs(part) && !_isNameless ? part.Extra.GetString("id") : null;

    private void Close()
    {
        if (_said is not { } parts) return;
        _said = null;
        if (IdOf(parts[0]) is not null) _items.Add(ResponsesChatItems.Message(parts));
        else _items.Add(ResponseItem.Assistant(string.Concat(parts.Select(static part => part.Text))) with { Phase = IsOurs(parts[0]) ? parts[0].Extra.GetString("phase") : null });
    }
}
