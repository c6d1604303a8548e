using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply.</summary>
internal static class ChatReplyReader
{
    /// <summary>Reads the canonical form.</summary>
    public static ChatCompletion Read(ReadOnlySpan<byte> utf8) => Read(null, utf8) ?? throw new JsonException("A chat completion needs 'choices'.");

    /// <summary>Reads a service's reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(OpenAIChat quirks, HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(quirks, reply.Body.Span) is { } completion && !HaveFailed(completion.Choices)) return WithSources(WithIds(completion, context), quirks);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static ChatCompletion? Read(OpenAIChat? quirks, ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, model = null, tier = null, fingerprint = null;
        long created = 0;
        IReadOnlyList<Choice>? choices = null;
        Usage? usage = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("created"u8)) created = reader.ReadLong() ?? 0;
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("choices"u8)) choices = ReadChoices(ref reader, source, quirks);
            else if (reader.Is("usage"u8))
            {
                reader.Read();
                usage = UsageJson.Read(ref reader, source);
            }
            else if (reader.Is("service_tier"u8)) tier = reader.ReadShared("default", source);
            else if (reader.Is("system_fingerprint"u8)) fingerprint = reader.ReadString(source);
            else
            {
                if (reader.Is("error"u8)) isError = !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        // A service's reply without an answer is none; our own may have been put together from a stream of nothing but its end.
        if (choices is null || (quirks is not null && (isError || choices.Count == 0))) return null;
        return new()
        {
            Id = id ?? "", Model = model ?? "", Created = created, Choices = choices, Usage = usage,
            ServiceTier = tier is null ? null : new(tier), SystemFingerprint = fingerprint, Extra = extra.ToExtra(),
        };
    }

    private static ChatCompletion WithSources(ChatCompletion completion, OpenAIChat quirks)
    {
        if (quirks.SourcesFields.IsEmpty || SourcesJson.Read(quirks, completion.Extra) is not { Count: > 0 } sources) return completion;
        return completion with { Choices = [.. completion.Choices.Select(choice => choice.Message.Annotations.Count > 0 ? choice : choice with { Message = choice.Message with { Annotations = sources } })] };
    }

    private static Message Untagged(Message message)
    {
        if (message.ReasoningContent is { Length: > 0 } || message.Content is not { } text) return message;
        var (rest, reasoning) = ThinkTags.Part(text);
        return reasoning.Length == 0 && rest == text ? message : message with { Content = rest, ReasoningContent = reasoning.Length == 0 ? null : reasoning };
    }

    private static bool HaveFailed(IReadOnlyList<Choice> choices)
    {
        for (var i = 0; i < choices.Count; i++)
            if (ChatFinishReasons.IsError(choices[i].FinishReason)) return true;
        return false;
    }

    /// <summary>A tool's result must name its call, so a call that came without an id gets one, as in a stream.</summary>
    private static ChatCompletion WithIds(ChatCompletion completion, CallContext context)
    {
        for (var i = 0; i < completion.Choices.Count; i++)
            if (LacksId(completion.Choices[i].Message.Blocks))
                return completion with { Choices = [.. completion.Choices.Select(choice => choice with { Message = WithIds(choice.Message, choice.Index, context) })] };
        return completion;
    }

    private static bool LacksId(IReadOnlyList<ContentPart> blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
            if (LacksId(blocks[i])) return true;
        return false;
    }

    private static Message WithIds(Message message, int index, CallContext context)
    {
        var place = 0;
        return message with { Blocks = [.. message.Blocks.Select(block => block.ToolCall is null ? block : WithId(block, index * 1000 + place++))] };

        ContentPart WithId(ContentPart block, int number) => LacksId(block) ? block with { ToolCall = block.ToolCall! with { Id = context.MakeId("call_", number) } } : block;
    }

    private static bool LacksId(ContentPart block) => block.ToolCall is { Id.Length: 0 } call && call.Type != ChatToolReader.Legacy;

    private static IReadOnlyList<Choice>? ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, OpenAIChat? quirks)
    {
        if (!reader.EnterArray()) return null;
        Choice? first = null;
        List<Choice>? more = null;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var choice = ReadChoice(ref reader, source, quirks, more?.Count ?? (first is null ? 0 : 1));
            if (first is null) first = choice;
            else (more ??= [first]).Add(choice);
        }
        return more ?? (first is null ? (IReadOnlyList<Choice>)[] : [first]);
    }

    private static Choice ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, OpenAIChat? quirks, int place)
    {
        var index = place;
        Message? message = null;
        string? finish = null, finishRaw = null;
        Logprobs? logprobs = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? place);
            else if (reader.Is("message"u8))
            {
                if (reader.EnterObject()) message = ChatMessageReader.Read(ref reader, source, quirks);
                // A list of parts (Mistral's reasoning models) is the service's way; the caller gets text, and sends text back.
                if (message is { ContentIsList: true }) message = message with { ContentIsList = false };
            }
            else if (reader.Is("finish_reason"u8)) finish = reader.ReadShared("stop", source);
            else if (reader.Is("finish_reason_raw"u8)) finishRaw = reader.ReadString(source);
            else if (reader.Is("logprobs"u8)) logprobs = LogprobsJson.Read(ref reader, source);
            else extra.Take(ref reader, source);
        }
        message ??= new() { Role = Role.Assistant };
        if (quirks?.ThinkTags == true) message = Untagged(message);
        var reason = ChatFinishReasons.Normal(finish, quirks?.FinishReasons, message.ToolCalls.Count > 0, out var raw);
        if (quirks?.StopsWithCalls == true && reason == FinishReason.Stop && message.ToolCalls.Count > 0) (reason, raw) = (FinishReason.ToolCalls, raw ?? FinishReason.Stop.Value);
        return new()
        {
            Index = index, Message = message, FinishReason = reason, FinishReasonRaw = finishRaw ?? raw, Logprobs = logprobs, Extra = extra.ToExtra(),
        };
    }
}

/// <summary>Finish reasons in OpenAI's words.</summary>
internal static class ChatFinishReasons
{
    /// <summary>Whether the word says that the generation failed: OpenRouter ends a failed answer, streamed or not, with <c>error</c> (its page on errors, 2025).</summary>
    public static bool IsError(FinishReason? reason) => reason is { Value: "error" };

    /// <summary>OpenAI's word for a vendor's; <paramref name="raw"/> is the vendor's where that is another one.</summary>
    /// <param name="word">The vendor's word. Nothing and the empty word are derived from what the message holds.</param>
    /// <param name="words">The service's further words; null for our own form.</param>
    /// <param name="hasCalls">Whether the message holds tool calls.</param>
    /// <param name="raw">The vendor's word, kept beside.</param>
    public static FinishReason? Normal(string? word, ImmutableDictionary<string, string>? words, bool hasCalls, out string? raw)
    {
        raw = null;
        if (word is "stop" or "length" or "tool_calls" or "content_filter" or "function_call") return word;
        if (word is null) return null;
        if (word.Length == 0) return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
        var known = words is not null && words.TryGetValue(word, out var ours) ? ours : Shared(word);
        // In our own form a word stands for itself: the vendor's has a member of its own.
        if (known is not null || words is not null) raw = word;
        return known ?? word;
    }

    /// <summary>Words that mean the same wherever they are said; null for any other.</summary>
    private static string? Shared(string word) => word.ToLowerInvariant() switch
    {
        "eos" or "eos_token" or "end_turn" or "stop_sequence" or "end" or "complete" or "finish" => "stop",
        "max_tokens" or "model_length" or "max_length" or "token_limit" => "length",
        "tool_use" or "tool_call" => "tool_calls",
        "safety" or "content-filter" or "sensitive" or "recitation" => "content_filter",
        _ => null,
    };
}
