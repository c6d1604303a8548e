namespace Muxi.Llm;

/// <summary>The conversation as a service takes it: its order, the ids of its calls, content as plain text, and calls told in words where it knows no tools.</summary>
internal static class ChatConversationPlan
{
    private const string Paragraph = "\n\n";

    /// <summary>The request with messages that the service takes.</summary>
    public static ChatCompletionRequest For(OpenAIChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        if ((quirks.Tools && quirks.ToolCallIdLength == 0 && !quirks.Alternates && !quirks.PlainContent) || request.Extra.Holds("messages"u8)) return request;
        return Changed(quirks, request, warnings);
    }

    /// <summary>Apart, so that a service which takes everything as it is pays for no closure.</summary>
    private static ChatCompletionRequest Changed(OpenAIChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        IEnumerable<Message> messages = request.Messages;
        if (!quirks.Tools) messages = messages.Select(InWords);
        else if (quirks.ToolCallIdLength > 0) messages = WithIds(messages, quirks.ToolCallIdLength);
        if (quirks.Alternates) messages = InTurns(messages);
        if (quirks.PlainContent) messages = messages.Select(message => Plain(message, quirks, warnings));
        return request with { Messages = [.. messages] };
    }

    private static IEnumerable<Message> WithIds(IEnumerable<Message> messages, int length)
    {
        var ids = new ToolCallIds(id => ToolCallIds.OfLength(id, length), isOneLength: true);
        foreach (var message in messages)
        {
            if (message.Role == Role.Tool && message.ToolCallId is { } answered) yield return message with { ToolCallId = ids.OfResult(answered) };
            else if (message.ToolCalls.Count == 0) yield return message;
            else yield return message with { Blocks = [.. message.Blocks.Select(block => block.ToolCall is { } call ? block with { ToolCall = call with { Id = ids.OfCall(call.Id) } } : block)] };
        }
    }

    /// <summary>A message with calls, or with a call's result, as one that says so.</summary>
    private static Message InWords(Message message)
    {
        if (message.Role == Role.Tool || message.Role.Value == "function")
        {
            var head = $"The tool call {message.ToolCallId ?? message.Name} {(message.IsError == true ? "failed" : "returned")}:";
            return new() { Role = Role.User, Blocks = Merged([ContentPart.FromText(head), .. message.Blocks], "\n"), CacheControl = message.CacheControl };
        }
        if (message.ToolCalls.Count == 0) return message;
        return message with { Blocks = Merged([.. message.Blocks.Select(static block => block.ToolCall is { } call ? ContentPart.FromText(Told(call)) : block)], Paragraph) };
    }

    private static string Told(ToolCall call) => $"(Called the tool {call.Function.Name}{(call.Id.Length == 0 ? "" : $" as {call.Id}")} with {(call.Function.Arguments.Length == 0 ? "{}" : call.Function.Arguments)})";

    /// <summary>Messages of one side that follow each other as one; instructions and results stand for themselves.</summary>
    private static IEnumerable<Message> InTurns(IEnumerable<Message> messages)
    {
        Message? open = null;
        foreach (var message in messages)
        {
            if (open is null) open = message;
            else if (open.Role == message.Role && (open.Role == Role.User || open.Role == Role.Assistant)) open = Joined(open, message);
            else
            {
                yield return open;
                open = message;
            }
        }
        if (open is not null) yield return open;
    }

    private static Message Joined(Message first, Message second) => first with
    {
        Blocks = Merged([.. first.Blocks, .. second.Blocks], Paragraph), Audio = first.Audio ?? second.Audio, Extra = first.Extra.With(second.Extra), ContentIsList = false,
    };

    private static Message Plain(Message message, OpenAIChat quirks, Warnings warnings)
    {
        var texts = message.Blocks.Count(static block => block.Type == ContentPartType.Text);
        // A picture or a sound cannot be told in words: the service says itself whether it takes one.
        if (texts == 0 || message.Blocks.Any(static block => block.ImageUrl is not null || block.InputAudio is not null || block.File is not null || block.Type == ContentPartType.Opaque)) return message;
        if (!quirks.CacheControl && message.Blocks.Any(static block => !block.CacheControl.IsEmpty)) warnings.Add("cache_control", "left out: the service does not take it");
        if (texts == 1 && !message.ContentIsList) return message with { Blocks = [.. message.Blocks.Select(Bare)] };
        return message with { Blocks = [.. Merged(message.Blocks, Paragraph).Select(Bare)], ContentIsList = false };
    }

    private static ContentPart Bare(ContentPart block) => block.Type == ContentPartType.Text ? ContentPart.FromText(block.Text ?? "") : block;

    /// <summary>The blocks with texts that follow each other as one.</summary>
    private static List<ContentPart> Merged(IReadOnlyList<ContentPart> blocks, string between)
    {
        var merged = new List<ContentPart>(blocks.Count);
        foreach (var block in blocks)
        {
            if (block is { Text: { } text } && block.Type == ContentPartType.Text && merged is [.., { Text: { } before } last] && last.Type == ContentPartType.Text)
                merged[^1] = last with { Text = $"{before}{between}{text}", CacheControl = block.CacheControl.IsEmpty ? last.CacheControl : block.CacheControl };
            else merged.Add(block);
        }
        return merged;
    }
}
