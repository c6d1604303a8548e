namespace Muxi.Llm;

/// <summary>Why the model stopped, in OpenAI's words; and the ends that are errors.</summary>
internal static class CohereStop
{
    /// <summary>The service's word beside ours, where it is another one.</summary>
    public static string? Raw(FinishReason? reason, string? word) => word == reason?.Value ? null : word;

    /// <summary>Our word.</summary>
    public static FinishReason Reason(CohereChat quirks, string? word, bool hasCalls)
    {
        if (word is not null && quirks.FinishReasons.TryGetValue(word, out var known)) return known;
        return word switch
        {
            null or "COMPLETE" or "STOP_SEQUENCE" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
            "TOOL_CALL" => FinishReason.ToolCalls,
            "MAX_TOKENS" => FinishReason.Length,
            // A word of the older version's, of which the filter's alone has a place here.
            "ERROR_TOXIC" => FinishReason.ContentFilter,
            _ => word,
        };
    }

    /// <summary>The error that an answer ended in; null where it ended otherwise.</summary>
    /// <param name="quirks">Further words, which are no errors.</param>
    /// <param name="word">The service's word.</param>
    /// <param name="beside">What stands beside the word: <c>error</c> and <c>error_type</c>, where they are told.</param>
    /// <param name="context">The call's surroundings.</param>
    public static ApiException? Error(CohereChat quirks, string? word, Extra beside, CallContext context)
    {
        if (word is not ("ERROR" or "TIMEOUT") || quirks.FinishReasons.ContainsKey(word)) return null;
        var body = JsonOut.ToUtf8((word, beside), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("error"u8, it.beside.GetString("error") is { Length: > 0 } told ? told : $"the answer was given up: it ended with {it.word}");
            json.WriteString("error_type"u8, it.beside.GetString("error_type") is { Length: > 0 } type ? type : it.word);
            json.WriteEndObject();
        });
        return context.Error(new HttpReply(200, body));
    }
}
