using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply.</summary>
internal static class MessagesReplyReader
{
    /// <summary>A reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(AnthropicMessages quirks, HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(quirks, reply.Body.Span, context) is { } completion) return completion;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads a message; null when it is none.</summary>
    public static ChatCompletion? Read(AnthropicMessages quirks, ReadOnlySpan<byte> source, CallContext context)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, model = null, stop = null;
        List<ContentPart>? blocks = null;
        var isError = false;
        var usage = new MessagesUsage();
        ExtraReader extra = default, beside = default;
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) isError |= reader.ReadString(source) == "error";
            else if (reader.NextIsNull() || reader.Is("role"u8)) reader.SkipMember();
            else if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("content"u8)) blocks = ReadContent(quirks, ref reader, source);
            else if (reader.Is("stop_reason"u8)) stop = reader.ReadString(source);
            else if (reader.Is("stop_sequence"u8) || reader.Is("stop_details"u8)) beside.Take(ref reader, source);
            else if (reader.Is("usage"u8)) usage.Read(ref reader, source);
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        // A refusal may have nothing in the place of its content.
        if (isError || (blocks is null && stop is null)) return null;
        blocks ??= [];
        return new()
        {
            Id = id ?? "", Model = model ?? "", Created = context.Now.ToUnixTimeSeconds(), Usage = usage.ToUsage(), ServiceTier = usage.Tier(), Extra = extra.ToExtra(),
            Choices =
            [
                new()
                {
                    Message = new() { Role = Role.Assistant, Blocks = blocks, Annotations = Annotations(blocks) },
                    FinishReason = MessagesStop.Reason(quirks, stop, blocks.Exists(block => block.ToolCall is not null)), FinishReasonRaw = stop, Extra = beside.ToExtra(),
                },
            ],
        };
    }

    private static List<ContentPart> ReadContent(AnthropicMessages quirks, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var blocks = new List<ContentPart>();
        if (reader.NextIs(JsonTokenType.String))
        {
            // Seen of compatible services: text instead of blocks.
            blocks.Add(reader.ReadString(source)!);
            return blocks;
        }
        if (!reader.EnterArray()) return blocks;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) blocks.Add(MessagesBlockReader.Read(quirks, reader.RawSpan(source)));
            else reader.Skip();
        }
        return blocks;
    }

    private static IReadOnlyList<Annotation> Annotations(List<ContentPart> blocks)
    {
        List<Annotation>? annotations = null;
        var at = 0;
        foreach (var block in blocks)
        {
            if (block.Type != ContentPartType.Text) continue;
            if (!block.Extra.IsEmpty) MessagesCitations.AddTo(ref annotations, block, at);
            at += block.Text?.Length ?? 0;
        }
        return annotations ?? (IReadOnlyList<Annotation>)[];
    }
}
