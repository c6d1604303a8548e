using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a response as it is at some time of its life.</summary>
internal static class SandboxResponseWriter
{
    /// <param name="json">Where to.</param>
    /// <param name="response">The response as it will be.</param>
    /// <param name="status">How far it is: until it is done it has made nothing yet.</param>
    public static void Write(Utf8JsonWriter json, SandboxResponse response, string status)
    {
        var request = response.Request;
        var done = status == response.Status;
        json.WriteStartObject();
        json.WriteString("id", response.Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", response.CreatedAt);
        json.WriteString("status", status);
        json.WriteBoolean("background", request.IsInBackground);
        if (status == "completed") json.WriteNumber("completed_at", response.CreatedAt);
        else json.WriteNull("completed_at");
        json.WriteNull("error");
        if (done && response.Cut is not null) Object(json, "incomplete_details", "reason", response.Cut);
        else json.WriteNull("incomplete_details");
        Echo(json, request, "instructions");
        Echo(json, request, "max_output_tokens");
        Echo(json, request, "max_tool_calls");
        json.WriteString("model", request.Model);
        json.WriteStartArray("output");
        if (done)
            foreach (var item in response.Items) item.Write(json, isWhole: true);
        json.WriteEndArray();
        Echo(json, request, "parallel_tool_calls", static json => json.WriteBooleanValue(true));
        Echo(json, request, "previous_response_id");
        Echo(json, request, "prompt_cache_key");
        Reasoning(json, request);
        Echo(json, request, "safety_identifier");
        json.WriteString("service_tier", done ? "default" : "auto");
        json.WriteBoolean("store", request.IsStored);
        Echo(json, request, "temperature", static json => json.WriteNumberValue(1));
        Text(json, request);
        Echo(json, request, "tool_choice", static json => json.WriteStringValue("auto"));
        Tools(json, request);
        Echo(json, request, "top_logprobs", static json => json.WriteNumberValue(0));
        Echo(json, request, "top_p", static json => json.WriteNumberValue(1));
        Echo(json, request, "truncation", static json => json.WriteStringValue("disabled"));
        // OpenAI sends null until it is done, which its own schema does not allow.
        if (done) Usage(json, request.Chat.PromptTokens, response.OutputTokens, response.ReasoningTokens);
        if (request["user"] is not null) Echo(json, request, "user");
        Echo(json, request, "metadata", static json => Empty(json));
        json.WriteEndObject();
    }

    public static void Usage(Utf8JsonWriter json, int input, int output, int reasoning)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", input);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteNumber("cache_write_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", output);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", input + output);
        json.WriteEndObject();
    }

    /// <summary>What the request said, or what goes without saying.</summary>
    private static void Echo(Utf8JsonWriter json, SandboxResponseRequest request, string name, Action<Utf8JsonWriter>? usual = null)
    {
        json.WritePropertyName(name);
        if (request[name] is { } value) value.WriteTo(json);
        else if (usual is not null) usual(json);
        else json.WriteNullValue();
    }

    private static void Reasoning(Utf8JsonWriter json, SandboxResponseRequest request)
    {
        json.WriteStartObject("reasoning");
        json.WriteString("effort", request.Chat.Effort ?? request["reasoning"]?.Text("effort"));
        json.WriteString("summary", request["reasoning"]?.Text("summary"));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, SandboxResponseRequest request)
    {
        json.WriteStartObject("text");
        if (request["text"]?.Get("format") is { } format)
        {
            json.WritePropertyName("format");
            format.WriteTo(json);
        }
        else Object(json, "format", "type", "text");
        json.WriteString("verbosity", request["text"]?.Text("verbosity") ?? "medium");
        json.WriteEndObject();
    }

    private static void Tools(Utf8JsonWriter json, SandboxResponseRequest request)
    {
        json.WriteStartArray("tools");
        foreach (var tool in request["tools"].Items())
        {
            json.WriteStartObject();
            foreach (var member in tool.EnumerateObject())
                if (member.Value.ValueKind != JsonValueKind.Null) member.WriteTo(json);
            if (tool.Text("type") == "function")
            {
                // What OpenAI takes as said.
                if (tool.Get("strict") is null) json.WriteBoolean("strict", true);
                if (tool.Get("parameters") is null) json.WriteNull("parameters");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Object(Utf8JsonWriter json, string name, string member, string value)
    {
        json.WriteStartObject(name);
        json.WriteString(member, value);
        json.WriteEndObject();
    }

    private static void Empty(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }
}
