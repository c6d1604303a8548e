using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a reply whole, and what a whole reply and a stream have in common.</summary>
internal static class SandboxChatWriter
{
    private const long AudioLifetime = 3600;

    public static void Completion(Utf8JsonWriter json, SandboxChatReply reply)
    {
        json.WriteStartObject();
        Head(json, reply, "chat.completion");
        json.WriteStartArray("choices");
        foreach (var choice in reply.Choices)
        {
            json.WriteStartObject();
            json.WriteNumber("index", choice.Index);
            Message(json, reply, choice);
            SandboxLogprobs.Write(json, reply.Request, SpokenTokens(choice));
            json.WriteString("finish_reason", choice.Finish);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Usage(json, reply);
        json.WriteEndObject();
    }

    public static void Head(Utf8JsonWriter json, SandboxChatReply reply, string kind)
    {
        json.WriteString("id", reply.Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", reply.Created);
        json.WriteString("model", reply.Request.Model);
        json.WriteString("service_tier", "default");
        json.WriteString("system_fingerprint", "fp_sandbox");
    }

    public static void Usage(Utf8JsonWriter json, SandboxChatReply reply)
    {
        var prompt = reply.Request.PromptTokens;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", reply.CompletionTokens);
        json.WriteNumber("total_tokens", prompt + reply.CompletionTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteNumber("audio_tokens", reply.Request.PromptAudioTokens);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", reply.ReasoningTokens);
        json.WriteNumber("audio_tokens", reply.AudioTokens);
        json.WriteNumber("accepted_prediction_tokens", 0);
        json.WriteNumber("rejected_prediction_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The tokens that logprobs speak of: those of the content, not of calls or of sound.</summary>
    private static IEnumerable<string>? SpokenTokens(SandboxChoice choice) =>
        choice.Text is null || choice.AudioId is not null ? null : SandboxTokens.Split(choice.Text);

    private static void Message(Utf8JsonWriter json, SandboxChatReply reply, SandboxChoice choice)
    {
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        if (choice.Reasoning is not null)
            json.WriteString("reasoning_content", choice.Reasoning);
        json.WriteString("content", choice.AudioId is null ? choice.Text : null);
        json.WriteNull("refusal");
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        if (choice.AudioId is not null)
            Audio(json, choice, ExpiresAt(reply));
        if (reply.Request.Legacy && choice.Calls.Count > 0)
            Call(json, "function_call", "arguments", choice.Calls[0]);
        else if (choice.Calls.Count > 0)
            Calls(json, choice.Calls);
        json.WriteEndObject();
    }

    public static long ExpiresAt(SandboxChatReply reply) => reply.Created + AudioLifetime;

    private static void Audio(Utf8JsonWriter json, SandboxChoice choice, long expiresAt)
    {
        json.WriteStartObject("audio");
        json.WriteString("id", choice.AudioId);
        json.WriteBase64String("data", choice.Audio);
        json.WriteString("transcript", choice.Text);
        json.WriteNumber("expires_at", expiresAt);
        json.WriteEndObject();
    }

    private static void Calls(Utf8JsonWriter json, IReadOnlyList<SandboxToolCall> calls)
    {
        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("type", call.IsCustom ? "custom" : "function");
            Call(json, call.IsCustom ? "custom" : "function", call.IsCustom ? "input" : "arguments", call);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Call(Utf8JsonWriter json, string kind, string input, SandboxToolCall call)
    {
        json.WriteStartObject(kind);
        json.WriteString("name", call.Name);
        json.WriteString(input, call.Input);
        json.WriteEndObject();
    }
}
