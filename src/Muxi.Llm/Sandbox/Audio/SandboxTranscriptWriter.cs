using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a transcript as JSON.</summary>
internal static class SandboxTranscriptWriter
{
    public static void Write(Utf8JsonWriter json, SandboxHeard heard, SandboxTranscript transcript)
    {
        var isVerbose = heard.Format == "verbose_json";
        json.WriteStartObject();
        if (isVerbose || heard.Format == "diarized_json")
        {
            json.WriteString("task", heard.IsTranslation ? "translate" : "transcribe");
            json.WriteNumber("duration", transcript.Seconds);
        }
        if (isVerbose) json.WriteString("language", heard.IsTranslation ? "english" : heard.Language ?? "english");
        json.WriteString("text", transcript.Text);
        if (heard.TellsWords) Words(json, transcript);
        if (heard.TellsSegments || heard.Format == "diarized_json") Segments(json, heard, transcript);
        if (heard.TellsLogprobs) Logprobs(json, SandboxTokens.Split(transcript.Text));
        if (!heard.IsTranslation) Usage(json, heard, transcript, byDuration: isVerbose);
        json.WriteEndObject();
    }

    /// <summary>The members of a segment of the form that tells speakers: they take turns.</summary>
    public static void Diarized(Utf8JsonWriter json, SandboxHeard heard, SandboxTranscript.Piece piece, int index)
    {
        json.WriteString("type", "transcript.text.segment");
        json.WriteString("id", $"seg_{index}");
        json.WriteNumber("start", piece.Start);
        json.WriteNumber("end", piece.End);
        json.WriteString("text", piece.Text);
        json.WriteString("speaker", heard.Speakers.Count > 0 ? heard.Speakers[index % heard.Speakers.Count] : index % 2 == 0 ? "A" : "B");
    }

    public static void Logprobs(Utf8JsonWriter json, IEnumerable<string> tokens)
    {
        json.WriteStartArray("logprobs");
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteNumber("logprob", -(1 + (token.Sum(letter => letter) % 100)) / 1000m);
            json.WriteStartArray("bytes");
            foreach (var part in Encoding.UTF8.GetBytes(token)) json.WriteNumberValue(part);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Usage(Utf8JsonWriter json, SandboxHeard heard, SandboxTranscript transcript, bool byDuration)
    {
        json.WriteStartObject("usage");
        json.WriteString("type", byDuration ? "duration" : "tokens");
        if (byDuration)
        {
            json.WriteNumber("seconds", (int)Math.Ceiling(transcript.Seconds));
        }
        else
        {
            var output = SandboxTokens.Count(transcript.Text);
            json.WriteNumber("input_tokens", heard.PromptTokens + heard.AudioTokens);
            json.WriteStartObject("input_token_details");
            json.WriteNumber("text_tokens", heard.PromptTokens);
            json.WriteNumber("audio_tokens", heard.AudioTokens);
            json.WriteEndObject();
            json.WriteNumber("output_tokens", output);
            json.WriteNumber("total_tokens", heard.PromptTokens + heard.AudioTokens + output);
        }
        json.WriteEndObject();
    }

    private static void Words(Utf8JsonWriter json, SandboxTranscript transcript)
    {
        json.WriteStartArray("words");
        foreach (var word in transcript.Words)
        {
            json.WriteStartObject();
            json.WriteString("word", word.Text);
            json.WriteNumber("start", word.Start);
            json.WriteNumber("end", word.End);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Segments(Utf8JsonWriter json, SandboxHeard heard, SandboxTranscript transcript)
    {
        json.WriteStartArray("segments");
        foreach (var (index, piece) in transcript.Segments.Index())
        {
            json.WriteStartObject();
            if (heard.Format == "diarized_json") Diarized(json, heard, piece, index);
            else Segment(json, piece, index);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Segment(Utf8JsonWriter json, SandboxTranscript.Piece piece, int index)
    {
        json.WriteNumber("id", index);
        json.WriteNumber("seek", (int)(piece.Start * 100));
        json.WriteNumber("start", piece.Start);
        json.WriteNumber("end", piece.End);
        json.WriteString("text", piece.Text);
        json.WriteStartArray("tokens");
        foreach (var token in SandboxTokens.Split(piece.Text)) json.WriteNumberValue(token.Sum(letter => letter));
        json.WriteEndArray();
        json.WriteNumber("temperature", 0);
        json.WriteNumber("avg_logprob", -0.05m);
        json.WriteNumber("compression_ratio", 1);
        json.WriteNumber("no_speech_prob", 0);
    }
}

/// <summary>Writes a transcript as server-sent events.</summary>
internal static class SandboxTranscriptStream
{
    public static IEnumerable<byte[]> Events(SandboxHeard heard, SandboxTranscript transcript)
    {
        if (heard.Format == "diarized_json")
            foreach (var one in Diarized(heard, transcript)) yield return one;
        else
            foreach (var token in SandboxTokens.Split(transcript.Text))
                yield return Event(json =>
                {
                    json.WriteString("type", "transcript.text.delta");
                    json.WriteString("delta", token);
                    if (heard.TellsLogprobs) SandboxTranscriptWriter.Logprobs(json, [token]);
                });
        yield return Event(json =>
        {
            json.WriteString("type", "transcript.text.done");
            json.WriteString("text", transcript.Text);
            if (heard.TellsLogprobs) SandboxTranscriptWriter.Logprobs(json, SandboxTokens.Split(transcript.Text));
            SandboxTranscriptWriter.Usage(json, heard, transcript, byDuration: false);
        });
    }

    private static IEnumerable<byte[]> Diarized(SandboxHeard heard, SandboxTranscript transcript)
    {
        foreach (var (index, piece) in transcript.Segments.Index())
        {
            foreach (var token in SandboxTokens.Split(index == 0 ? piece.Text : " " + piece.Text))
                yield return Event(json =>
                {
                    json.WriteString("type", "transcript.text.delta");
                    json.WriteString("delta", token);
                    json.WriteString("segment_id", $"seg_{index}");
                });
            yield return Event(json => SandboxTranscriptWriter.Diarized(json, heard, piece, index));
        }
    }

    private static byte[] Event(Action<Utf8JsonWriter> members) => SandboxAnswer.Event(SandboxAnswer.Bytes(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }));
}
