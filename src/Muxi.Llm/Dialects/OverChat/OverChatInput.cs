using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Items as messages. What the model said and did between two messages of others, its thinking, texts and calls, is one message whose blocks are in order; a sealed block
/// comes back as what it was.
/// </summary>
internal sealed class OverChatInput(CallContext context, Warnings warnings)
{
    private List<ContentPart>? _turn;
    private readonly Dictionary<string, string> _legacy = new(StringComparer.Ordinal);
    private bool _isPlain;

    public List<Message> Messages { get; } = [];

    public void Add(Message message)
    {
        _turn = null;
        Messages.Add(message);
    }

    /// <param name="item">The item.</param>
    /// <param name="place">Its place in the input, for errors.</param>
    /// <exception cref="BadRequestException">It cannot be what it says.</exception>
    public void Add(ResponseItem item, int place)
    {
        switch (item.Type.Value)
        {
            case "message":
                AddSaid(item, place);
                break;
            case "reasoning":
                AddThought(item, place);
                break;
            case "function_call":
                Spoken().Add(ContentPart.FromToolCall(new() { Id = CallId(item, place), Function = new(item.Name ?? "", item.Arguments ?? "") }));
                break;
            case "custom_tool_call":
                Spoken().Add(ContentPart.FromToolCall(new() { Id = CallId(item, place), Type = "custom", Function = new(item.Name ?? "", item.Input ?? "") }));
                break;
            case "function_call_output" or "custom_tool_call_output":
                Add(Result(item, place));
                break;
            case "item_reference":
                throw context.Refuse($"input[{place}].id", $"'{item.Id}' is an item that a service keeps, and this one keeps none: send the item itself, or go on by previous_response_id");
            default:
                warnings.Add($"input[{place}]", $"'{item.Type}' was left out: it is of another service's own");
                break;
        }
    }

    private string CallId(ResponseItem item, int place) => item.CallId ?? item.Id ?? throw context.Refuse($"input[{place}].call_id", "a call needs the id by which its result names it");

    private void AddSaid(ResponseItem item, int place)
    {
        var role = item.Role ?? Role.User;
        if (role != Role.Assistant)
        {
            Add(new Message { Role = role, Blocks = Parts(item.Content, $"input[{place}].content"), ContentIsList = item.Content?.IsList == true, CacheControl = item.Extra["cache_control"] });
            return;
        }
        // What was written by hand is a message for itself; what came from a service is a piece of a turn.
        if (_turn is not null && (item.IsPlain || _isPlain) && _turn.Exists(static block => block.Type == ContentPartType.Text)) _turn = null;
        var turn = Spoken();
        _isPlain = item.IsPlain;
        turn.AddRange(Parts(item.Content, $"input[{place}].content"));
    }

    /// <summary>Thinking goes back as it came; what another service has sealed stays away, with what that service tells of it.</summary>
    private void AddThought(ResponseItem item, int place)
    {
        if (!SealedBlock.IsOurs(item.EncryptedContent))
        {
            if (!string.IsNullOrEmpty(item.EncryptedContent)) return;
            var shown = item.Content is { Text.Length: > 0 } content ? content.Text : string.Join("\n\n", item.Summary?.Select(static part => part.Text) ?? []);
            if (shown.Length > 0) Spoken().Add(ContentPart.FromReasoning(shown));
            return;
        }
        if (SealedBlock.Open(item.EncryptedContent!) is not { } block) throw context.Refuse($"input[{place}].encrypted_content", "it was changed or cut: send the item back as it came");
        if (block.ToolCall is not { } signed) Spoken().Add(block);
        else if (_turn?.FindIndex(part => part.ToolCall?.Id == signed.Id) is >= 0 and var at)
        {
            _turn[at] = ContentPart.FromToolCall(signed with { Function = signed.Function with { Arguments = _turn[at].ToolCall!.Function.Arguments } });
            if (signed.Type == ChatToolReader.Legacy) _legacy[signed.Id] = signed.Function.Name;
        }
    }

    private Message Result(ResponseItem item, int place)
    {
        if (item.CallId is not { } id) throw context.Refuse($"input[{place}].call_id", "a result needs the id of the call that it answers");
        var isLegacy = _legacy.TryGetValue(id, out var name);
        return new()
        {
            Role = isLegacy ? Role.Function : Role.Tool, Name = name, ToolCallId = isLegacy ? null : id, Blocks = Parts(item.Output, $"input[{place}].output"), ContentIsList = item.Output?.IsList == true,
            IsError = item.Status == "failed" || item.Extra["is_error"].ToString() == "true" ? true : null, CacheControl = item.Extra["cache_control"],
        };
    }

    private List<ContentPart> Spoken()
    {
        if (_turn is not null) return _turn;
        _turn = [];
        _isPlain = false;
        Messages.Add(new() { Role = Role.Assistant, Blocks = _turn });
        return _turn;
    }

    private IReadOnlyList<ContentPart> Parts(ResponseContent? content, string path)
    {
        if (content is null) return [];
        if (!content.IsList) return [ContentPart.FromText(content.Text)];
        var parts = new List<ContentPart>();
        for (var i = 0; i < content.Parts.Count; i++)
        {
            var part = content.Parts[i];
            if (Read(part) is not { } read) warnings.Add($"{path}[{i}]", $"'{part.Type}' was left out: a chat has no place for it");
            else parts.Add(part.Extra.IsEmpty ? read : read with { CacheControl = part.Extra["cache_control"], Extra = part.Extra.Without("cache_control") });
        }
        return parts;
    }

    private static ContentPart? Read(ResponsePart part) => part.Type.Value switch
    {
        "input_text" or "output_text" or "text" => ContentPart.FromText(part.Text ?? ""),
        "refusal" => ContentPart.FromRefusal(part.Refusal ?? part.Text ?? ""),
        "input_image" => new() { Type = ContentPartType.ImageUrl, ImageUrl = Image(part) },
        "input_file" => new() { Type = ContentPartType.File, File = new() { FileData = part.FileData ?? part.FileUrl, FileId = part.FileId, Filename = part.Filename } },
        "input_audio" => Audio(part.InputAudio) is { } audio ? new() { Type = ContentPartType.InputAudio, InputAudio = audio } : null,
        _ => null,
    };

    private static ImageUrl Image(ResponsePart part)
    {
        var image = new ImageUrl(part.ImageUrl ?? "", part.Detail);
        return part.FileId is { } id ? image with { Extra = new Extra().With("file_id", RawJson.Trusted(JsonOut.ToUtf8(id, static (json, id) => json.WriteStringValue(id)))) } : image;
    }

    private static InputAudio? Audio(RawJson raw)
    {
        if (raw.IsEmpty || raw.ToElement().ValueKind != JsonValueKind.Object) return null;
        var members = Extra.Trusted(raw.Utf8.ToArray());
        return members.GetString("data") is { } data ? new(data, members.GetString("format") ?? "") : null;
    }
}
