using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes the content blocks of a turn: each is an object whose only member says what it is.</summary>
internal readonly struct ConverseBlockWriter(Utf8JsonWriter json, ConversePlan plan)
{
    private readonly ConverseMediaWriter _media = new(json, plan);

    /// <summary>Writes a point up to which the prompt is to be kept, if there is a mark: <c>{"type":"ephemeral","ttl":"1h"}</c>.</summary>
    public static void WriteCachePoint(Utf8JsonWriter json, RawJson mark, ConversePlan plan)
    {
        if (mark.IsEmpty || mark.ToElement() is not { ValueKind: JsonValueKind.Object } element) return;
        if (!plan.Quirks.CachePoints)
        {
            plan.Warnings.Add("cache_control", "left out: the model has no cache for prompts");
            return;
        }
        json.WriteStartObject();
        json.WriteStartObject("cachePoint"u8);
        json.WriteString("type"u8, "default"u8);
        if (element.TryGetProperty("ttl"u8, out var ttl) && ttl.ValueKind == JsonValueKind.String) json.WriteString("ttl"u8, ttl.GetString());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes one item of a turn.</summary>
    /// <param name="item">What it is.</param>
    /// <param name="isTrimmed">Whether blanks at a text's end are left out.</param>
    public void Write(ConverseItem item, bool isTrimmed)
    {
        if (item.Result is { } result) WriteResult(result, item.Id!);
        else if (item.Part.ToolCall is { } call) WriteCall(call, item.Id!);
        else WritePart(item.Part, isTrimmed);
        if (!item.IsThought) WriteCachePoint(json, item.Mark, plan);
        else if (!item.Mark.IsEmpty) plan.Warnings.Add("cache_control", "left out: no cache point is taken behind thinking");
    }

    private void WritePart(ContentPart part, bool isTrimmed)
    {
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                WriteText(isTrimmed ? part.Text!.TrimEnd() : part.Text!);
                break;
            case "reasoning":
                WriteReasoning(part);
                break;
            case "opaque":
                part.Raw.WriteTo(json);
                break;
            case "image_url" when part.ImageUrl is { } image:
                _media.WriteImage(image, part.Extra);
                break;
            case "file" when part.File is { } file:
                _media.WriteFile(file, part.Extra);
                break;
            case "input_audio" when part.InputAudio is { } sound:
                _media.WriteAudio(sound);
                break;
            case "video_url":
                _media.WriteVideo(part);
                break;
            default:
                WriteAsItIs(part);
                break;
        }
    }

    private void WriteText(string text)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private void WriteReasoning(ContentPart part)
    {
        json.WriteStartObject();
        json.WriteStartObject("reasoningContent"u8);
        json.WriteStartObject("reasoningText"u8);
        json.WriteString("text"u8, part.Text ?? "");
        json.WriteString("signature"u8, part.Signature);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A call; arguments that are no object, which models do write, go as text within one.</summary>
    private void WriteCall(ToolCall call, string id)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolUse"u8);
        json.WriteString("toolUseId"u8, id);
        json.WriteString("name"u8, call.Function.Name);
        json.WritePropertyName("input"u8);
        var arguments = call.Function.Arguments;
        if (Object(arguments) is { IsEmpty: false } input) input.WriteTo(json);
        else
        {
            json.WriteStartObject();
            if (!string.IsNullOrWhiteSpace(arguments)) json.WriteString(call.Type == "custom" ? "input"u8 : "arguments"u8, arguments);
            json.WriteEndObject();
            if (!string.IsNullOrWhiteSpace(arguments) && call.Type != "custom") plan.Warnings.Add("messages.tool_calls", "arguments that are no JSON object were sent as a text within one: the service takes nothing else");
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static RawJson Object(string text)
    {
        try
        {
            return text.AsSpan().TrimStart().StartsWith('{') ? RawJson.Parse(text) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private void WriteResult(Message message, string id)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolResult"u8);
        json.WriteString("toolUseId"u8, id);
        json.WriteStartArray("content"u8);
        foreach (var part in message.Blocks)
            if (IsOfResult(part)) WritePart(part, isTrimmed: false);
        json.WriteEndArray();
        if (message.IsError is { } isError)
        {
            if (plan.Quirks.ResultStatus) json.WriteString("status"u8, isError ? "error"u8 : "success"u8);
            else if (isError) plan.Warnings.Add("messages.is_error", "left out: the model is told of a tool's failure in its words alone");
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private bool IsOfResult(ContentPart part) => part.Type.Value switch
    {
        "text" => !string.IsNullOrWhiteSpace(part.Text),
        "opaque" => part.Format == plan.Quirks.BlockFormat && !part.Raw.IsEmpty,
        "reasoning" or "tool_call" or "refusal" => false,
        _ => true,
    };

    /// <summary>A part of a type that only the service knows: <c>{"type":"guardContent","guardContent":{...}}</c>.</summary>
    private void WriteAsItIs(ContentPart part)
    {
        json.WriteStartObject();
        part.Extra.WriteMembers(json, except: "type"u8);
        json.WriteEndObject();
    }
}
