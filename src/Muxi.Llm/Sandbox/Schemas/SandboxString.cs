using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Makes strings that a schema allows.</summary>
internal static class SandboxString
{
    private const int LongestMade = 100_000;

    // For patterns that are beyond the generator, e.g. passwords described by lookaheads.
    private static readonly string[] Guesses =
        ["Sandbox-2026!", "a", "A", "0", "1", "abc", "ABC", "123", "a1", "A1", "sandbox", "1.0.0", "2026-01-01", "+15550100", "#aabbcc", "sandbox@example.com", "https://example.com/", ""];

    public static string Of(SandboxFacts facts, SandboxHints hints, SandboxPlace place, Func<string, bool> accepts)
    {
        var least = (int)Math.Clamp(facts.Least("minLength") ?? 0, 0, LongestMade);
        var most = (int)Math.Clamp(facts.Most("maxLength") ?? LongestMade, 0, LongestMade);
        var format = facts.Values("format").Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => Sample(value.GetString()!, place.Variant)).FirstOrDefault(sample => sample is not null);
        if (format is not null && accepts(format))
            return format;
        foreach (var pattern in facts.Values("pattern").Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!))
            if (Varied(pattern, least, most, place.Variant, accepts) is { } match)
                return match;
        if (facts.Values("pattern").Any())
            return Array.Find(Guesses, guess => accepts(guess)) ?? hints.Words(place) ?? "";
        return Fit(hints.Words(place) ?? Words(place), least, most, place.Variant);
    }

    private static string? Varied(string pattern, int least, int most, int variant, Func<string, bool> accepts) =>
        new[] { variant, 0 }.Select(one => SandboxPattern.Matching(pattern, least, most, one)).FirstOrDefault(made => made is not null && accepts(made));

    private static string Words(SandboxPlace place)
    {
        var name = place.Name.Length == 0 ? "sandbox" : "sandbox " + place.Name;
        return place.Variant == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {place.Variant + 1}");
    }

    /// <summary>Cuts or lengthens by code points, which is what JSON schema counts. What tells variants apart stays at the end.</summary>
    private static string Fit(string text, int least, int most, int variant)
    {
        var runes = text.EnumerateRunes().ToList();
        if (runes.Count > most)
        {
            var tail = variant == 0 ? [] : variant.ToString(CultureInfo.InvariantCulture).EnumerateRunes().Take(most).ToList();
            runes = [.. runes.Take(most - tail.Count), .. tail];
        }
        while (runes.Count < least)
            runes.Add(new('.'));
        return string.Concat(runes);
    }

    private static string? Sample(string format, int variant)
    {
        var number = (variant % 28) + 1;
        var two = number.ToString("00", CultureInfo.InvariantCulture);
        return format switch
        {
            "date-time" => $"2026-01-{two}T12:00:00Z",
            "date" => $"2026-01-{two}",
            "time" => $"12:{two}:00Z",
            "duration" => $"P{number}D",
            "email" or "idn-email" => $"sandbox{number}@example.com",
            "hostname" or "idn-hostname" => $"host{number}.example.com",
            "ipv4" => $"192.0.2.{number}",
            "ipv6" => $"2001:db8::{number}",
            "uuid" => $"00000000-0000-4000-8000-0000000000{two}",
            "uri" or "iri" or "url" or "uri-reference" or "iri-reference" => $"https://example.com/{number}",
            "uri-template" => $"https://example.com/{number}/{{id}}",
            "json-pointer" => $"/{number}",
            "relative-json-pointer" => $"{number}/sandbox",
            "regex" => $"^sandbox{number}$",
            "byte" or "binary" => "c2FuZGJveA==",
            _ => null,
        };
    }
}
