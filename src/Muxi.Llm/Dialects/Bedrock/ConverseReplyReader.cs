using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply.</summary>
internal static class ConverseReplyReader
{
    /// <summary>A reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(BedrockConverse quirks, HttpReply reply, CallContext context)
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

    /// <summary>Reads a reply; null when it is none.</summary>
    public static ChatCompletion? Read(BedrockConverse quirks, ReadOnlySpan<byte> source, CallContext context)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? stop = null;
        ServiceTier? tier = null;
        Usage? usage = null;
        List<ContentPart>? blocks = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("output"u8)) blocks = ReadOutput(quirks, ref reader, source);
            else if (reader.Is("stopReason"u8)) stop = reader.ReadString(source);
            else if (reader.Is("usage"u8)) usage = ConverseUsage.Read(ref reader, source);
            else if (reader.Is("serviceTier"u8)) tier = ConverseUsage.ReadTier(ref reader, source);
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (blocks is null && stop is null) return null;
        blocks ??= [];
        return new()
        {
            Id = context.MakeId("msg_", 0), Model = context.Model, Created = context.Now.ToUnixTimeSeconds(), Usage = usage, ServiceTier = tier, Extra = extra.ToExtra(),
            Noticed = ConverseStop.Notice(stop),
            Choices =
            [
                new()
                {
                    Message = new() { Role = Role.Assistant, Blocks = blocks, Annotations = ConverseCitations.Of(blocks) },
                    FinishReason = ConverseStop.Reason(quirks, stop, blocks.Exists(static block => block.ToolCall is not null)), FinishReasonRaw = stop,
                },
            ],
        };
    }

    private static List<ContentPart>? ReadOutput(BedrockConverse quirks, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        List<ContentPart>? blocks = null;
        if (!reader.EnterObject()) return null;
        while (reader.NextMember())
        {
            if (reader.Is("message"u8) && reader.NextIs(JsonTokenType.StartObject)) blocks = ReadMessage(quirks, ref reader, source);
            else reader.SkipMember();
        }
        return blocks;
    }

    private static List<ContentPart> ReadMessage(BedrockConverse quirks, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var blocks = new List<ContentPart>();
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (!reader.Is("content"u8)) reader.SkipMember();
            else if (reader.EnterArray())
                while (reader.NextItem())
                {
                    if (reader.TokenType == JsonTokenType.StartObject) blocks.Add(ConverseBlockReader.Read(quirks, reader.RawSpan(source)));
                    else reader.Skip();
                }
        }
        return blocks;
    }
}

/// <summary>Reads content blocks. What is no text, thinking or call of the caller's tools is kept as it came.</summary>
internal static class ConverseBlockReader
{
    /// <summary>Reads the block whose JSON this is.</summary>
    public static ContentPart Read(BedrockConverse quirks, ReadOnlySpan<byte> block)
    {
        var reader = new Utf8JsonReader(block);
        reader.Read();
        ContentPart? part = null;
        while (reader.NextMember() && part is null)
        {
            if (reader.Is("text"u8) && reader.NextIs(JsonTokenType.String)) part = ContentPart.FromText(reader.ReadString(block)!);
            else if (reader.Is("toolUse"u8) && reader.NextIs(JsonTokenType.StartObject)) part = ReadCall(quirks, ref reader, block);
            else if (reader.Is("reasoningContent"u8) && reader.NextIs(JsonTokenType.StartObject)) part = ReadReasoning(quirks, ref reader, block);
            else if (reader.Is("citationsContent"u8) && reader.NextIs(JsonTokenType.StartObject)) part = ReadCited(ref reader, block);
            else if (reader.Is("image"u8) && reader.NextIs(JsonTokenType.StartObject)) part = ReadPicture(reader.ReadRaw(block).ToElement());
            else reader.SkipMember();
        }
        return part ?? ContentPart.FromOpaque(quirks.BlockFormat, RawJson.Trusted(block));
    }

    /// <summary>A call; null for one of the service's own tools, which is none of the caller's.</summary>
    private static ContentPart? ReadCall(BedrockConverse quirks, ref Utf8JsonReader reader, ReadOnlySpan<byte> block)
    {
        string id = "", name = "", input = "{}";
        string? type = null;
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("toolUseId"u8)) id = reader.ReadString(block)!;
            else if (reader.Is("name"u8)) name = reader.ReadString(block)!;
            else if (reader.Is("input"u8)) input = reader.ReadString(block) is { Length: > 0 } some ? some : input;
            else if (reader.Is("type"u8)) type = reader.ReadString(block);
            else reader.SkipMember();
        }
        if (IsOfService(type)) return null;
        return name == quirks.AnswerTool ? ContentPart.FromText(input) : ContentPart.FromToolCall(new() { Id = id, Function = new(name, input) });
    }

    /// <summary>Whether a call of this type is run by the service itself.</summary>
    public static bool IsOfService(string? type) => type == "server_tool_use";

    /// <summary>Thinking; null for such as cannot be read.</summary>
    private static ContentPart? ReadReasoning(BedrockConverse quirks, ref Utf8JsonReader reader, ReadOnlySpan<byte> block)
    {
        string? text = null, signature = null;
        var isText = false;
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (!reader.Is("reasoningText"u8) || !reader.EnterObject())
            {
                if (reader.TokenType == JsonTokenType.PropertyName) reader.SkipMember();
                continue;
            }
            isText = true;
            while (reader.NextMember())
            {
                if (reader.Is("text"u8)) text = reader.ReadString(block);
                else if (reader.Is("signature"u8)) signature = reader.ReadString(block);
                else reader.SkipMember();
            }
        }
        return isText ? new() { Type = ContentPartType.Reasoning, Text = text ?? "", Signature = string.IsNullOrEmpty(signature) ? null : signature, Format = quirks.BlockFormat } : null;
    }

    /// <summary>A picture that the model made; null where its bytes did not come.</summary>
    private static ContentPart? ReadPicture(JsonElement image)
    {
        var format = image.TryGetProperty("format"u8, out var word) && word.ValueKind == JsonValueKind.String ? word.GetString() : "png";
        if (!image.TryGetProperty("source"u8, out var source) || source.ValueKind != JsonValueKind.Object || !source.TryGetProperty("bytes"u8, out var bytes) || bytes.ValueKind != JsonValueKind.String) return null;
        return Image.FromUrl($"data:image/{format};base64,{bytes.GetString()}");
    }

    /// <summary>A text with what it cites, which is kept beside it.</summary>
    private static ContentPart ReadCited(ref Utf8JsonReader reader, ReadOnlySpan<byte> block)
    {
        var text = "";
        var extra = new ExtraReader();
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (reader.Is("citations"u8) && !reader.NextIsNull()) extra.Take(ref reader, block);
            else if (reader.Is("content"u8) && reader.EnterArray()) text += ReadTexts(ref reader, block);
            else if (reader.TokenType == JsonTokenType.PropertyName) reader.SkipMember();
        }
        return new() { Type = ContentPartType.Text, Text = text, Extra = extra.ToExtra() };
    }

    private static string ReadTexts(ref Utf8JsonReader reader, ReadOnlySpan<byte> block)
    {
        var text = "";
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            while (reader.NextMember())
            {
                if (reader.Is("text"u8)) text += reader.ReadString(block);
                else reader.SkipMember();
            }
        }
        return text;
    }
}

/// <summary>Citations, which also go where OpenAI's clients look for them: of pages of the web, of documents, of search results.</summary>
internal static class ConverseCitations
{
    public static IReadOnlyList<Annotation> Of(List<ContentPart> blocks)
    {
        List<Annotation>? annotations = null;
        var at = 0;
        foreach (var block in blocks)
        {
            if (block.Type != ContentPartType.Text) continue;
            if (!block.Extra.IsEmpty) AddTo(ref annotations, block.Extra["citations"], at, block.Text!.Length);
            at += block.Text!.Length;
        }
        return annotations ?? (IReadOnlyList<Annotation>)[];
    }

    /// <summary>Adds the citations of a text that tell where they are from.</summary>
    /// <param name="into">Takes them.</param>
    /// <param name="citations">The text's list.</param>
    /// <param name="start">Where the text begins in the message's content.</param>
    /// <param name="length">How long it is.</param>
    public static void AddTo(ref List<Annotation>? into, RawJson citations, int start, int length)
    {
        if (citations.IsEmpty || citations.ToElement() is not { ValueKind: JsonValueKind.Array } list) return;
        foreach (var citation in list.EnumerateArray())
        {
            if (citation.ValueKind != JsonValueKind.Object || !citation.TryGetProperty("location"u8, out var location) || location.ValueKind != JsonValueKind.Object) continue;
            (into ??= []).Add(Read(citation, location) with { Title = Text(citation, "title"), CitedText = Quote(citation), StartIndex = start, EndIndex = start + length });
        }
    }

    /// <summary>The source: of a page its address, of anything else which one of those that were given it is; where in it stands in <c>location</c>, as it came.</summary>
    private static Annotation Read(JsonElement citation, JsonElement location)
    {
        foreach (var kind in location.EnumerateObject())
        {
            if (kind.Value.ValueKind != JsonValueKind.Object) continue;
            if (Text(kind.Value, "url") is { } url) return new() { Url = url };
            return new()
            {
                Type = "document_citation", DocumentId = Text(citation, "source"), DocumentIndex = Number(kind.Value, "documentIndex") ?? Number(kind.Value, "searchResultIndex"),
                Extra = new Extra().With("location", location),
            };
        }
        return new() { Type = "document_citation", DocumentId = Text(citation, "source") };
    }

    /// <summary>The cited words; null where none are told.</summary>
    private static string? Quote(JsonElement citation)
    {
        if (!citation.TryGetProperty("sourceContent"u8, out var pieces) || pieces.ValueKind != JsonValueKind.Array) return null;
        return string.Concat(pieces.EnumerateArray().Where(static piece => piece.ValueKind == JsonValueKind.Object).Select(static piece => Text(piece, "text")));
    }

    private static int? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Why the model stopped, in OpenAI's words.</summary>
internal static class ConverseStop
{
    public static FinishReason? Reason(BedrockConverse quirks, string? word, bool hasCalls)
    {
        if (word is null) return null;
        if (quirks.FinishReasons.TryGetValue(word, out var known)) return known;
        return word switch
        {
            "end_turn" or "stop_sequence" or "tool_use" or "malformed_model_output" or "malformed_tool_use" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
            "max_tokens" or "model_context_window_exceeded" => FinishReason.Length,
            "guardrail_intervened" or "content_filtered" => FinishReason.ContentFilter,
            _ => word,
        };
    }

    /// <summary>What the caller should know besides: that an answer is broken shows in the vendor's word alone.</summary>
    public static IReadOnlyList<Warning>? Notice(string? word) => word switch
    {
        "malformed_model_output" => [new("finish_reason", "the service could not read all that the model wrote: the answer may lack something")],
        "malformed_tool_use" => [new("finish_reason", "the model called a tool in a form that the service could not read: the call may be missing")],
        _ => null,
    };
}

/// <summary>What a call used. The service counts what the cache gave and took beside the input, not within it.</summary>
internal static class ConverseUsage
{
    /// <summary>Reads the object that the reader is about to enter; null where nothing is counted.</summary>
    public static Usage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        long? input = null, output = null, cached = null, written = null;
        var extra = new ExtraReader();
        if (!reader.EnterObject()) return null;
        while (reader.NextMember())
        {
            if (reader.Is("inputTokens"u8)) input = reader.ReadLong();
            else if (reader.Is("outputTokens"u8)) output = reader.ReadLong();
            else if (reader.Is("cacheReadInputTokens"u8)) cached = reader.ReadLong();
            else if (reader.Is("cacheWriteInputTokens"u8)) written = reader.ReadLong();
            else if (SaysItAgain(reader) || reader.NextIsNull()) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        if (input is null && output is null) return null;
        var prompt = (input ?? 0) + (cached ?? 0) + (written ?? 0);
        return new()
        {
            PromptTokens = prompt, CompletionTokens = output ?? 0, TotalTokens = prompt + (output ?? 0), Extra = extra.ToExtra(),
            PromptTokensDetails = cached is null && written is null ? null : new() { CachedTokens = cached, CacheWriteTokens = written },
        };
    }

    /// <summary>The class in which the call was served.</summary>
    public static ServiceTier? ReadTier(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? tier = null;
        if (!reader.EnterObject()) return null;
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) tier = reader.ReadString(source);
            else reader.SkipMember();
        }
        return tier is null ? default(ServiceTier?) : tier == "reserved" ? ServiceTier.Scale : new ServiceTier(tier);
    }

    /// <summary>The counters of the cache come under older names as well.</summary>
    private static bool SaysItAgain(in Utf8JsonReader reader) => reader.Is("totalTokens"u8) || reader.Is("cacheReadInputTokenCount"u8) || reader.Is("cacheWriteInputTokenCount"u8);
}
