using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes one message in OpenAI's shape. Canonically also its ordered blocks, where that shape would lose something.</summary>
internal readonly ref struct ChatMessageWriter(Utf8JsonWriter json, OpenAIChat quirks, Warnings warnings, bool canonical)
{
    public void Write(Message message)
    {
        json.WriteStartObject();
        WriteMembers(message);
        json.WriteEndObject();
    }

    /// <summary>The members of a message in an object that is open; its extra members go before typed ones of the same name.</summary>
    public void WriteMembers(Message message)
    {
        var role = message.Role.Value;
        var extra = message.Extra;
        if (!extra.Holds("role"u8)) json.WriteString("role"u8, canonical ? role : quirks.Roles.GetValueOrDefault(role, role));
        if (!extra.Holds("content"u8)) WriteContent(message);
        if (message.Name is { } name && !extra.Holds("name"u8)) WriteName(role, name);
        if (message.ToolCallId is { } id && !extra.Holds("tool_call_id"u8)) json.WriteString("tool_call_id"u8, id);
        if (IsAnswer(message)) WriteAssistant(message);
        if (!message.CacheControl.IsEmpty && !extra.Holds("cache_control"u8)) ChatPartWriter.WriteCacheControl(json, message.CacheControl, quirks, warnings);
        extra.WriteMembers(json);
    }

    /// <summary>Whether the model speaks: also where a vendor has a word of its own for that.</summary>
    private static bool IsAnswer(Message message) => message.Role.Value is not ("user" or "system" or "developer" or "tool" or "function");

    private void WriteName(string role, string name)
    {
        if (!canonical && !quirks.NamedRoles.IsEmpty && !quirks.NamedRoles.Contains(role))
            warnings.Add("messages.name", $"left out of {role} messages: the service does not take it there");
        else json.WriteString("name"u8, name);
    }

    private void WriteContent(Message message)
    {
        if (IsAnswer(message) ? IsAnswerOfParts(message) : message.ContentIsList || !IsPlainText(message)) WriteParts(message);
        else if (message.Content is { } text) json.WriteString("content"u8, text);
        else if (canonical || string.IsNullOrEmpty(message.Refusal)) json.WriteNull("content"u8);
    }

    private static bool IsPlainText(Message message) =>
        message.Blocks.Count == 0
        || (message.Blocks.Count == 1 && message.Blocks[0] is { } only && only.Type == ContentPartType.Text && only.CacheControl.IsEmpty && only.Extra.IsEmpty);

    /// <summary>Whether an answer's content is a list: it came so, or it holds what text alone cannot carry.</summary>
    private static bool IsAnswerOfParts(Message message)
    {
        for (var i = 0; i < message.Blocks.Count; i++)
            if (IsContent(message.Blocks[i]) && (message.ContentIsList || message.Blocks[i] is not { Type.Value: "text", CacheControl.IsEmpty: true, Extra.IsEmpty: true })) return true;
        return false;
    }

    /// <summary>Whether a block stands in an answer's content: reasoning, refusals, calls and opaque data have members of their own.</summary>
    private static bool IsContent(ContentPart block) =>
        block.ToolCall is null && block.Type != ContentPartType.Reasoning && block.Type != ContentPartType.Refusal && block.Type != ContentPartType.Opaque;

    private void WriteParts(Message message)
    {
        json.WriteStartArray("content"u8);
        foreach (var part in message.Blocks)
            if (IsContent(part)) ChatPartWriter.Write(json, part, quirks, warnings);
        json.WriteEndArray();
    }

    private void WriteAssistant(Message message)
    {
        var extra = message.Extra;
        if (message.Refusal is { Length: > 0 } refusal && !extra.Holds("refusal"u8)) json.WriteString("refusal"u8, refusal);
        WriteReasoning(message);
        WriteCalls(message);
        if (message.Audio is { } audio && !extra.Holds("audio"u8)) WriteAudioOutput(audio);
        if (!canonical) return;
        if (message.Annotations.Count > 0 && !extra.Holds("annotations"u8)) WriteAnnotations(message.Annotations);
        if (NeedsBlocks(message.Blocks) && !extra.Holds("blocks"u8)) BlockJson.Write(json, message.Blocks);
    }

    private void WriteReasoning(Message message)
    {
        if (!canonical && quirks.ReasoningDetails is { } field && !message.Extra.TryGet(field, out _)) ReasoningDetailsJson.Write(json, field, message.Blocks);
        if (quirks.ReasoningEcho is { } echo && message.ReasoningContent is { Length: > 0 } reasoning && !message.Extra.TryGet(echo, out _)) json.WriteString(echo, reasoning);
    }

    private void WriteCalls(Message message)
    {
        var calls = message.ToolCalls;
        if (calls.Count == 0) return;
        List<ToolCall>? old = null;
        for (var i = 0; i < calls.Count; i++)
            if (calls[i].Type == ChatToolReader.Legacy) (old ??= []).Add(calls[i]);
        if (old is null)
        {
            if (!message.Extra.Holds("tool_calls"u8)) WriteToolCalls(calls);
            return;
        }
        // A call in the form before tools goes back in that form, which knows one call only.
        if (!message.Extra.Holds("function_call"u8)) WriteFunction("function_call"u8, old[^1].Function);
        if (calls.Count > old.Count && !message.Extra.Holds("tool_calls"u8)) WriteToolCalls([.. calls.Where(call => call.Type != ChatToolReader.Legacy)]);
    }

    private void WriteToolCalls(IReadOnlyList<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            if (!call.Extra.Holds("id"u8)) json.WriteString("id"u8, call.Id);
            if (!call.Extra.Holds("type"u8)) json.WriteString("type"u8, call.Type);
            var isCustom = call.Type == "custom";
            if (!call.Extra.Holds(isCustom ? "custom"u8 : "function"u8))
            {
                if (isCustom) WriteCustom(call.Function);
                else WriteFunction("function"u8, call.Function);
            }
            call.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteFunction(ReadOnlySpan<byte> member, FunctionCall function)
    {
        json.WriteStartObject(member);
        if (!function.Extra.Holds("name"u8)) json.WriteString("name"u8, function.Name);
        // Several services parse an earlier call's arguments again, and fail on the empty text that some models write for a tool without any.
        if (!function.Extra.Holds("arguments"u8)) json.WriteString("arguments"u8, function.Arguments.Length == 0 && !canonical ? "{}" : function.Arguments);
        function.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteCustom(FunctionCall function)
    {
        json.WriteStartObject("custom"u8);
        if (!function.Extra.Holds("name"u8)) json.WriteString("name"u8, function.Name);
        if (!function.Extra.Holds("input"u8)) json.WriteString("input"u8, function.Arguments);
        function.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteAudioOutput(AudioOutput audio)
    {
        // A later turn names the sound by its id; its bytes are sent only canonically.
        if (!canonical && audio.Id is null) return;
        json.WriteStartObject("audio"u8);
        if (audio.Id is { } id) json.WriteString("id"u8, id);
        if (canonical)
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
    /// Whether OpenAI's shape would lose something: a signature, opaque data, or an order other than reasoning, text, refusal, calls. Texts of one kind that follow
    /// each other may be joined.
    /// </summary>
    private static bool NeedsBlocks(IReadOnlyList<ContentPart> blocks)
    {
        var highest = 0;
        foreach (var block in blocks)
        {
            if (block.Signature is not null || block.ToolCall?.Signature is not null || !block.Raw.IsEmpty) return true;
            var rank = Rank(block);
            if (rank < highest) return true;
            highest = rank;
        }
        return false;
    }

    private static int Rank(ContentPart block)
    {
        if (block.Type == ContentPartType.Reasoning) return block.Extra.IsEmpty ? 0 : -1;
        if (block.Type == ContentPartType.Refusal) return block.Extra.IsEmpty ? 2 : -1;
        if (block.ToolCall is not null) return 3;
        return IsContent(block) ? 1 : -1;
    }
}
