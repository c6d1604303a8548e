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
        foreach (var tool in request.Tools ?? []) ResponseToolJson.Write(json, Whole(tool));
        json.WriteEndArray();
        ResponseToolJson.Write(json, request.ToolChoice ?? ToolChoice.Auto);
        ResponseToolJson.Write(json, (request.Text ?? new()) with { Format = request.Text?.Format ?? ResponseFormat.Text });
        WriteReasoning(json, request.Reasoning);
        WriteString(json, "user"u8, request.User);
        WriteString(json, "safety_identifier"u8, request.SafetyIdentifier);
        WriteString(json, "prompt_cache_key"u8, request.PromptCacheKey);
        WriteString(json, "prompt_cache_retention"u8, request.PromptCacheRetention);
        json.WriteEndObject();
    }

    /// <summary>A function's tool with what the schema demands of one.</summary>
    private static ResponseTool Whole(ResponseTool tool)
    {
        if (tool.Type != "function") return tool;
        if (tool.Parameters.IsEmpty && !tool.Extra.Holds("parameters"u8)) tool = tool with { Parameters = RawJson.Trusted("null"u8) };
        return tool.Strict is null && !tool.Extra.Holds("strict"u8) ? tool with { Extra = tool.Extra.With("strict", RawJson.Trusted("null"u8)) } : tool;
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
