using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Usage in the words of responses and batches (<c>input_tokens</c>, <c>output_tokens</c>), of the same meaning as everywhere.</summary>
internal static class ResponseUsageJson
{
    /// <summary>Reads the member's value; null when it is no object or counts nothing.</summary>
    public static Usage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var ahead = reader;
        if (!reader.EnterObject()) return null;
        long? input = null, output = null, total = null;
        PromptTokensDetails? inputDetails = null;
        CompletionTokensDetails? outputDetails = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("input_tokens"u8)) input = reader.ReadLong();
            else if (reader.Is("output_tokens"u8)) output = reader.ReadLong();
            else if (reader.Is("total_tokens"u8)) total = reader.ReadLong();
            else if (reader.Is("input_tokens_details"u8)) inputDetails = UsageJson.ReadPrompt(ref reader, source);
            else if (reader.Is("output_tokens_details"u8)) outputDetails = UsageJson.ReadCompletion(ref reader, source);
            else extra.Take(ref reader, source);
        }
        if (input is null && output is null)
        {
            // Services that count in chat's words here, too.
            ahead.Read();
            return UsageJson.Read(ref ahead, source);
        }
        return UsageJson.Normal(input ?? 0, output ?? 0, total, inputDetails, outputDetails, extra.ToExtra());
    }

    public static void Write(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.PromptTokens);
        json.WriteStartObject("input_tokens_details"u8);
        var input = usage.PromptTokensDetails ?? new();
        json.WriteNumber("cached_tokens"u8, input.CachedTokens ?? 0);
        json.WriteNumber("cache_write_tokens"u8, input.CacheWriteTokens ?? 0);
        UsageJson.Count(json, "audio_tokens"u8, input.AudioTokens);
        UsageJson.Count(json, "image_tokens"u8, input.ImageTokens);
        UsageJson.Count(json, "text_tokens"u8, input.TextTokens);
        input.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details"u8);
        var output = usage.CompletionTokensDetails ?? new();
        json.WriteNumber("reasoning_tokens"u8, output.ReasoningTokens ?? 0);
        UsageJson.Count(json, "audio_tokens"u8, output.AudioTokens);
        UsageJson.Count(json, "text_tokens"u8, output.TextTokens);
        UsageJson.Count(json, "accepted_prediction_tokens"u8, output.AcceptedPredictionTokens);
        UsageJson.Count(json, "rejected_prediction_tokens"u8, output.RejectedPredictionTokens);
        output.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        usage.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
