using System.Globalization;

namespace Muxi.Llm;

/// <summary>
/// Reads the limits that a reply's headers tell. There is no list of names: services put one together of the same few words, so it is taken apart. Beside some letters of
/// the vendor's before <c>ratelimit</c> it holds an aspect (limit, remaining, reset) and the name of what is limited, in either order.
/// <code>
///   x-ratelimit-remaining-tokens: 149984        anthropic-ratelimit-input-tokens-reset: 2026-08-19T14:34:11Z
///   x-ratelimit-limit-req-minute: 60            x-ratelimit-reset: 1754667660000
///   ratelimit: "api";r=978;t=131                ratelimit-policy: "fixed window";"api";q=1000;w=300
/// </code>
/// </summary>
internal static class RateLimitHeaders
{
    private enum Kind
    {
        Other,
        Requests,
        Tokens,
        InputTokens,
        OutputTokens,
    }

    /// <summary>Names of another build: Cohere's, on every reply of its API (2024 to 2026); its page calls the trial's calls those of a minute.</summary>
    private static readonly (string Header, string Name)[] _others = [("x-trial-endpoint-call-limit", "calls-minute"), ("x-endpoint-monthly-call-limit", "calls-month")];

    /// <summary>What the headers tell; null where they tell nothing of limits.</summary>
    /// <param name="headers">All headers of the reply; names in any case.</param>
    /// <param name="now">When they came.</param>
    /// <param name="secrets">What must not show in a name: some stand in a header's value, which is the service's to write.</param>
    public static RateLimits? Read(IEnumerable<KeyValuePair<string, string>> headers, DateTimeOffset now, IReadOnlyList<string> secrets)
    {
        List<Draft>? drafts = null;
        foreach (var (name, value) in headers)
            if (name.Contains("limit", StringComparison.OrdinalIgnoreCase)) Take(drafts ??= [], name.ToLowerInvariant(), value);
        if (drafts is null) return null;
        var all = drafts.Select(draft => (draft.Kind, Limit: draft.ToLimit(now, secrets)!)).Where(static one => one.Limit is not null).ToList();
        return all.Count == 0 ? null : new()
        {
            Requests = Least(Kind.Requests), Tokens = Least(Kind.Tokens), InputTokens = Least(Kind.InputTokens), OutputTokens = Least(Kind.OutputTokens), All = [.. all.Select(static one => one.Limit)],
        };

        RateLimit? Least(Kind kind) =>
            all.Where(one => one.Kind == kind).Select(static one => one.Limit).OrderBy(static limit => limit.Remaining ?? long.MaxValue).ThenBy(static limit => limit.Name.Length).FirstOrDefault();
    }

    private static void Take(List<Draft> drafts, string header, string value)
    {
        switch (header)
        {
            case "ratelimit" or "x-ratelimit" or "ratelimit-policy" or "x-ratelimit-policy":
                TakeFields(drafts, value);
                return;
            case var _ when Array.Find(_others, other => other.Header == header) is { Name: { } name }:
                Named(drafts, name).Limit ??= Count(value);
                return;
        }
        var words = header.Replace("rate-limit", "ratelimit", StringComparison.Ordinal).Split('-');
        var mark = Array.FindIndex(words, static word => word.StartsWith("ratelimit", StringComparison.Ordinal) || word.StartsWith("tokenlimit", StringComparison.Ordinal));
        // A gateway tells the limits of whom it asked under names of its own beside its own limits (LiteLLM's llm_provider-x-ratelimit-...).
        if (mark < 0 || (mark > 0 && words[0].Contains('_', StringComparison.Ordinal))) return;
        var aspect = Array.FindIndex(words, mark + 1, static word => word is "limit" or "remaining" or "reset" or "renewalperiod");
        if (aspect < 0) return;
        var of = words[mark] == "tokenlimit" ? "tokens" : words[mark]["ratelimit".Length..];
        var what = string.Join('-', words.Where((_, at) => at > mark && at != aspect).Prepend(of).Where(static word => word.Length > 0));
        Named(drafts, what.Length == 0 ? "requests" : what).Take(words[aspect], value);
    }

    /// <summary>
    /// The fields of the IETF's drafts: <c>"default";q=100;w=60</c> and <c>"default";r=50;t=30</c> (08 and later; some send another text before the name),
    /// <c>limit=100, remaining=50, reset=30</c> and <c>100;w=60</c> (07).
    /// </summary>
    private static void TakeFields(List<Draft> drafts, string value)
    {
        foreach (var item in Split(value, ','))
        {
            var parts = Split(item, ';');
            var name = parts.LastOrDefault(static part => part is ['"', ..])?.Trim('"').ToLowerInvariant();
            var members = parts.Select(static part => part.Split('=', 2, StringSplitOptions.TrimEntries)).Where(static pair => pair.Length == 2).ToList();
            var unit = members.Find(static pair => pair[0] == "qu")?[1].Trim('"').ToLowerInvariant();
            var isOld = name is null && parts is [var first, ..] && (Count(first) is not null || first.Split('=')[0].Trim() is "limit" or "remaining" or "reset");
            if (name is null && !isOld) continue;
            var draft = Named(drafts, name ?? "requests");
            if (isOld) draft.Limit ??= Count(parts[0]);
            // Requests are meant unless something else is said.
            if (unit is not null) draft.Kind = KindOf(unit);
            else if (draft.Kind == Kind.Other) draft.Kind = Kind.Requests;
            foreach (var pair in members) draft.Take(pair[0] switch { "q" or "limit" => "limit", "r" or "remaining" => "remaining", "t" or "reset" => "reset", "w" => "renewalperiod", _ => "" }, pair[1]);
        }
    }

    /// <summary>Cuts at a sign outside of quotes.</summary>
    private static List<string> Split(string text, char at)
    {
        var (parts, from, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"') isQuoted = !isQuoted;
            if (i < text.Length && (text[i] != at || isQuoted)) continue;
            parts.Add(text[from..i].Trim());
            from = i + 1;
        }
        return parts;
    }

    private static Draft Named(List<Draft> drafts, string name)
    {
        if (drafts.Find(draft => draft.Name == name) is { } known) return known;
        var draft = new Draft(name);
        drafts.Add(draft);
        return draft;
    }

    /// <summary>The number that a value begins with; null for none and for one below zero, by which Azure says that it does not know (2025).</summary>
    private static long? Count(string value)
    {
        var text = value.AsSpan().Trim();
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static Kind KindOf(string name)
    {
        var words = name.Split('-', '_', ' ');
        if (words.Any(static word => word.StartsWith("token", StringComparison.Ordinal)))
            return words.Any(static word => word is "input" or "prompt") ? Kind.InputTokens : words.Any(static word => word is "output" or "generated" or "completion") ? Kind.OutputTokens : Kind.Tokens;
        return words.Any(static word => word is "requests" or "request" or "req" or "calls") || words.All(static word => Unit(word) is not null || Count(word) is not null) ? Kind.Requests : Kind.Other;
    }

    private static TimeSpan? Unit(string word) => word switch
    {
        "second" => TimeSpan.FromSeconds(1),
        "minute" => TimeSpan.FromMinutes(1),
        "hour" => TimeSpan.FromHours(1),
        "day" => TimeSpan.FromDays(1),
        "month" => TimeSpan.FromDays(30),
        _ => null,
    };

    /// <summary>A limit while its headers are gathered.</summary>
    private sealed class Draft(string name)
    {
        private long? _remaining;
        private string? _reset;
        private TimeSpan? _period;

        public string Name => name;

        public long? Limit { get; set; }

        /// <summary>What is counted, by its name unless something else says so.</summary>
        public Kind Kind { get; set; } = KindOf(name);

        public void Take(string aspect, string value)
        {
            switch (aspect)
            {
                case "limit":
                    Limit ??= Count(value);
                    break;
                case "remaining":
                    _remaining ??= Count(value);
                    break;
                case "reset":
                    _reset ??= value;
                    break;
                case "renewalperiod":
                    _period ??= Count(value) is > 0 and < 100_000_000 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
                    break;
            }
        }

        /// <summary>The limit; null where nothing of it can be read.</summary>
        public RateLimit? ToLimit(DateTimeOffset now, IReadOnlyList<string> secrets)
        {
            var reset = Reset(now);
            return (Limit ?? _remaining) is null && reset is null ? null : new(Redaction.Redact(name, secrets))
            {
                Limit = Limit, Remaining = _remaining, Reset = reset, ResetsAt = now + reset, Period = _period ?? PeriodInName(),
            };
        }

        private TimeSpan? PeriodInName()
        {
            var words = name.Split('-');
            var number = words is [.., var before, _] ? Count(before) : null;
            return Unit(words[^1]) * (number is > 0 and < 1000 ? number.Value : 1);
        }

        private TimeSpan? Reset(DateTimeOffset now)
        {
            if (RetryAfter.Until(_reset, now) is not { } reset || reset > RetryAfter.Absurd) return null;
            return reset <= TimeSpan.Zero ? TimeSpan.Zero : IsInMilliseconds(reset) ? reset / 1000 : reset;
        }

        /// <summary>
        /// Beside a renewal period a whole number may be milliseconds: Azure said 500 where one of 120 requests in 60 s was used, and 7 where 14 of 120,000 tokens were (2026). So the
        /// unit is the one that comes nearer to a limit which fills up evenly.
        /// </summary>
        private bool IsInMilliseconds(TimeSpan asSeconds)
        {
            if (_period is not { } period || !long.TryParse(_reset, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
            if (asSeconds > period) return true;
            if (Limit is not > 0 || _remaining is not { } left || left >= Limit) return false;
            var due = period * ((double)(Limit.Value - left) / Limit.Value);
            return asSeconds / due > due / (asSeconds / 1000);
        }
    }
}
