using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a response repeats of its request: OpenAI's schema demands the tools, the choice among them and the sampling of every response.</summary>
internal static class ResponseEcho
{
    public static Extra Of(ResponseRequest request) => Extra.Trusted(JsonOut.ToUtf8(request, Write));

    private static void Write(Utf8JsonWriter json, ResponseRequest request)
    {
        json.WriteStartObject();
        json.WriteBoolean("parallel_tool_calls"u8, request.ParallelToolCalls ?? true);
        WriteNumber(json, "temperature"u8, request.Temperature);
        WriteNumber(json, "top_p"u8, request.TopP);
        WriteNumber(json, "max_output_tokens"u8, request.MaxOutputTokens);
        WriteNumber(json, "max_tool_calls"u8, request.MaxToolCalls);
        if (request.TopLogprobs is { } alternatives) json.WriteNumber("top_logprobs"u8, alternatives);
        json.WriteBoolean("store"u8, request.Store ?? true);
        json.WriteString("truncation"u8, request.Truncation ?? "disabled");
        json.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools ?? []) WriteTool(json, tool);
        json.WriteEndArray();
        WriteChoice(json, request.ToolChoice ?? ToolChoice.Auto);
        WriteText(json, request.Text);
        WriteReasoning(json, request.Reasoning);
        WriteString(json, "user"u8, request.User);
        WriteString(json, "safety_identifier"u8, request.SafetyIdentifier);
        WriteString(json, "prompt_cache_key"u8, request.PromptCacheKey);
        WriteString(json, "prompt_cache_retention"u8, request.PromptCacheRetention);
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, ResponseTool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, tool.Type);
        WriteString(json, "name"u8, tool.Name);
        WriteString(json, "description"u8, tool.Description);
        if (tool.Type == "function" || !tool.Parameters.IsEmpty)
        {
            json.WritePropertyName("parameters"u8);
            tool.Parameters.WriteTo(json);
        }
        if (tool.Strict is { } strict) json.WriteBoolean("strict"u8, strict);
        else if (tool.Type == "function") json.WriteNull("strict"u8);
        if (!tool.Format.IsEmpty)
        {
            json.WritePropertyName("format"u8);
            tool.Format.WriteTo(json);
        }
        tool.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        if (!choice.Raw.IsEmpty)
        {
            json.WritePropertyName("tool_choice"u8);
            choice.Raw.WriteTo(json);
        }
        else if (choice.Name is { } name)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, choice.Mode);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }
        else json.WriteString("tool_choice"u8, choice.Mode);
    }

    private static void WriteText(Utf8JsonWriter json, ResponseText? text)
    {
        var format = text?.Format ?? ResponseFormat.Text;
        json.WriteStartObject("text"u8);
        json.WriteStartObject("format"u8);
        json.WriteString("type"u8, format.Type);
        WriteString(json, "name"u8, format.Name);
        WriteString(json, "description"u8, format.Description);
        if (!format.Schema.IsEmpty)
        {
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
        }
        if (format.Strict is { } strict) json.WriteBoolean("strict"u8, strict);
        format.Extra.WriteMembers(json);
        json.WriteEndObject();
        WriteString(json, "verbosity"u8, text?.Verbosity?.Value);
        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ResponseReasoning? reasoning)
    {
        json.WriteStartObject("reasoning"u8);
        if (reasoning?.Effort is { } effort) json.WriteString("effort"u8, effort.Value);
        else json.WriteNull("effort"u8);
        if (reasoning?.Summary is { } summary) json.WriteString("summary"u8, summary);
        else json.WriteNull("summary"u8);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteString(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
