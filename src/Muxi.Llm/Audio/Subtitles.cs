using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>Segments as subtitles.</summary>
internal static class Subtitles
{
    /// <summary>SubRip's form: a number, the times with a comma, the text, a blank line.</summary>
    public static string Srt(IReadOnlyList<TranscriptionSegment> segments)
    {
        Check(segments);
        var text = new StringBuilder();
        for (var i = 0; i < segments.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}\n{Time(segments[i].Start, ',')} --> {Time(segments[i].End, ',')}\n{Cue(segments[i])}\n\n");
        return text.ToString();
    }

    /// <summary>WebVTT's form: a heading, then the times with a point, the text, a blank line.</summary>
    /// <remarks>Source: WebVTT, W3C candidate recommendation of 2019-04-04, section 4.</remarks>
    public static string Vtt(IReadOnlyList<TranscriptionSegment> segments)
    {
        Check(segments);
        var text = new StringBuilder("WEBVTT\n\n");
        foreach (var segment in segments)
            text.Append(CultureInfo.InvariantCulture, $"{Time(segment.Start, '.')} --> {Time(segment.End, '.')}\n{Escaped(Cue(segment))}\n\n");
        return text.ToString();
    }

    private static void Check(IReadOnlyList<TranscriptionSegment> segments)
    {
        if (segments.Count == 0) throw new InvalidOperationException("There are no segments to make subtitles of: ask for the form verbose_json.");
    }

    /// <summary>The text without a blank line, which would end it, behind who says it.</summary>
    private static string Cue(TranscriptionSegment segment)
    {
        var lines = segment.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = string.Join('\n', lines).Replace("-->", "->", StringComparison.Ordinal);
        return segment.Speaker is { Length: > 0 } speaker ? $"{speaker}: {text}" : text;
    }

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Time(double seconds, char point)
    {
        var time = TimeSpan.FromMilliseconds(Math.Round(Math.Clamp(seconds, 0, 359_999) * 1000));
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}{point}{time.Milliseconds:000}");
    }
}
