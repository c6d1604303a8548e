using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary><c>POST /audio/transcriptions</c> and <c>POST /audio/translations</c>.</summary>
internal static class SandboxTranscription
{
    private const int MostBytes = 25 << 20, MostSpeakers = 4;

    private static readonly string[] _formats = ["json", "text", "srt", "verbose_json", "vtt"];

    public static SandboxAnswer Transcribe(SandboxCall call) => Answer(Read(call, isTranslation: false));

    public static SandboxAnswer Translate(SandboxCall call) => Answer(Read(call, isTranslation: true));

    private static SandboxAnswer Answer(SandboxHeard heard)
    {
        var transcript = SandboxTranscript.Of(heard);
        var tokens = heard.PromptTokens + heard.AudioTokens;
        if (heard.Stream) return new() { Model = heard.Model, PromptTokens = tokens, MediaType = "text/event-stream", Pieces = SandboxTranscriptStream.Events(heard, transcript) };
        var answer = heard.Format switch
        {
            "text" => Plain(transcript.Text + "\n"),
            "srt" => Plain(Subtitles.Srt(Segments(transcript))),
            "vtt" => Plain(Subtitles.Vtt(Segments(transcript))),
            _ => SandboxAnswer.Json(json => SandboxTranscriptWriter.Write(json, heard, transcript)),
        };
        return answer with { Model = heard.Model, PromptTokens = tokens };
    }

    private static SandboxAnswer Plain(string text) => new() { MediaType = "text/plain", Body = Encoding.UTF8.GetBytes(text) };

    private static List<TranscriptionSegment> Segments(SandboxTranscript transcript) =>
        [.. transcript.Segments.Select(static (piece, index) => new TranscriptionSegment { Id = index.ToString(CultureInfo.InvariantCulture), Text = piece.Text, Start = piece.Start, End = piece.End })];

    private static SandboxHeard Read(SandboxCall call, bool isTranslation)
    {
        var form = new SandboxForm(call);
        var model = form.Text("model") is { Length: > 0 } named ? named : throw SandboxChatReader.Missing("model");
        var (name, file) = File(form);
        var format = form.Text("response_format") ?? "json";
        string[] formats = isTranslation ? _formats : [.. _formats, "diarized_json"];
        if (!formats.Contains(format)) throw SandboxChatReader.Unknown("response_format", format, formats);
        var granularities = isTranslation ? [] : Granularities(form, format);
        Temperature(form);
        var sound = SandboxSoundFile.Of(file.Span) ?? throw new SandboxRefusal("Invalid file format. Supported formats: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav, webm.", "file", "invalid_value");
        var heard = new SandboxHeard(model, name, file, sound) { IsTranslation = isTranslation, Prompt = form.Text("prompt"), Format = format, TellsSegments = format == "verbose_json" };
        if (isTranslation) return heard;
        return heard with
        {
            Language = form.Text("language"), TellsWords = granularities.Contains("word"), TellsSegments = format == "verbose_json" && (granularities.Count == 0 || granularities.Contains("segment")),
            // As OpenAI's models that do not stream: what cannot be streamed comes whole.
            TellsLogprobs = Logprobs(form, format), Stream = Flag(form, "stream") && (format is "json" or "diarized_json"), Speakers = Speakers(form),
        };
    }

    private static (string Name, ReadOnlyMemory<byte> File) File(SandboxForm form)
    {
        var (name, file) = form.Files("file") switch
        {
            [] => throw SandboxChatReader.Missing("file"),
            [var one] => one,
            _ => throw new SandboxRefusal("Only one 'file' is taken.", "file", "invalid_value"),
        };
        if (file.Length == 0) throw new SandboxRefusal("The audio file is empty.", "file", "invalid_value");
        return file.Length <= MostBytes ? (name, file) : throw new SandboxRefusal($"Maximum content size limit ({MostBytes}) exceeded ({file.Length} bytes read).", "file", null);
    }

    private static IReadOnlyList<string> Granularities(SandboxForm form, string format)
    {
        var granularities = form.Texts("timestamp_granularities");
        foreach (var one in granularities)
            if (one is not ("word" or "segment")) throw SandboxChatReader.Unknown("timestamp_granularities", one, ["word", "segment"]);
        if (granularities.Count > 0 && format != "verbose_json") throw new SandboxRefusal("'timestamp_granularities' goes with the response_format verbose_json only.", "timestamp_granularities", "invalid_value");
        return granularities;
    }

    private static bool Logprobs(SandboxForm form, string format)
    {
        var include = form.Texts("include");
        foreach (var one in include)
            if (one != "logprobs") throw SandboxChatReader.Unknown("include", one, ["logprobs"]);
        if (include.Count > 0 && format != "json") throw new SandboxRefusal("'include' goes with the response_format json only.", "include", "invalid_value");
        return include.Count > 0;
    }

    private static IReadOnlyList<string> Speakers(SandboxForm form)
    {
        var (names, references) = (form.Texts("known_speaker_names"), form.Texts("known_speaker_references"));
        if (names.Count > MostSpeakers) throw new SandboxRefusal($"At most {MostSpeakers} speakers are taken.", "known_speaker_names", "array_above_max_length");
        return names.Count == references.Count ? names : throw new SandboxRefusal("Each known speaker needs a name and a reference.", "known_speaker_references", "invalid_value");
    }

    private static void Temperature(SandboxForm form)
    {
        if (form.Text("temperature") is not { } text) return;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) throw new SandboxRefusal("Invalid type for 'temperature': expected a decimal.", "temperature", "invalid_type");
        if (value is not (>= 0 and <= 1)) throw new SandboxRefusal("Invalid 'temperature': it must be in 0 to 1.", "temperature", value < 0 ? "decimal_below_min_value" : "decimal_above_max_value");
    }

    private static bool Flag(SandboxForm form, string name) => form.Text(name) switch
    {
        null or "false" or "False" or "0" => false,
        "true" or "True" or "1" => true,
        _ => throw new SandboxRefusal($"Invalid type for '{name}': expected a boolean.", name, "invalid_type"),
    };
}
