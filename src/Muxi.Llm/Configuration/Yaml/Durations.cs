using System.Globalization;

namespace Muxi.Llm;

/// <summary>Times as people write them: <c>15s</c>, <c>2m</c>, <c>500ms</c>, <c>1h</c>, <c>1m30s</c>.</summary>
internal static class Durations
{
    /// <summary>The time; null where the text is none.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 40) return null;
        var total = 0.0;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits >= 0 && rest[digits] == '.') digits = rest[(digits + 1)..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var more ? digits + 1 + more : -1;
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9') is >= 0 and var next ? next : rest.Length;
            if (Unit(rest[..letters]) is not { } milliseconds) return null;
            total += number * milliseconds;
            rest = rest[letters..];
        }
        return total <= TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(total) : null;
    }

    /// <summary>The time in that form.</summary>
    public static string Text(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan) return "none";
        if (time.TotalSeconds < 1 && time != TimeSpan.Zero) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms");
        if (time.TotalMinutes >= 1 && time.TotalSeconds % 60 == 0) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0}m");
        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");
    }

    private static double? Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => null,
    };
}
