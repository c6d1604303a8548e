using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes the content blocks of a turn.</summary>
internal readonly struct MessagesBlockWriter(Utf8JsonWriter json, MessagesPlan plan)
{
    /// <summary>Members that the service itself puts on a call and takes back.</summary>
    private static readonly string[] _ofCalls = ["caller", "toolset_name"];

    public static void WriteText(Utf8JsonWriter json, string text, RawJson cacheControl, Extra extra)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        WriteCacheControl(json, cacheControl, extra);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Writes one block.</summary>
    /// <param name="block">What it is.</param>
    /// <param name="role">Whose turn it is in.</param>
    /// <param name="isTrimmed">Whether white space at a text's end is left out.</param>
    public void Write(TurnBlock block, string role, bool isTrimmed)
    {
        var part = block.Part;
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                WriteText(json, isTrimmed ? part.Text!.TrimEnd() : part.Text!, block.CacheControl, role == "assistant" ? Kept(part.Extra, "citations") : part.Extra);
                break;
            case "reasoning":
                WriteThinking(part);
                break;
            case "opaque":
                part.Raw.WriteTo(json);
                break;
            case "tool_call":
                WriteCall(part.ToolCall!, block);
                break;
            case "image_url" when part.ImageUrl is { } image:
                new MessagesMediaWriter(json, plan).WriteImage(image, block.CacheControl, part.Extra);
                break;
            case "file" when part.File is { } file:
                new MessagesMediaWriter(json, plan).WriteFile(file, block.CacheControl, part.Extra);
                break;
            case "search_result" when part.SearchResult is { } found:
                WriteSearchResult(found, block);
                break;
            default:
                WriteAsItIs(block);
                break;
        }
    }

    /// <summary>Writes a tool's result; that it is an error is <see cref="Message.IsError"/>.</summary>
    public void WriteResult(TurnResult result)
    {
        var message = result.Message;
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, result.Id);
        if (!message.Extra.Holds("content"u8)) WriteResultContent(message);
        if (message.IsError is { } isError) json.WriteBoolean("is_error"u8, isError);
        WriteCacheControl(json, message.CacheControl, message.Extra);
        message.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private void WriteResultContent(Message message)
    {
        var taken = 0;
        var isPlain = true;
        foreach (var part in message.Blocks)
        {
            if (!IsOfResult(part)) continue;
            taken++;
            isPlain &= part.Type == ContentPartType.Text && part.CacheControl.IsEmpty && part.Extra.IsEmpty;
        }
        if (taken == 0) return;
        if (taken == 1 && isPlain)
        {
            json.WriteString("content"u8, message.Content);
            return;
        }
        json.WriteStartArray("content"u8);
        foreach (var part in message.Blocks)
            if (IsOfResult(part)) Write(new(part, part.CacheControl), "user", isTrimmed: false);
        json.WriteEndArray();
    }

    private bool IsOfResult(ContentPart part)
    {
        if (part.Type == ContentPartType.Text) return !string.IsNullOrWhiteSpace(part.Text);
        if (part.SearchResult is { } found) return Says(found, plan.Warnings);
        if (part.Type == ContentPartType.InputAudio) plan.Warnings.Add("messages.content", "sound was left out: the service does not take it");
        return part.Type.Value is not ("input_audio" or "reasoning" or "tool_call" or "refusal") && (part.Raw.IsEmpty || part.Format == plan.Quirks.BlockFormat);
    }

    /// <summary>Whether a search result has any words: the service refuses one without.</summary>
    public static bool Says(SearchResult result, Warnings warnings)
    {
        if (result.Extra.Holds("content"u8) || result.Content.Any(static text => !string.IsNullOrWhiteSpace(text))) return true;
        warnings.Add("messages.content", "a search result without words was left out: the service refuses it");
        return false;
    }

    private void WriteThinking(ContentPart part)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "thinking"u8);
        json.WriteString("thinking"u8, part.Text ?? "");
        if ((part.Signature ?? part.Extra.GetString("signature")) is { } signature) json.WriteString("signature"u8, signature);
        part.Extra.WriteMembers(json, except: "signature"u8);
        json.WriteEndObject();
    }

    private void WriteCall(ToolCall call, TurnBlock block)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, block.Id);
        json.WriteString("name"u8, call.Function.Name);
        WriteInput(call);
        WriteCacheControl(json, block.CacheControl, default);
        Kept(call.Extra, _ofCalls).WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>A call's arguments, which must be an object here: models do write other things, which go as text within one.</summary>
    private void WriteInput(ToolCall call)
    {
        var arguments = call.Function.Arguments;
        if (string.IsNullOrWhiteSpace(arguments))
        {
            json.WriteStartObject("input"u8);
            json.WriteEndObject();
        }
        else if (RawJson.IsObject(arguments))
        {
            json.WritePropertyName("input"u8);
            json.WriteRawValue(arguments, skipInputValidation: true);
        }
        else
        {
            if (call.Type != "custom") plan.Warnings.Add("messages.tool_calls", "arguments that are no JSON object were sent as text within one: the service takes nothing else");
            json.WriteStartObject("input"u8);
            json.WriteString(call.Type == "custom" ? "input"u8 : "arguments"u8, arguments);
            json.WriteEndObject();
        }
    }

    /// <summary>A search result. The service wants a title, and nothing but texts with words in it.</summary>
    private void WriteSearchResult(SearchResult result, TurnBlock block)
    {
        var extra = result.Extra.With(block.Part.Extra);
        json.WriteStartObject();
        json.WriteString("type"u8, "search_result"u8);
        if (!extra.Holds("source"u8)) json.WriteString("source"u8, result.Source);
        if (!extra.Holds("title"u8)) json.WriteString("title"u8, string.IsNullOrEmpty(result.Title) ? result.Source : result.Title);
        if (!extra.Holds("content"u8))
        {
            json.WriteStartArray("content"u8);
            foreach (var text in result.Content)
                if (!string.IsNullOrWhiteSpace(text)) WriteText(json, text, default, default);
            json.WriteEndArray();
        }
        if (!extra.Holds("citations"u8))
        {
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, result.Cite);
            json.WriteEndObject();
        }
        WriteCacheControl(json, block.CacheControl, extra);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>A part of a type that only the service knows: a document in its own shape.</summary>
    private void WriteAsItIs(TurnBlock block)
    {
        var part = block.Part;
        json.WriteStartObject();
        if (!part.Extra.Holds("type"u8)) json.WriteString("type"u8, part.Type.Value);
        if (part.Text is { } text && !part.Extra.Holds("text"u8)) json.WriteString("text"u8, text);
        WriteCacheControl(json, block.CacheControl, part.Extra);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void WriteCacheControl(Utf8JsonWriter json, RawJson mark, Extra extra)
    {
        if (mark.IsEmpty || extra.Holds("cache_control"u8)) return;
        json.WritePropertyName("cache_control"u8);
        mark.WriteTo(json);
    }

    /// <summary>Of the unknown members those of these names: others may be another service's, and this one refuses what it does not know.</summary>
    private static Extra Kept(Extra extra, params ReadOnlySpan<string> names)
    {
        if (extra.IsEmpty) return extra;
        var kept = default(Extra);
        foreach (var name in names)
            if (extra.TryGet(name, out var value)) kept = kept.With(name, value);
        return kept;
    }
}
