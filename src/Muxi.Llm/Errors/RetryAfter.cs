using System.Globalization;

namespace Muxi.Llm;

/// <summary>Reads how long a provider asks us to wait, in whichever of the many ways it says so.</summary>
internal static class RetryAfter
{
    // Longer than any quota's period: a stamp in the wrong unit, not a wait.
    internal static readonly TimeSpan Absurd = TimeSpan.FromDays(31);

    private static readonly string[] Phrases =
        ["retry in ", "again in ", "retry after ", "again after ", "available in ", "wait for ", "wait ", "reset after ", "resets in "];

    /// <summary>
    /// The wait that the error asks for. The most exact source wins: <c>retry-after-ms</c>, <c>retry-after</c>, a delay in the body,
    /// the message's words, and on 429 and 503 the limits' reset headers. Null when nothing was said.
    /// </summary>
    /// <param name="headers">Not looked at on a good status: some providers send <c>retry-after</c> on every reply.</param>
    /// <param name="status">The HTTP status as it came.</param>
    /// <param name="now">For dates and stamps.</param>
    /// <param name="delay">A delay that the body names, e.g. Google's <c>RetryInfo.retryDelay</c>.</param>
    /// <param name="words">The error's text.</param>
    public static TimeSpan? Read(ReplyHeaders headers, int status, DateTimeOffset now, string? delay, string words)
    {
        var asked = status >= 400;
        TimeSpan? zero = null;
        // Azure sends `retry-after-ms: 0` beside `retry-after: 1` (2026): a zero is believed only when nothing else speaks.
        return Positive(asked ? Milliseconds(headers["retry-after-ms"]) : null)
            ?? Positive(asked ? Until(headers["retry-after"], now) : null)
            ?? Positive(Until(delay, now))
            ?? Positive(InWords(words))
            ?? Positive(status is 429 or 503 ? Reset(headers, now) : null)
            ?? zero;

        TimeSpan? Positive(TimeSpan? wait)
        {
            if (wait is null || wait > Absurd) return null;
            if (wait > TimeSpan.Zero) return wait;
            zero = TimeSpan.Zero;
            return null;
        }
    }

    /// <summary>
    /// Reads a length of time: seconds (<c>7</c>, <c>0.5</c>), Go's and protobuf's durations (<c>6m0s</c>, <c>12ms</c>, <c>34.4s</c>, <c>1h2m3s</c>),
    /// and words (<c>20 seconds</c>, <c>1 hour 3 minutes</c>). A negative one is zero.
    /// </summary>
    internal static bool TryParseDuration(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        var negative = rest is ['-', ..];
        if (negative || rest is ['+', ..]) rest = rest[1..];
        if (rest.IsEmpty || !char.IsAsciiDigit(rest[0]) && rest[0] != '.') return false;
        double seconds;
        if (Number(rest, out seconds) == rest.Length) { }
        else if (Units(rest, out seconds) != rest.Length) return false;
        if (!Fits(seconds)) return false;
        duration = negative ? TimeSpan.Zero : TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool Fits(double seconds) => seconds < TimeSpan.MaxValue.TotalSeconds / 2;

    private static TimeSpan? Milliseconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && Fits(Math.Abs(milliseconds) / 1000)
            ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>A duration, a stamp in Unix seconds or milliseconds, or a date.</summary>
    internal static TimeSpan? Until(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number switch
        {
            < 0 => TimeSpan.Zero,
            >= 1e14 => null,
            >= 1e11 => TimeSpan.FromMilliseconds(number) - (now - DateTimeOffset.UnixEpoch),
            >= 1e9 => TimeSpan.FromSeconds(number) - (now - DateTimeOffset.UnixEpoch),
            _ => TimeSpan.FromSeconds(number),
        };
        if (TryParseDuration(text, out var duration)) return duration;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var date) ? date - now : null;
    }

    /// <summary>"Please retry in 48.9s", "try again in 6m0s", "retry after 20 seconds". A number without a unit is not believed.</summary>
    private static TimeSpan? InWords(string words)
    {
        foreach (var phrase in Phrases)
            for (var at = words.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = words.IndexOf(phrase, at + phrase.Length, StringComparison.OrdinalIgnoreCase))
                if (Units(words.AsSpan(at + phrase.Length), out var seconds) > 0 && Fits(seconds)) return TimeSpan.FromSeconds(seconds);
        return null;
    }

    /// <summary>The wait for the limit that is spent (of several, the last to come back); where none says so, the shortest.</summary>
    private static TimeSpan? Reset(ReplyHeaders headers, DateTimeOffset now)
    {
        TimeSpan? spent = null, shortest = null;
        foreach (var limit in RateLimitHeaders.Read(headers.All, now, [])?.All ?? [])
        {
            if (limit.Reset is not { } wait) continue;
            if (limit.Remaining <= 0 && (spent is null || wait > spent)) spent = wait;
            if (wait > TimeSpan.Zero && (shortest is null || wait < shortest)) shortest = wait;
        }
        return spent > TimeSpan.Zero ? spent : shortest;
    }

    /// <summary>Reads a plain decimal number; gives its length in characters, 0 for none.</summary>
    private static int Number(ReadOnlySpan<char> text, out double value)
    {
        var end = 0;
        var dot = false;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' && !dot)) dot |= text[end++] == '.';
        if (end > 0 && text[end - 1] == '.') end--;
        value = 0;
        return end > 0 && double.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) ? end : 0;
    }

    /// <summary>Reads numbers with units, one after the other; gives how many characters they took, 0 for none.</summary>
    private static int Units(ReadOnlySpan<char> text, out double seconds)
    {
        seconds = 0;
        var taken = 0;
        for (var at = 0; ;)
        {
            var digits = Number(text[at..], out var value);
            if (digits == 0) return taken;
            at = Spaces(text, at + digits);
            var letters = at;
            while (letters < text.Length && char.IsLetter(text[letters])) letters++;
            if (Unit(text[at..letters]) is not { } unit) return taken;
            seconds += value * unit;
            taken = letters;
            at = Spaces(text, letters);
            if (text[at..].StartsWith("and ", StringComparison.OrdinalIgnoreCase)) at += 4;
        }
    }

    private static int Spaces(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or ',') at++;
        return at;
    }

    private static double? Unit(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[name.Length > 16 ? 0 : name.Length];
        name[..lower.Length].ToLowerInvariant(lower);
        return lower switch
        {
            "s" or "sec" or "secs" or "second" or "seconds" => 1,
            "ms" or "millis" or "millisecond" or "milliseconds" => 1e-3,
            "us" or "µs" or "μs" => 1e-6,
            "ns" => 1e-9,
            "m" or "min" or "mins" or "minute" or "minutes" => 60,
            "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
            "d" or "day" or "days" => 86400,
            _ => null,
        };
    }
}
