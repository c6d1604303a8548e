using System.Runtime.InteropServices;
using System.Text;

namespace Muxi.Llm;

/// <summary>The four normal forms of Unicode (UAX 15), by <see cref="CharacterFacts"/>.</summary>
/// <param name="compatible">Whether characters that only look otherwise become the plain ones (NFKC, NFKD).</param>
/// <param name="composes">Whether what can be one character becomes one (NFC, NFKC).</param>
internal sealed class NormalForm(bool compatible, bool composes) : Normalizer
{
    // Hangul syllables are made of up to three parts by arithmetic (Unicode, section 3.12).
    private const int Syllables = 0xAC00, SyllableCount = 11172, Leads = 0x1100, LeadCount = 19, Vowels = 0x1161, VowelCount = 21, Trails = 0x11A7, TrailCount = 28;

    // Below these nothing is normalized: U+0300 is the first mark, U+00C0 the first that decomposes, U+00A0 the first with a plainer twin.
    private readonly char _first = compatible ? '\u00A0' : composes ? '\u0300' : '\u00C0';

    public override string? Change(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyInRange(_first, '\uFFFF');
        if (start < 0) return null;
        // What comes before may take in a mark that follows.
        start = Math.Max(0, start - 1);
        var codes = new List<int>(text.Length - start);
        foreach (var rune in text[start..].EnumerateRunes()) Decompose(rune.Value, codes);
        var all = CollectionsMarshal.AsSpan(codes);
        var orders = new int[all.Length];
        for (var at = 0; at < all.Length; at++) orders[at] = CharacterFacts.All.Order(all[at]);
        Sort(all, orders);
        if (composes) all = all[..Compose(all, orders)];
        var result = new StringBuilder(text.Length);
        result.Append(text[..start]);
        foreach (var code in all)
        {
            if (code <= char.MaxValue) result.Append((char)code);
            else result.Append(char.ConvertFromUtf32(code));
        }
        return result.ToString();
    }

    private void Decompose(int code, List<int> to)
    {
        var syllable = code - Syllables;
        if (code < _first && code < 0xC0)
        {
            to.Add(code);
        }
        else if ((uint)syllable < SyllableCount)
        {
            to.Add(Leads + syllable / (VowelCount * TrailCount));
            to.Add(Vowels + syllable / TrailCount % VowelCount);
            if (syllable % TrailCount is > 0 and var trail) to.Add(Trails + trail);
        }
        else if (CharacterFacts.All.Decomposed(code, compatible) is { } parts)
        {
            foreach (var part in parts.EnumerateRunes()) Decompose(part.Value, to);
        }
        else
        {
            to.Add(code);
        }
    }

    // Puts each run of marks in the order of their classes; those of one class stay as they are.
    private static void Sort(Span<int> codes, Span<int> orders)
    {
        for (var from = 0; from < codes.Length; from++)
        {
            if (orders[from] == 0) continue;
            var to = from + 1;
            var isSorted = true;
            for (; to < codes.Length && orders[to] > 0; to++) isSorted &= orders[to] >= orders[to - 1];
            if (!isSorted) SortRun(codes[from..to], orders[from..to]);
            from = to;
        }
    }

    private static void SortRun(Span<int> codes, Span<int> orders)
    {
        var keys = new long[codes.Length];
        for (var at = 0; at < keys.Length; at++) keys[at] = ((long)orders[at] << 32) | (uint)at;
        Array.Sort(keys);
        var before = codes.ToArray();
        for (var at = 0; at < keys.Length; at++) (codes[at], orders[at]) = (before[(int)keys[at]], (int)(keys[at] >> 32));
    }

    // Each character joins the last that stands for itself, unless one between them is of its own class or a later one.
    private static int Compose(Span<int> codes, Span<int> orders)
    {
        var (starter, last, written) = (-1, 0, 0);
        for (var at = 0; at < codes.Length; at++)
        {
            var isNext = starter >= 0 && (starter == written - 1 || (last > 0 && last < orders[at]));
            if (isNext && Compose(codes[starter], codes[at]) is > 0 and var composed)
            {
                codes[starter] = composed;
                continue;
            }
            if (orders[at] == 0) starter = written;
            last = orders[at];
            codes[written++] = codes[at];
        }
        return written;
    }

    private static int Compose(int first, int second)
    {
        var (lead, vowel) = (first - Leads, second - Vowels);
        if ((uint)lead < LeadCount && (uint)vowel < VowelCount) return Syllables + (lead * VowelCount + vowel) * TrailCount;
        var (syllable, trail) = (first - Syllables, second - Trails);
        if ((uint)syllable < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount) return first + trail;
        return CharacterFacts.All.Composed(first, second);
    }
}
