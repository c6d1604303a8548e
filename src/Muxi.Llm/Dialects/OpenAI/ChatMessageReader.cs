using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads one message in OpenAI's shape, of a request or of a reply.</summary>
internal ref struct ChatMessageReader
{
    private readonly OpenAIChat? _quirks;
    private string? _role, _name, _toolCallId, _refusal, _reasoning, _reasoningContent;
    private List<ContentPart>? _content, _blocks, _images;
    private List<BlockDelta>? _details;
    private List<ToolCall>? _calls;
    private AudioOutput? _audio;
    private IReadOnlyList<Annotation>? _annotations;
    private RawJson _cacheControl;
    private bool _isList;
    private bool? _isError;
    private ExtraReader _extra;

    private ChatMessageReader(OpenAIChat? quirks) => _quirks = quirks;

    /// <summary>Reads the object that the reader stands on.</summary>
    /// <param name="reader">On the object's start.</param>
    /// <param name="source">What the reader reads.</param>
    /// <param name="quirks">The service's; null reads the canonical form.</param>
    public static Message Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, OpenAIChat? quirks) => Read(ref reader, source, quirks, out _);

    /// <summary>As the other, and tells whether the message says whose it is.</summary>
    public static Message Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, OpenAIChat? quirks, out bool hasRole)
    {
        var message = new ChatMessageReader(quirks);
        while (reader.NextMember())
            if (!message.ReadText(ref reader, source) && !message.ReadRest(ref reader, source)) message._extra.Take(ref reader, source);
        hasRole = !string.IsNullOrEmpty(message._role);
        return message.ToMessage();
    }

    private bool ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("role"u8)) _role = reader.ReadShared("assistant", source);
        else if (reader.Is("content"u8))
        {
            reader.Read();
            _content = null;
            _isList = ChatPartReader.ReadContent(ref reader, source, ref _content);
        }
        else if (reader.Is("refusal"u8)) _refusal = reader.ReadString(source);
        else if (reader.Is("reasoning_content"u8)) _reasoningContent = reader.ReadString(source);
        else if (reader.Is("reasoning"u8)) _reasoning = reader.ReadString(source);
        else if (reader.Is("name"u8)) _name = reader.ReadString(source);
        else if (reader.Is("tool_call_id"u8)) _toolCallId = reader.ReadString(source);
        else return false;
        return true;
    }

    private bool ReadRest(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("tool_calls"u8))
        {
            _calls?.RemoveAll(call => call.Type != ChatToolReader.Legacy);
            ChatToolReader.ReadCalls(ref reader, source, ref _calls);
        }
        else if (reader.Is("function_call"u8))
        {
            _calls?.RemoveAll(call => call.Type == ChatToolReader.Legacy);
            ChatToolReader.ReadFunctionCall(ref reader, source, ref _calls);
        }
        else if (reader.Is("audio"u8)) _audio = ChatPartReader.ReadAudioOutput(ref reader, source);
        else if (reader.Is("images"u8) && ImagesJson.Read(ref reader, source) is { } images) _images = images;
        else if (reader.Is("annotations"u8)) _annotations = AnnotationJson.Read(ref reader, source);
        else if (reader.Is("cache_control"u8)) _cacheControl = reader.ReadRaw(source);
        else if (_quirks is null && reader.Is("is_error"u8)) _isError = reader.ReadBool();
        else if (_quirks is null && reader.Is("blocks"u8)) _blocks = BlockJson.Read(ref reader, source);
        else if (_quirks?.ReasoningDetails is { } details && reader.Is(details)) _details = ReasoningDetailsJson.Read(ref reader, source, details);
        else return false;
        return true;
    }

    private readonly Message ToMessage()
    {
        var extra = _extra;
        return new()
        {
            Role = string.IsNullOrEmpty(_role) ? "assistant" : _role,
            Blocks = _blocks is null ? Ordered() : ImagesJson.Join(_blocks, _images),
            Name = _name, ToolCallId = _toolCallId, IsError = _isError, Audio = _audio, Annotations = _annotations ?? [],
            CacheControl = _cacheControl, Extra = extra.ToExtra(), ContentIsList = _isList,
        };
    }

    /// <summary>Reasoning, content, refusal, pictures, calls: the order in which OpenAI's shape is thought.</summary>
    private readonly IReadOnlyList<ContentPart> Ordered()
    {
        var reasoning = !string.IsNullOrEmpty(_reasoningContent) ? _reasoningContent : _reasoning;
        if (_details is null && string.IsNullOrEmpty(reasoning) && string.IsNullOrEmpty(_refusal) && _calls is null && _images is null)
            return _content is null ? [] : _content.Count == 1 ? [_content[0]] : _content;
        var blocks = new List<ContentPart>();
        // Details may be all encrypted, while what may be shown stands beside them.
        if (!string.IsNullOrEmpty(reasoning) && !BlockDelta.HoldReasoning(_details ?? [])) blocks.Add(ContentPart.FromReasoning(reasoning));
        if (_details is not null) blocks.AddRange(_details.Select(detail => detail.Piece));
        if (_content is not null) blocks.AddRange(_content);
        if (!string.IsNullOrEmpty(_refusal)) blocks.Add(ContentPart.FromRefusal(_refusal));
        if (_images is not null) blocks.AddRange(_images);
        if (_calls is not null) blocks.AddRange(_calls.Select(ContentPart.FromToolCall));
        return blocks;
    }
}
