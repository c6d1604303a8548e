using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Usage, read into one meaning whatever the service counts, and written in OpenAI's shape.</summary>
internal static class UsageJson
{
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, Usage usage)
    {
        json.WriteStartObject(name);
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        if (usage.PromptTokensDetails is { } prompt) Write(json, prompt);
        if (usage.CompletionTokensDetails is { } completion) Write(json, completion);
        usage.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Reads the value that the reader stands on; null when it is no object or counts nothing.</summary>
    public static Usage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        long? prompt = null, completion = null, total = null;
        PromptTokensDetails? promptDetails = null;
        CompletionTokensDetails? completionDetails = null;
        var others = new OtherWords();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("prompt_tokens"u8)) prompt = reader.ReadLong();
            else if (reader.Is("completion_tokens"u8)) completion = reader.ReadLong();
            else if (reader.Is("total_tokens"u8)) total = reader.ReadLong();
            else if (reader.Is("prompt_tokens_details"u8)) promptDetails = ReadPrompt(ref reader, source);
            else if (reader.Is("completion_tokens_details"u8)) completionDetails = ReadCompletion(ref reader, source);
            else
            {
                others.Take(reader);
                extra.Take(ref reader, source);
            }
        }
        // The words of OpenAI's newer operations, which some services use in the older ones.
        if (prompt is null && completion is null) (prompt, completion) = (others.Input, others.Output);
        if (prompt is null && completion is null && total is null) return null;
        if (others.CacheHits is { } hits && promptDetails?.CachedTokens is null) promptDetails = (promptDetails ?? new()) with { CachedTokens = hits };
        // Embeddings have no completion, and some services tell their total alone (Voyage).
        return Normal(prompt ?? (completion is null ? total : null) ?? 0, completion ?? 0, total, promptDetails, completionDetails, extra.ToExtra());
    }

    /// <summary>One meaning: reasoning is part of the completion, and sound of the prompt. Where a service counts one of them beside (xAI, Mistral), its total says so.</summary>
    internal static Usage Normal(
        long prompt, long completion, long? total, PromptTokensDetails? promptDetails, CompletionTokensDetails? completionDetails, Extra extra)
    {
        var reasoning = completionDetails?.ReasoningTokens ?? 0;
        if (reasoning > 0 && total == prompt + completion + reasoning) completion += reasoning;
        if (promptDetails?.AudioTokens is > 0 and var heard && total == prompt + completion + heard) prompt += heard;
        return new()
        {
            PromptTokens = prompt, CompletionTokens = completion, TotalTokens = prompt + completion,
            PromptTokensDetails = promptDetails, CompletionTokensDetails = completionDetails, Extra = extra,
        };
    }

    internal static PromptTokensDetails? ReadPrompt(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? cached = null, written = null, audio = null, image = null, text = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("cached_tokens"u8)) cached = reader.ReadLong();
            else if (reader.Is("cache_write_tokens"u8)) written = reader.ReadLong();
            else if (reader.Is("audio_tokens"u8)) audio = reader.ReadLong();
            else if (reader.Is("image_tokens"u8)) image = reader.ReadLong();
            else if (reader.Is("text_tokens"u8)) text = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return new() { CachedTokens = cached, CacheWriteTokens = written, AudioTokens = audio, ImageTokens = image, TextTokens = text, Extra = extra.ToExtra() };
    }

    internal static CompletionTokensDetails? ReadCompletion(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? reasoning = null, audio = null, text = null, accepted = null, rejected = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("reasoning_tokens"u8)) reasoning = reader.ReadLong();
            else if (reader.Is("audio_tokens"u8)) audio = reader.ReadLong();
            else if (reader.Is("text_tokens"u8)) text = reader.ReadLong();
            else if (reader.Is("accepted_prediction_tokens"u8)) accepted = reader.ReadLong();
            else if (reader.Is("rejected_prediction_tokens"u8)) rejected = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return new()
        {
            ReasoningTokens = reasoning, AudioTokens = audio, TextTokens = text,
            AcceptedPredictionTokens = accepted, RejectedPredictionTokens = rejected, Extra = extra.ToExtra(),
        };
    }

    private static void Write(Utf8JsonWriter json, PromptTokensDetails details)
    {
        json.WriteStartObject("prompt_tokens_details"u8);
        Count(json, "cached_tokens"u8, details.CachedTokens);
        Count(json, "cache_write_tokens"u8, details.CacheWriteTokens);
        Count(json, "audio_tokens"u8, details.AudioTokens);
        Count(json, "image_tokens"u8, details.ImageTokens);
        Count(json, "text_tokens"u8, details.TextTokens);
        details.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CompletionTokensDetails details)
    {
        json.WriteStartObject("completion_tokens_details"u8);
        Count(json, "reasoning_tokens"u8, details.ReasoningTokens);
        Count(json, "audio_tokens"u8, details.AudioTokens);
        Count(json, "text_tokens"u8, details.TextTokens);
        Count(json, "accepted_prediction_tokens"u8, details.AcceptedPredictionTokens);
        Count(json, "rejected_prediction_tokens"u8, details.RejectedPredictionTokens);
        details.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Counts under other names, which are read and kept as they came.</summary>
    private struct OtherWords
    {
        public long? CacheHits { get; private set; }
        public long? Input { get; private set; }
        public long? Output { get; private set; }

        /// <summary>Looks at the member whose name the reader stands on, which stays there.</summary>
        public void Take(Utf8JsonReader reader)
        {
            if (reader.Is("prompt_cache_hit_tokens"u8)) CacheHits = reader.ReadLong();
            else if (reader.Is("input_tokens"u8)) Input = reader.ReadLong();
            else if (reader.Is("output_tokens"u8)) Output = reader.ReadLong();
        }
    }

    internal static void Count(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } count) json.WriteNumber(name, count);
    }
}
