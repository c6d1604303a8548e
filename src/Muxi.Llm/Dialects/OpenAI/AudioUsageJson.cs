using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What an audio call used, read whatever the service counts, and written in OpenAI's shape.</summary>
internal static class AudioUsageJson
{
    /// <summary>Reads the member; null when it is no object.</summary>
    public static AudioUsage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? type = null;
        long? input = null, output = null, total = null;
        double? seconds = null;
        AudioInputTokenDetails? details = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source);
            else if (reader.Is("input_tokens"u8) || reader.Is("prompt_tokens"u8)) input = reader.ReadLong() ?? input;
            else if (reader.Is("output_tokens"u8) || reader.Is("completion_tokens"u8)) output = reader.ReadLong() ?? output;
            else if (reader.Is("total_tokens"u8)) total = reader.ReadLong();
            else if (reader.Is("seconds"u8) || reader.Is("prompt_audio_seconds"u8)) seconds = reader.ReadDouble();
            else if (reader.Is("input_token_details"u8)) details = ReadDetails(ref reader, source);
            else extra.Take(ref reader, source);
        }
        if (input is not null || output is not null) total ??= (input ?? 0) + (output ?? 0);
        // OpenRouter leaves the type out (recorded in 2026).
        type ??= total is not null ? "tokens" : seconds is not null ? "duration" : null;
        return new() { Type = type, InputTokens = input, OutputTokens = output, TotalTokens = total, InputTokenDetails = details, Seconds = seconds, Extra = extra.ToExtra() };
    }

    /// <summary>Writes the member.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="ofSpeech">Whether the sound was made, not heard: there is but one type then, which is not told.</param>
    public static void Write(Utf8JsonWriter json, AudioUsage usage, bool ofSpeech)
    {
        json.WriteStartObject("usage"u8);
        if (!ofSpeech && usage.Type is { } type) json.WriteString("type"u8, type);
        Count(json, "input_tokens"u8, usage.InputTokens);
        if (usage.InputTokenDetails is { } details)
        {
            json.WriteStartObject("input_token_details"u8);
            Count(json, "text_tokens"u8, details.TextTokens);
            Count(json, "audio_tokens"u8, details.AudioTokens);
            details.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        Count(json, "output_tokens"u8, usage.OutputTokens);
        Count(json, "total_tokens"u8, usage.TotalTokens);
        if (usage.Seconds is { } seconds) json.WriteNumber("seconds"u8, seconds);
        usage.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static AudioInputTokenDetails? ReadDetails(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? audio = null, text = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("audio_tokens"u8)) audio = reader.ReadLong();
            else if (reader.Is("text_tokens"u8)) text = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return new() { AudioTokens = audio, TextTokens = text, Extra = extra.ToExtra() };
    }

    private static void Count(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } count) json.WriteNumber(name, count);
    }
}
