using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes completions and chunks in OpenAI's shape.</summary>
internal static class CompletionReplyWriter
{
    public static void Write(Utf8JsonWriter json, Completion reply)
    {
        json.WriteStartObject();
        WriteHead(json, reply.Id, reply.Created, reply.Model, reply.Choices);
        WriteTail(json, reply.Usage, reply.SystemFingerprint, reply.Extra);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, CompletionChunk chunk)
    {
        json.WriteStartObject();
        WriteHead(json, chunk.Id, chunk.Created, chunk.Model, chunk.Choices);
        WriteTail(json, chunk.Usage, chunk.SystemFingerprint, chunk.Extra);
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, string id, long created, string model, IReadOnlyList<CompletionChoice> choices)
    {
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "text_completion"u8);
        json.WriteNumber("created"u8, created);
        json.WriteString("model"u8, model);
        json.WriteStartArray("choices"u8);
        for (var i = 0; i < choices.Count; i++) Write(json, choices[i]);
        json.WriteEndArray();
    }

    private static void WriteTail(Utf8JsonWriter json, Usage? usage, string? fingerprint, Extra extra)
    {
        if (usage is not null) UsageJson.Write(json, "usage"u8, usage);
        if (fingerprint is not null) json.WriteString("system_fingerprint"u8, fingerprint);
        extra.WriteMembers(json);
    }

    private static void Write(Utf8JsonWriter json, CompletionChoice choice)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, choice.Text);
        json.WriteNumber("index"u8, choice.Index);
        if (choice.Logprobs is { } logprobs) Write(json, logprobs);
        else json.WriteNull("logprobs"u8);
        if (choice.FinishReason is { } reason) json.WriteString("finish_reason"u8, reason.Value);
        else json.WriteNull("finish_reason"u8);
        if (choice.FinishReasonRaw is { } raw) json.WriteString("finish_reason_raw"u8, raw);
        choice.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CompletionLogprobs logprobs)
    {
        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("tokens"u8);
        foreach (var token in logprobs.Tokens) json.WriteStringValue(token);
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs"u8);
        foreach (var value in logprobs.TokenLogprobs)
            if (value is { } known) json.WriteNumberValue(known);
            else json.WriteNullValue();
        json.WriteEndArray();
        json.WriteStartArray("top_logprobs"u8);
        foreach (var top in logprobs.TopLogprobs) Write(json, top);
        json.WriteEndArray();
        json.WriteStartArray("text_offset"u8);
        foreach (var offset in logprobs.TextOffset) json.WriteNumberValue(offset);
        json.WriteEndArray();
        logprobs.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, double>? top)
    {
        if (top is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        foreach (var (token, value) in top) json.WriteNumber(token, value);
        json.WriteEndObject();
    }
}
