namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>
/// Words that OpenAI's clients know in the places where they know no others: the official .NET client throws on any finish reason and role of somebody else's, on the empty
/// one too (seen in version 2.15.0). A vendor's word stays in <c>finish_reason_raw</c>. As a rule nothing is changed, and the very object given comes back.
/// </summary>
internal static class ReplyWords
{
    public static ChatCompletion Known(ChatCompletion reply)
    {
        foreach (var choice in reply.Choices)
            if (!IsKnown(choice.FinishReason) || choice.Message.Role != Role.Assistant) return reply with { Choices = [.. reply.Choices.Select(Known)] };
        return reply;
    }

    /// <summary>A chunk as the client is to see it; null where there is nothing for it to see.</summary>
    public static ChatCompletionChunk? Known(ChatCompletionChunk chunk, bool tellsUsage)
    {
        if (chunk.Usage is not null && !tellsUsage)
        {
            if (chunk.Choices.Count == 0) return null;
            chunk = chunk with { Usage = null };
        }
        for (var i = 0; i < chunk.Choices.Count; i++)
            if (!IsKnown(chunk.Choices[i])) return WithKnown(chunk);
        return chunk;
    }

    // Apart from the loop, where its closure would be made for every chunk.
    private static ChatCompletionChunk WithKnown(ChatCompletionChunk chunk) => chunk with { Choices = [.. chunk.Choices.Select(Known)] };

    private static Choice Known(Choice choice)
    {
        var message = choice.Message.Role == Role.Assistant ? choice.Message : choice.Message with { Role = Role.Assistant };
        if (IsKnown(choice.FinishReason)) return choice with { Message = message };
        var reason = message.ToolCalls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
        return choice with { Message = message, FinishReason = reason, FinishReasonRaw = choice.FinishReasonRaw ?? Raw(choice.FinishReason) };
    }

    private static ChunkChoice Known(ChunkChoice choice)
    {
        if (choice.Delta.Role is { } role && role != Role.Assistant) choice = choice with { Delta = choice.Delta with { Role = Role.Assistant } };
        if (choice.FinishReason is null || IsKnown(choice.FinishReason)) return choice;
        return choice with { FinishReason = FinishReason.Stop, FinishReasonRaw = choice.FinishReasonRaw ?? Raw(choice.FinishReason) };
    }

    private static bool IsKnown(ChunkChoice choice) =>
        (choice.FinishReason is null || IsKnown(choice.FinishReason)) && (choice.Delta.Role is not { } role || role == Role.Assistant);

    private static bool IsKnown(FinishReason? reason) => reason is { Value: "stop" or "length" or "tool_calls" or "content_filter" or "function_call" };

    private static string? Raw(FinishReason? reason) => reason is { Value.Length: > 0 } word ? word.Value : null;
}
