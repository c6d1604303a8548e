using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes the parts of a turn.</summary>
internal readonly struct GeminiPartWriter(Utf8JsonWriter json, GeminiPlan plan)
{
    /// <summary>Writes one part.</summary>
    /// <param name="part">What it is.</param>
    /// <param name="isFirstCall">Whether it is the turn's first call, which must be signed.</param>
    /// <param name="isAnswer">Whether the model says it.</param>
    public void Write(ContentPart part, bool isFirstCall, bool isAnswer)
    {
        if (part.Type == ContentPartType.Opaque)
        {
            part.Raw.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        WriteData(part);
        if (SignatureOf(part, isFirstCall) is { } signature && !part.Extra.Holds("thoughtSignature"u8)) json.WriteString("thoughtSignature"u8, signature);
        // What another service put on its answers is none of this one's.
        if (part.Format == plan.Quirks.BlockFormat || (!isAnswer && part.Format is null)) part.Extra.Without("video_url").WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Writes a tool's result, which must be an object here.</summary>
    public void WriteResult(GeminiResult result)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionResponse"u8);
        var extra = result.Message.Extra;
        if (result.Id is { } id && !extra.Holds("id"u8)) json.WriteString("id"u8, id);
        if (!extra.Holds("name"u8)) json.WriteString("name"u8, result.Name);
        if (!extra.Holds("response"u8)) WriteResponse(result.Message);
        if (plan.Quirks.MediaInToolResults && !extra.Holds("parts"u8)) WriteMedia(result.Media);
        extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteMedia(IEnumerable<ContentPart> media)
    {
        var isOpen = false;
        foreach (var part in media)
        {
            if (!isOpen) json.WriteStartArray("parts"u8);
            isOpen = true;
            json.WriteStartObject();
            new GeminiMediaWriter(json, plan).Write(part);
            json.WriteEndObject();
        }
        if (isOpen) json.WriteEndArray();
    }

    private void WriteResponse(Message message)
    {
        var text = message.Content ?? message.Refusal ?? "";
        var isFailure = message.IsError == true;
        if (!isFailure && RawJson.IsObject(text))
        {
            json.WritePropertyName("response"u8);
            json.WriteRawValue(text, skipInputValidation: true);
            return;
        }
        json.WriteStartObject("response"u8);
        json.WriteString(isFailure ? "error"u8 : "result"u8, text);
        json.WriteEndObject();
    }

    private void WriteData(ContentPart part)
    {
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                if (!part.Extra.Holds("text"u8)) json.WriteString("text"u8, part.Text ?? "");
                break;
            case "reasoning":
                json.WriteString("text"u8, part.Text ?? "");
                json.WriteBoolean("thought"u8, true);
                break;
            case "tool_call":
                WriteCall(part.ToolCall!, isOwn: part.Format == plan.Quirks.BlockFormat);
                break;
            case "image_url" or "file" or "input_audio" or "video_url":
                new GeminiMediaWriter(json, plan).Write(part);
                break;
            default:
                // A part in the service's own words.
                if (part.Text is { } text && !part.Extra.Holds("text"u8)) json.WriteString("text"u8, text);
                break;
        }
    }

    private void WriteCall(ToolCall call, bool isOwn)
    {
        json.WriteStartObject("functionCall"u8);
        if (GeminiCalls.Sent(plan.Quirks, call.Id) is { } id) json.WriteString("id"u8, id);
        json.WriteString("name"u8, call.Function.Name);
        WriteArguments(call);
        if (isOwn) call.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>A call's arguments, which must be an object here: models do write other things, which go as text within one.</summary>
    private void WriteArguments(ToolCall call)
    {
        var arguments = call.Function.Arguments;
        if (RawJson.IsObject(arguments))
        {
            json.WritePropertyName("args"u8);
            json.WriteRawValue(arguments, skipInputValidation: true);
            return;
        }
        json.WriteStartObject("args"u8);
        if (!string.IsNullOrWhiteSpace(arguments))
        {
            if (call.Type != "custom") plan.Warnings.Add("messages.tool_calls", "arguments that are no JSON object were sent as text within one: the service takes nothing else");
            json.WriteString(call.Type == "custom" ? "input"u8 : "arguments"u8, arguments);
        }
        json.WriteEndObject();
    }

    private string? SignatureOf(ContentPart part, bool isFirstCall)
    {
        var isOwn = part.Format == plan.Quirks.BlockFormat;
        if (part.ToolCall is not { } call) return isOwn ? part.Signature : null;
        var signature = isOwn || part.Format is null ? call.Signature ?? Compatible(call) : null;
        return signature ?? (isFirstCall ? plan.Quirks.MissingSignature : null);
    }

    /// <summary>The signature as the vendor's service in OpenAI's format puts it on a call: <c>thought_signature</c> in an object of its name, within <c>extra_content</c>.</summary>
    private static string? Compatible(ToolCall call)
    {
        if (!call.Extra.TryGet("extra_content", out var content) || content.ToElement() is not { ValueKind: JsonValueKind.Object } element) return null;
        foreach (var vendor in element.EnumerateObject())
            if (vendor.Value.ValueKind == JsonValueKind.Object && vendor.Value.TryGetProperty("thought_signature"u8, out var signature) && signature.ValueKind == JsonValueKind.String) return signature.GetString();
        return null;
    }
}
