using System.Globalization;
using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>A transcript as it is printed.</summary>
internal static class TranscriptText
{
    /// <summary>The forms that are printed as JSON, whole.</summary>
    public static readonly IReadOnlyList<string> JsonForms = ["json", "verbose_json", "diarized_json"];

    /// <summary>The form that a file's ending asks for; null for the plain text.</summary>
    public static string? FormOf(string? path) => Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".srt" => "srt",
        ".vtt" => "vtt",
        ".json" => "json",
        _ => null,
    };

    /// <summary>The text, with a line break at its end.</summary>
    public static string Plain(string text) => text.EndsWith('\n') ? text : text + "\n";

    /// <summary>What was timed, each in a line behind its times.</summary>
    public static string Timed(Transcription transcript)
    {
        var lines = new StringBuilder();
        foreach (var word in transcript.Words) Line(lines, word.Start, word.End, word.Word);
        // Words are finer; both together would say everything twice.
        if (transcript.Words.Count == 0)
            foreach (var segment in transcript.Segments) Line(lines, segment.Start, segment.End, segment.Text.Trim());
        return lines.Length > 0 ? lines.ToString() : Plain(transcript.Text);
    }

    private static void Line(StringBuilder lines, double start, double end, string text) => lines.Append(CultureInfo.InvariantCulture, $"{Time(start)} {Time(end)} {text}\n");

    private static string Time(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 359_999)).ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
}
