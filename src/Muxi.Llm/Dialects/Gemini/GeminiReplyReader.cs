using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply: it is the stream of one event.</summary>
internal static class GeminiReplyReader
{
    /// <summary>A reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(GeminiChat quirks, HttpReply reply, CallContext context)
    {
        try
        {
            var fold = new GeminiStreamFold(quirks, context);
            var chunks = new List<ChatCompletionChunk>();
            if (fold.TryTake(reply.Body.Span, chunks)) return Whole(fold, chunks);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static ChatCompletion Whole(GeminiStreamFold fold, List<ChatCompletionChunk> chunks)
    {
        fold.Finish(chunks);
        var accumulator = new ChatAccumulator();
        foreach (var chunk in chunks) accumulator.Add(chunk);
        var whole = accumulator.ToCompletion()! with { Noticed = chunks[^1].Noticed };
        // Nothing was said, and no reason given: an answer all the same.
        return whole.Choices.Count > 0 ? whole : whole with { Choices = [new() { Message = new() { Role = Role.Assistant } }] };
    }
}

/// <summary>Why the model stopped, in OpenAI's words.</summary>
internal static class GeminiFinish
{
    /// <summary>Numbers instead of words, where the service was asked for them: what they mean in every version of the format.</summary>
    private static readonly string[] _numbered = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"];

    /// <summary>The service's word, also where a number stands for it.</summary>
    public static string Word(string told) => told.Length == 1 && told[0] - '0' is >= 0 and < 6 and var number ? _numbered[number] : told;

    /// <summary>Whether the answer ended because the model made a mistake, for which OpenAI has no word.</summary>
    public static bool IsFailure(string word) => word is "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MALFORMED_RESPONSE" or "MISSING_THOUGHT_SIGNATURE";

    /// <summary>
    /// The reason. Where the model failed (a call that cannot be read, too many calls), the answer has ended all the same, and the service's word beside it says how:
    /// OpenAI has no word for it, and its clients take no other.
    /// </summary>
    public static FinishReason Reason(GeminiChat quirks, string word, bool hasCalls)
    {
        if (quirks.FinishReasons.TryGetValue(word, out var known)) return known;
        return word switch
        {
            "MAX_TOKENS" or "CONTINUATION" => FinishReason.Length,
            "SAFETY" or "RECITATION" or "LANGUAGE" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR" or "ESCALATION" or "PUP_LIMITED_DISABLED" or "JAILBREAK" => FinishReason.ContentFilter,
            "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" or "NO_IMAGE" or "IMAGE_OTHER" => FinishReason.ContentFilter,
            _ => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
        };
    }
}
