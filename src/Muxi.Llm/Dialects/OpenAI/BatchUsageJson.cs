using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a batch used: counted in the words of OpenAI's newer operations.</summary>
internal static class BatchUsageJson
{
    /// <summary>Reads the member that the reader stands on; null when it is no object.</summary>
    public static Usage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long input = 0, output = 0;
        PromptTokensDetails? prompt = null;
        CompletionTokensDetails? completion = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("input_tokens"u8)) input = reader.ReadLong() ?? 0;
            else if (reader.Is("output_tokens"u8)) output = reader.ReadLong() ?? 0;
            else if (reader.Is("total_tokens"u8)) reader.SkipMember();
            else if (reader.Is("input_tokens_details"u8)) prompt = ReadInput(ref reader, source);
            else if (reader.Is("output_tokens_details"u8)) completion = ReadOutput(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return new() { PromptTokens = input, CompletionTokens = output, TotalTokens = input + output, PromptTokensDetails = prompt, CompletionTokensDetails = completion, Extra = extra.ToExtra() };
    }

    /// <summary>Writes it as the member <c>usage</c>.</summary>
    public static void Write(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.PromptTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.PromptTokensDetails?.CachedTokens ?? 0);
        usage.PromptTokensDetails?.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.CompletionTokensDetails?.ReasoningTokens ?? 0);
        usage.CompletionTokensDetails?.Extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        usage.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static PromptTokensDetails? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? cached = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
            if (reader.Is("cached_tokens"u8)) cached = reader.ReadLong();
            else extra.Take(ref reader, source);
        return new() { CachedTokens = cached, Extra = extra.ToExtra() };
    }

    private static CompletionTokensDetails? ReadOutput(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? reasoning = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
            if (reader.Is("reasoning_tokens"u8)) reasoning = reader.ReadLong();
            else extra.Take(ref reader, source);
        return new() { ReasoningTokens = reasoning, Extra = extra.ToExtra() };
    }
}
