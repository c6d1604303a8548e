using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes transcripts and the events of their streams in OpenAI's shape.</summary>
internal static class TranscriptWriter
{
    public static void Write(Utf8JsonWriter json, Transcription transcript)
    {
        json.WriteStartObject();
        if (transcript.Language is { } language) json.WriteString("language"u8, language);
        if (transcript.Duration is { } duration) json.WriteNumber("duration"u8, duration);
        json.WriteString("text"u8, transcript.Text);
        if (transcript.Words.Count > 0) WriteWords(json, transcript.Words);
        if (transcript.Segments.Count > 0)
        {
            json.WriteStartArray("segments"u8);
            foreach (var segment in transcript.Segments) Write(json, segment);
            json.WriteEndArray();
        }
        if (transcript.Languages is { } languages) WriteLanguages(json, languages);
        if (transcript.Logprobs is { } logprobs) WriteLogprobs(json, logprobs);
        if (transcript.Usage is { } usage) AudioUsageJson.Write(json, usage, ofSpeech: false);
        transcript.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TranscriptionStreamEvent one)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, one.Type.Value);
        if (one.Delta is { } delta) json.WriteString("delta"u8, delta);
        if (one.SegmentId is { } id) json.WriteString("segment_id"u8, id);
        if (one.Segment is { } segment) WriteMembers(json, segment, isDiarized: true);
        if (one.Text is { } text) json.WriteString("text"u8, text);
        if (one.Languages is { } languages) WriteLanguages(json, languages);
        if (one.Logprobs is { } logprobs) WriteLogprobs(json, logprobs);
        // OpenAI's schema knows no other usage in a stream.
        if (one.Usage is { Type: "tokens" } usage) AudioUsageJson.Write(json, usage, ofSpeech: false);
        one.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TranscriptionSegment segment)
    {
        json.WriteStartObject();
        if (segment.IsDiarized) json.WriteString("type"u8, TranscriptionEventType.Segment.Value);
        WriteMembers(json, segment, segment.IsDiarized);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, TranscriptionSegment segment, bool isDiarized)
    {
        if (!isDiarized && long.TryParse(segment.Id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) json.WriteNumber("id"u8, number);
        else json.WriteString("id"u8, segment.Id);
        if (segment.Seek is { } seek) json.WriteNumber("seek"u8, seek);
        json.WriteNumber("start"u8, segment.Start);
        json.WriteNumber("end"u8, segment.End);
        json.WriteString("text"u8, segment.Text);
        if (segment.Speaker is { } speaker) json.WriteString("speaker"u8, speaker);
        if (segment.Tokens is { } tokens)
        {
            json.WriteStartArray("tokens"u8);
            foreach (var token in tokens) json.WriteNumberValue(token);
            json.WriteEndArray();
        }
        Number(json, "temperature"u8, segment.Temperature);
        Number(json, "avg_logprob"u8, segment.AvgLogprob);
        Number(json, "compression_ratio"u8, segment.CompressionRatio);
        Number(json, "no_speech_prob"u8, segment.NoSpeechProb);
        segment.Extra.WriteMembers(json);
    }

    private static void WriteWords(Utf8JsonWriter json, IReadOnlyList<TranscriptionWord> words)
    {
        json.WriteStartArray("words"u8);
        foreach (var word in words)
        {
            json.WriteStartObject();
            json.WriteString("word"u8, word.Word);
            json.WriteNumber("start"u8, word.Start);
            json.WriteNumber("end"u8, word.End);
            word.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLanguages(Utf8JsonWriter json, IReadOnlyList<string> languages)
    {
        json.WriteStartArray("languages"u8);
        foreach (var language in languages)
        {
            json.WriteStartObject();
            json.WriteString("code"u8, language);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLogprobs(Utf8JsonWriter json, IReadOnlyList<TokenLogprob> tokens)
    {
        json.WriteStartArray("logprobs"u8);
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token"u8, token.Token);
            json.WriteNumber("logprob"u8, token.Logprob);
            if (token.Bytes is { } bytes)
            {
                json.WriteStartArray("bytes"u8);
                foreach (var one in bytes) json.WriteNumberValue(one);
                json.WriteEndArray();
            }
            token.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }
}
