using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes replies and chunks in OpenAI's shape, with the documented extension members.</summary>
internal static class ChatReplyWriter
{
    private static readonly OpenAIChat _canonical = new() { CacheControl = true, ReasoningEcho = "reasoning_content" };

    public static void Write(Utf8JsonWriter json, ChatCompletion reply)
    {
        json.WriteStartObject();
        WriteHead(json, reply.Id, reply.Object, reply.Created, reply.Model);
        json.WriteStartArray("choices"u8);
        foreach (var choice in reply.Choices) Write(json, choice);
        json.WriteEndArray();
        if (reply.Usage is { } usage) UsageJson.Write(json, "usage"u8, usage);
        WriteTail(json, reply.ServiceTier, reply.SystemFingerprint, reply.Extra);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ChatCompletionChunk chunk)
    {
        json.WriteStartObject();
        WriteHead(json, chunk.Id, chunk.Object, chunk.Created, chunk.Model);
        json.WriteStartArray("choices"u8);
        for (var i = 0; i < chunk.Choices.Count; i++) Write(json, chunk.Choices[i]);
        json.WriteEndArray();
        if (chunk.Usage is { } usage) UsageJson.Write(json, "usage"u8, usage);
        WriteTail(json, chunk.ServiceTier, chunk.SystemFingerprint, chunk.Extra);
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, string id, string type, long created, string model)
    {
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, created);
        json.WriteString("model"u8, model);
    }

    private static void WriteTail(Utf8JsonWriter json, ServiceTier? tier, string? fingerprint, Extra extra)
    {
        if (tier is { } served) json.WriteString("service_tier"u8, served.Value);
        if (fingerprint is not null) json.WriteString("system_fingerprint"u8, fingerprint);
        extra.WriteMembers(json);
    }

    private static void Write(Utf8JsonWriter json, Choice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Index);
        json.WriteStartObject("message"u8);
        new ChatMessageWriter(json, _canonical, new Warnings(), MessageForm.Reply).WriteMembers(choice.Message);
        // Clients of OpenAI's shape expect the member to be there.
        if (string.IsNullOrEmpty(choice.Message.Refusal)) json.WriteNull("refusal"u8);
        json.WriteEndObject();
        WriteLogprobs(json, choice.Logprobs);
        WriteFinish(json, choice.FinishReason, choice.FinishReasonRaw);
        choice.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ChunkChoice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Index);
        Write(json, choice.Delta);
        WriteLogprobs(json, choice.Logprobs);
        WriteFinish(json, choice.FinishReason, choice.FinishReasonRaw);
        choice.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteLogprobs(Utf8JsonWriter json, Logprobs? logprobs)
    {
        if (logprobs is null) json.WriteNull("logprobs"u8);
        else LogprobsJson.Write(json, logprobs);
    }

    private static void WriteFinish(Utf8JsonWriter json, FinishReason? reason, string? raw)
    {
        if (reason is { } word) json.WriteString("finish_reason"u8, word.Value);
        else json.WriteNull("finish_reason"u8);
        if (raw is not null) json.WriteString("finish_reason_raw"u8, raw);
    }

    private static void Write(Utf8JsonWriter json, Delta delta)
    {
        json.WriteStartObject("delta"u8);
        if (delta.Role is { } role) json.WriteString("role"u8, role.Value);
        if (delta.Content is { } content) json.WriteString("content"u8, content);
        if (delta.ReasoningContent is { } reasoning) json.WriteString("reasoning_content"u8, reasoning);
        if (delta.Refusal is { } refusal) json.WriteString("refusal"u8, refusal);
        if (delta.ToolCalls.Count > 0) Write(json, delta.ToolCalls);
        if (delta.Audio is { } audio) Write(json, audio);
        if (delta.Annotations.Count > 0)
        {
            json.WriteStartArray("annotations"u8);
            foreach (var annotation in delta.Annotations) AnnotationJson.Write(json, annotation);
            json.WriteEndArray();
        }
        if (delta.Blocks.Count > 0) Write(json, delta.Blocks);
        delta.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Pictures, and pieces of blocks where there is more to say than a picture.</summary>
    private static void Write(Utf8JsonWriter json, IReadOnlyList<BlockDelta> pieces)
    {
        var (images, isMore) = (0, false);
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i].Piece;
            isMore |= piece is not { ImageUrl: not null, Signature: null, Format: null, Extra.IsEmpty: true };
            if (piece.ImageUrl is null) continue;
            if (images++ == 0) json.WriteStartArray("images"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "image_url"u8);
            ChatPartWriter.WriteMedia(json, piece);
            json.WriteEndObject();
        }
        if (images > 0) json.WriteEndArray();
        if (!isMore) return;
        json.WriteStartArray("blocks"u8);
        images = 0;
        for (var i = 0; i < pieces.Count; i++) BlockJson.Write(json, pieces[i].Piece, pieces[i].Index, pieces[i].Piece.ImageUrl is null ? null : images++);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ToolCallDelta> calls)
    {
        var isOpen = false;
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            if (call.Form == ChatToolReader.Legacy) continue;
            if (!isOpen) json.WriteStartArray("tool_calls"u8);
            isOpen = true;
            json.WriteStartObject();
            json.WriteNumber("index"u8, call.Index);
            if (call.Id is { } id) json.WriteString("id"u8, id);
            if (call.Type is { } type) json.WriteString("type"u8, type);
            if (call.Form == "custom") WriteFunction(json, "custom"u8, "input"u8, call);
            else WriteFunction(json, "function"u8, "arguments"u8, call);
            if (call.Signature is { } signature) json.WriteString("signature"u8, signature);
            call.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        if (isOpen) json.WriteEndArray();
        for (var i = 0; i < calls.Count; i++)
            if (calls[i].Form == ChatToolReader.Legacy) WriteFunction(json, "function_call"u8, "arguments"u8, calls[i]);
    }

    private static void WriteFunction(Utf8JsonWriter json, ReadOnlySpan<byte> member, ReadOnlySpan<byte> argumentsName, ToolCallDelta call)
    {
        if (call.Name is null && call.Arguments is null && call.FunctionExtra.IsEmpty) return;
        json.WriteStartObject(member);
        if (call.Name is { } name) json.WriteString("name"u8, name);
        // The first piece has arguments, if only empty ones: clients join them without looking.
        if ((call.Arguments ?? (call.Name is null ? null : "")) is { } arguments) json.WriteString(argumentsName, arguments);
        call.FunctionExtra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AudioOutput audio)
    {
        json.WriteStartObject("audio"u8);
        if (audio.Id is { } id) json.WriteString("id"u8, id);
        if (audio.Data is { } data) json.WriteString("data"u8, data);
        if (audio.Transcript is { } transcript) json.WriteString("transcript"u8, transcript);
        if (audio.ExpiresAt is { } expires) json.WriteNumber("expires_at"u8, expires);
        audio.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
