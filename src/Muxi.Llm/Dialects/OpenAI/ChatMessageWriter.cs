using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a message is written for.</summary>
internal enum MessageForm
{
    /// <summary>A service, with its quirks.</summary>
    Service,

    /// <summary>A request in our canonical form.</summary>
    Request,

    /// <summary>A reply in our canonical form.</summary>
    Reply,
}

/// <summary>Writes one message in OpenAI's shape. Canonically also its ordered blocks, where that shape would lose something.</summary>
internal readonly ref struct ChatMessageWriter(Utf8JsonWriter json, OpenAIChat quirks, Warnings warnings, MessageForm form)
{
    private bool IsCanonical => form != MessageForm.Service;

    public void Write(Message message, bool isLast = false)
    {
        json.WriteStartObject();
        WriteMembers(message);
        if (isLast && !IsCanonical && quirks.PrefillField is { } field && message.Role == Role.Assistant && !message.Extra.TryGet(field, out _)) json.WriteBoolean(field, true);
        json.WriteEndObject();
    }

    /// <summary>Writes a user message with what a run of tools' results shows, where the service takes only words in a result. It stands after the last of them, as nothing may stand between.</summary>
    public void WriteShown(IReadOnlyList<Message> messages, int from, int end)
    {
        var isOpen = false;
        for (; from < end; from++)
        {
            if (!IsShownLater(messages[from])) continue;
            if (!isOpen)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, "user"u8);
                json.WriteStartArray("content"u8);
                isOpen = true;
            }
            WritePart(ContentPart.FromText($"Shown by the tool call {messages[from].ToolCallId}:"));
            foreach (var part in messages[from].Blocks)
                if (IsContent(part) && !IsWords(part)) WritePart(part);
        }
        if (!isOpen) return;
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Whether a tool's result holds more than words, and the service takes only these there.</summary>
    private bool IsShownLater(Message message)
    {
        if (IsCanonical || quirks.MediaInToolResults || message.Role != Role.Tool) return false;
        foreach (var part in message.Blocks)
            if (IsContent(part) && !IsWords(part)) return true;
        return false;
    }

    private static bool IsWords(ContentPart part) => part.Type == ContentPartType.Text || part.Type == ContentPartType.Refusal;

    /// <summary>The members of a message in an object that is open; its extra members go before typed ones of the same name.</summary>
    public void WriteMembers(Message message)
    {
        var role = message.Role.Value;
        var extra = message.Extra;
        if (!extra.Holds("role"u8)) json.WriteString("role"u8, IsCanonical ? role : quirks.Roles.GetValueOrDefault(role, role));
        if (!extra.Holds("content"u8)) WriteContent(message);
        if (message.Name is { } name && !extra.Holds("name"u8)) WriteName(role, name);
        if (message.ToolCallId is { } id && !extra.Holds("tool_call_id"u8)) json.WriteString("tool_call_id"u8, id);
        if (message.IsError is { } isError) WriteIsError(isError);
        if (IsAnswer(message)) WriteAssistant(message, extra);
        if (!message.CacheControl.IsEmpty && !extra.Holds("cache_control"u8)) WriteCacheControl(message.CacheControl);
        extra.WriteMembers(json);
    }

    /// <summary>Whether the model speaks: also where a vendor has a word of its own for that.</summary>
    private static bool IsAnswer(Message message) => message.Role.Value is not ("user" or "system" or "developer" or "tool" or "function");

    private void WriteName(string role, string name)
    {
        if (!IsCanonical && !quirks.NamedRoles.IsEmpty && !quirks.NamedRoles.Contains(role))
            warnings.Add("messages.name", $"left out of {role} messages: the service does not take it there");
        else json.WriteString("name"u8, name);
    }

    private void WriteIsError(bool isError)
    {
        if (IsCanonical) json.WriteBoolean("is_error"u8, isError);
        else if (isError) warnings.Add("messages.is_error", "left out: the service is told of a tool's failure only by the result's text");
    }

    private void WriteContent(Message message)
    {
        if (IsShownLater(message)) json.WriteString("content"u8, message.Content ?? "(shown in a message that follows)");
        else if (!IsCanonical && quirks.ThinkingParts && message.ReasoningContent is { Length: > 0 } && IsAnswer(message)) WriteThought(message);
        else if (IsList(message)) WriteParts(message);
        else if (message.Content is { } text) json.WriteString("content"u8, text);
        else if (IsCanonical || quirks.NullContent) json.WriteNull("content"u8);
        else json.WriteString("content"u8, ""u8);
    }

    /// <summary>Whether the content is written as a list of parts. A reply's never is: clients of OpenAI's shape expect text there.</summary>
    private bool IsList(Message message)
    {
        if (form == MessageForm.Reply) return false;
        if (!IsAnswer(message)) return message.ContentIsList || !IsPlainText(message);
        var holdsAny = false;
        for (var i = 0; i < message.Blocks.Count; i++)
        {
            if (!IsContent(message.Blocks[i]) || IsPicture(message.Blocks[i])) continue;
            if (!IsPlain(message.Blocks[i])) return true;
            holdsAny = true;
        }
        return holdsAny && message.ContentIsList;
    }

    private bool IsPlainText(Message message) => message.Blocks.Count == 0 || (message.Blocks.Count == 1 && message.Blocks[0].Type == ContentPartType.Text && IsPlain(message.Blocks[0]));

    /// <summary>Whether a part says nothing but its text.</summary>
    private bool IsPlain(ContentPart part) =>
        (part.Type == ContentPartType.Text || part.Type == ContentPartType.Refusal) && part.CacheControl.IsEmpty && (part.Extra.IsEmpty || IsForeign(part));

    /// <summary>
    /// Whether a part is in another wire format's words: that format's members are left out here, and what is more than words is no part of this one's messages. Canonically
    /// the blocks have it all.
    /// </summary>
    private bool IsForeign(ContentPart part) => part.Format is { } format && (IsCanonical || format != quirks.OpaqueFormat);

    private bool IsContent(ContentPart part) =>
        part.ToolCall is null && part.Type != ContentPartType.Reasoning && part.Type != ContentPartType.Opaque && (IsWords(part) || !IsForeign(part));

    /// <summary>An answer's content with what was thought before it, as parts in their order.</summary>
    private void WriteThought(Message message)
    {
        json.WriteStartArray("content"u8);
        foreach (var part in message.Blocks)
            if (part.Type == ContentPartType.Reasoning && part.Text is { Length: > 0 } thought) ChatPartWriter.WriteThinking(json, thought);
            else if (IsWords(part)) WritePart(part);
        json.WriteEndArray();
    }

    private void WriteParts(Message message)
    {
        json.WriteStartArray("content"u8);
        var isAnswer = IsAnswer(message);
        foreach (var part in message.Blocks)
            if (!isAnswer || !IsPicture(part)) WritePart(part);
        json.WriteEndArray();
    }

    /// <summary>Whether a part is a picture, which in an answer stands beside the content.</summary>
    private static bool IsPicture(ContentPart part) => part.ImageUrl is not null;

    /// <summary>An answer's pictures, where the service takes them back.</summary>
    private void WriteImages(IReadOnlyList<ContentPart> blocks)
    {
        var isOpen = false;
        foreach (var block in blocks)
        {
            if (!IsPicture(block)) continue;
            if (!IsCanonical && (!quirks.AnswerImages || IsForeign(block)))
            {
                warnings.Add("messages.images", "left out: the service does not take pictures in an answer");
                continue;
            }
            if (!isOpen) json.WriteStartArray("images"u8);
            isOpen = true;
            WritePicture(block);
        }
        if (isOpen) json.WriteEndArray();
    }

    private void WritePicture(ContentPart picture)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        ChatPartWriter.WriteMedia(json, picture);
        if (!picture.CacheControl.IsEmpty) WriteCacheControl(picture.CacheControl);
        if (picture.Format is null) picture.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WritePart(ContentPart part)
    {
        if (!IsContent(part)) return;
        json.WriteStartObject();
        if (IsForeign(part)) part = part with { Extra = default };
        var service = IsCanonical ? null : quirks;
        if (!part.Extra.Holds("type"u8)) json.WriteString("type"u8, ChatPartWriter.TypeOf(part, service));
        var member = part.Type == ContentPartType.Refusal ? "refusal"u8 : "text"u8;
        if (part.Text is { } text && !part.Extra.Holds(member)) json.WriteString(member, text);
        ChatPartWriter.WriteMedia(json, part, service);
        if (!part.CacheControl.IsEmpty && !part.Extra.Holds("cache_control"u8)) WriteCacheControl(part.CacheControl);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteCacheControl(RawJson mark)
    {
        if (!quirks.CacheControl)
        {
            warnings.Add("cache_control", "left out: the service does not take it");
            return;
        }
        json.WritePropertyName("cache_control"u8);
        mark.WriteTo(json);
    }

    private void WriteAssistant(Message message, Extra extra)
    {
        if (message.Refusal is { Length: > 0 } refusal && !IsList(message) && !extra.Holds("refusal"u8)) json.WriteString("refusal"u8, refusal);
        WriteReasoning(message);
        if (!extra.Holds("images"u8)) WriteImages(message.Blocks);
        WriteCalls(message, extra);
        if (message.Audio is { } audio && !extra.Holds("audio"u8)) WriteAudioOutput(audio);
        if (!IsCanonical) return;
        if (message.Annotations.Count > 0 && !extra.Holds("annotations"u8)) WriteAnnotations(message.Annotations);
        if (NeedsBlocks(message.Blocks) && !extra.Holds("blocks"u8)) BlockJson.Write(json, message.Blocks);
    }

    private void WriteReasoning(Message message)
    {
        if (!IsCanonical && quirks.ReasoningDetails is { } field && !message.Extra.TryGet(field, out _)) ReasoningDetailsJson.Write(json, field, message.Blocks);
        if (quirks.ReasoningEcho is not { } echo || message.Extra.TryGet(echo, out _)) return;
        if (ReasoningOf(message) is { Length: > 0 } reasoning) json.WriteString(echo, reasoning);
        else if (quirks.ReasoningEchoRequired && message.ToolCalls.Count > 0) json.WriteString(echo, " "u8);
    }

    /// <summary>The reasoning as text. What another service has sealed is that one's alone, and no thought of this model's.</summary>
    private string? ReasoningOf(Message message)
    {
        if (IsCanonical) return message.ReasoningContent;
        string? own = null;
        var isSealed = false;
        for (var i = 0; i < message.Blocks.Count; i++)
        {
            if (message.Blocks[i].Type != ContentPartType.Reasoning) continue;
            if (IsForeign(message.Blocks[i])) isSealed = true;
            else own += message.Blocks[i].Text;
        }
        return isSealed ? own : message.ReasoningContent;
    }

    private void WriteCalls(Message message, Extra extra)
    {
        var isOpen = false;
        ToolCall? legacy = null;
        var isOverridden = extra.Holds("tool_calls"u8);
        for (var i = 0; i < message.Blocks.Count; i++)
        {
            var block = message.Blocks[i];
            if (block.ToolCall is not { } call) continue;
            if (call.Type == ChatToolReader.Legacy)
            {
                legacy = call;
                continue;
            }
            if (isOverridden) continue;
            if (!isOpen) json.WriteStartArray("tool_calls"u8);
            isOpen = true;
            // What another format tells of a call is nothing that this one's services know.
            WriteToolCall(IsForeign(block) && !IsCanonical ? call with { Extra = default } : call);
        }
        if (isOpen) json.WriteEndArray();
        if (legacy is not null && !extra.Holds("function_call"u8)) WriteFunction("function_call"u8, "arguments"u8, legacy.Function);
    }

    private void WriteToolCall(ToolCall call)
    {
        json.WriteStartObject();
        if (!call.Extra.Holds("id"u8)) json.WriteString("id"u8, call.Id);
        if (!call.Extra.Holds("type"u8)) json.WriteString("type"u8, call.Type);
        var isCustom = call.Type == "custom";
        var member = isCustom ? "custom"u8 : "function"u8;
        if (!call.Extra.Holds(member)) WriteFunction(member, isCustom ? "input"u8 : "arguments"u8, call.Function);
        call.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteFunction(ReadOnlySpan<byte> member, ReadOnlySpan<byte> arguments, FunctionCall call)
    {
        json.WriteStartObject(member);
        if (!call.Extra.Holds("name"u8)) json.WriteString("name"u8, call.Name);
        // Several services parse an earlier call's arguments again, and fail on the empty text that some models write for a tool without any.
        if (!call.Extra.Holds(arguments)) json.WriteString(arguments, call.Arguments.Length == 0 && !IsCanonical && !arguments.SequenceEqual("input"u8) ? "{}" : call.Arguments);
        call.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteAudioOutput(AudioOutput audio)
    {
        // A later turn names the sound by its id; its bytes are sent only canonically.
        if (!IsCanonical && audio.Id is null) return;
        json.WriteStartObject("audio"u8);
        if (audio.Id is { } id) json.WriteString("id"u8, id);
        if (IsCanonical)
        {
            if (audio.ExpiresAt is { } expires) json.WriteNumber("expires_at"u8, expires);
            if (audio.Data is { } data) json.WriteString("data"u8, data);
            if (audio.Transcript is { } transcript) json.WriteString("transcript"u8, transcript);
            audio.Extra.WriteMembers(json);
        }
        json.WriteEndObject();
    }

    private void WriteAnnotations(IReadOnlyList<Annotation> annotations)
    {
        json.WriteStartArray("annotations"u8);
        foreach (var annotation in annotations) AnnotationJson.Write(json, annotation);
        json.WriteEndArray();
    }

    /// <summary>
    /// Whether OpenAI's shape would lose something: a signature, opaque data, more than text in a reply's content, or an order other than reasoning, text,
    /// refusal, pictures, calls. Texts of one kind that follow each other may be joined.
    /// </summary>
    private bool NeedsBlocks(IReadOnlyList<ContentPart> blocks)
    {
        var highest = 0;
        foreach (var block in blocks)
        {
            if (block.Signature is not null || block.Format is not null || block.ToolCall?.Signature is not null || !block.Raw.IsEmpty) return true;
            if (form == MessageForm.Reply && IsContent(block) && !IsPicture(block) && !IsPlain(block)) return true;
            var rank = Rank(block);
            if (rank < highest) return true;
            highest = rank;
        }
        return false;
    }

    private static int Rank(ContentPart block)
    {
        if (block.Type == ContentPartType.Reasoning) return block.Extra.IsEmpty ? 0 : -1;
        if (block.Type == ContentPartType.Text) return 1;
        if (block.Type == ContentPartType.Refusal) return 2;
        if (IsPicture(block)) return 3;
        return block.ToolCall is not null ? 4 : -1;
    }
}
