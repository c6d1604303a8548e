using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads content blocks of a reply. What is no text, thinking or call of the caller's tools is kept as it came.</summary>
internal static class MessagesBlockReader
{
    /// <summary>Reads the block whose JSON this is.</summary>
    public static ContentPart Read(AnthropicMessages quirks, ReadOnlySpan<byte> block) => TypeOf(block) switch
    {
        "text" => ReadText(quirks, block),
        "thinking" => ReadThinking(quirks, block),
        "tool_use" => ReadCall(quirks, block),
        _ => ContentPart.FromOpaque(quirks.BlockFormat, RawJson.Trusted(block)),
    };

    /// <summary>What a block is.</summary>
    public static string TypeOf(ReadOnlySpan<byte> block)
    {
        var reader = new Utf8JsonReader(block);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) return reader.ReadString(block) ?? "";
            reader.SkipMember();
        }
        return "";
    }

    /// <summary>A text. With members of the service's own it is marked as one of this format, since other services refuse what they do not know.</summary>
    private static ContentPart ReadText(AnthropicMessages quirks, ReadOnlySpan<byte> block)
    {
        var reader = new Utf8JsonReader(block);
        reader.Read();
        string? text = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8) || SaysNothing(ref reader)) reader.SkipMember();
            else if (reader.Is("text"u8)) text = reader.ReadString(block);
            else extra.Take(ref reader, block);
        }
        var own = extra.ToExtra();
        return new() { Type = ContentPartType.Text, Text = text ?? "", Format = own.IsEmpty ? null : quirks.BlockFormat, Extra = own };
    }

    private static ContentPart ReadThinking(AnthropicMessages quirks, ReadOnlySpan<byte> block)
    {
        var reader = new Utf8JsonReader(block);
        reader.Read();
        string? thinking = null, signature = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8) || SaysNothing(ref reader)) reader.SkipMember();
            else if (reader.Is("thinking"u8)) thinking = reader.ReadString(block);
            else if (reader.Is("signature"u8)) signature = reader.ReadString(block);
            else extra.Take(ref reader, block);
        }
        return new() { Type = ContentPartType.Reasoning, Text = thinking ?? "", Signature = string.IsNullOrEmpty(signature) ? null : signature, Format = quirks.BlockFormat, Extra = extra.ToExtra() };
    }

    private static ContentPart ReadCall(AnthropicMessages quirks, ReadOnlySpan<byte> block)
    {
        var reader = new Utf8JsonReader(block);
        reader.Read();
        string id = "", name = "", input = "{}";
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8) || SaysNothing(ref reader)) reader.SkipMember();
            else if (reader.Is("id"u8)) id = reader.ReadString(block) ?? "";
            else if (reader.Is("name"u8)) name = reader.ReadString(block) ?? "";
            else if (reader.Is("input"u8)) input = reader.ReadString(block) is { Length: > 0 } some ? some : input;
            else extra.Take(ref reader, block);
        }
        if (name == quirks.AnswerTool) return ContentPart.FromText(input);
        var own = extra.ToExtra();
        return ContentPart.FromToolCall(new() { Id = id, Function = new(name, input), Extra = own }) with { Format = own.IsEmpty ? null : quirks.BlockFormat };
    }

    /// <summary>A null and an empty list (of citations) mean the same as nothing.</summary>
    private static bool SaysNothing(ref Utf8JsonReader reader)
    {
        if (reader.NextIsNull()) return true;
        var peek = reader;
        return peek.Read() && peek.TokenType == JsonTokenType.StartArray && peek.Read() && peek.TokenType == JsonTokenType.EndArray;
    }
}

/// <summary>Why the model stopped, in OpenAI's words.</summary>
internal static class MessagesStop
{
    /// <summary>The service's word for a turn that it broke off and goes on with when asked.</summary>
    public const string Paused = "pause_turn";

    /// <summary>The service's word for a turn that ends after the summary which stands for what was said before: the answer is asked for with it.</summary>
    private const string Compacted = "compaction";

    public static FinishReason? Reason(AnthropicMessages quirks, string? word, bool hasCalls)
    {
        if (word is null) return null;
        if (quirks.FinishReasons.TryGetValue(word, out var known)) return known;
        return word switch
        {
            "tool_use" or "end_turn" or "stop_sequence" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
            "max_tokens" or "model_context_window_exceeded" or Paused or Compacted => FinishReason.Length,
            "refusal" => FinishReason.ContentFilter,
            _ => word,
        };
    }
}
