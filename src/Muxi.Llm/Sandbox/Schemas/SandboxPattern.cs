using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Makes a text that a regular expression matches: literals, classes, groups, alternatives, quantifiers, back references. Looking around
/// and word edges are read over, so the caller checks what comes out.
/// </summary>
internal sealed class SandboxPattern
{
    private const int LongestMade = 10_000, DeepestGroup = 50, MostSteps = 100_000;
    private const string Usual = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ .,:/@";

    private readonly string _pattern;
    private readonly int _extra, _variant;
    private readonly List<string> _groups = [];
    private int _at, _depth, _steps;

    private SandboxPattern(string pattern, int extra, int variant) => (_pattern, _extra, _variant) = (pattern, extra, variant);

    /// <summary>A text of a length in these bounds; null when the pattern is beyond this class, or has none of that length.</summary>
    public static string? Matching(string pattern, int least, int most, int variant = 0)
    {
        for (var extra = 0; ; extra = extra < 256 ? extra + 1 : extra * 2)
        {
            var maker = new SandboxPattern(pattern, extra, variant);
            var text = maker.Alternatives();
            if (maker._at < pattern.Length || text.Length > Math.Min(most, LongestMade) || maker._depth != 0 || maker._steps > MostSteps)
                return null;
            if (text.Length >= least)
                return text;
            if (extra > LongestMade)
                return null;
        }
    }

    /// <summary>Whether the counts in braces, multiplied as if they were nested, come to more than a thousand.</summary>
    public static bool HasLargeCounts(string pattern)
    {
        var product = 1d;
        for (var at = pattern.IndexOf('{', StringComparison.Ordinal); at >= 0; at = pattern.IndexOf('{', at + 1))
            if (new SandboxPattern(pattern, 0, 0) { _at = at }.Braces() is var (least, most))
                product *= Math.Max(1, most == int.MaxValue ? least : most);
        return product > 1000;
    }

    private string Alternatives()
    {
        var options = new List<string> { Sequence() };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            options.Add(Sequence());
        }
        return options[_variant % options.Count];
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var start = _at;
            var groups = _groups.Count;
            var once = Atom(0);
            var count = Quantifier();
            for (var time = 0; time < count && text.Length <= LongestMade && ++_steps <= MostSteps; time++)
                text.Append(time == 0 ? once : Again(start, groups, time));
        }
        return text.ToString();
    }

    /// <summary>Reads the atom once more, for another of its characters.</summary>
    private string Again(int start, int groups, int time)
    {
        var after = _at;
        _groups.RemoveRange(groups, _groups.Count - groups);
        _at = start;
        var text = Atom(time);
        _at = after;
        return text;
    }

    private string Atom(int time)
    {
        var letter = _pattern[_at++];
        switch (letter)
        {
            case '^' or '$':
                return "";
            case '.':
                return Usual[(time + _variant) % 26].ToString();
            case '(':
                return Group();
            case '[':
                return Class(time);
            case '\\' when _at < _pattern.Length:
                return Escape(time);
            default:
                return letter.ToString();
        }
    }

    private string Group()
    {
        if (++_depth > DeepestGroup)
        {
            _at = _pattern.Length;
            return "";
        }
        var (isKept, isMade) = GroupKind();
        var number = _groups.Count;
        if (isKept)
            _groups.Add("");
        var text = Alternatives();
        if (isKept && number < _groups.Count)
            _groups[number] = text;
        if (_at < _pattern.Length && _pattern[_at] == ')')
        {
            _at++;
            _depth--;
        }
        return isMade ? text : "";
    }

    /// <summary>Reads what follows the bracket: whether the group has a number, and whether it stands for text at all.</summary>
    private (bool IsKept, bool IsMade) GroupKind()
    {
        if (_at >= _pattern.Length || _pattern[_at] != '?')
            return (true, true);
        _at++;
        var rest = _pattern.AsSpan(_at);
        if (rest.StartsWith(":"))
            _at++;
        else if (rest.StartsWith("=") || rest.StartsWith("!"))
            _at++;
        else if (rest.StartsWith("<=") || rest.StartsWith("<!"))
            _at += 2;
        else
        {
            var name = rest.IndexOf('>');
            _at += name + 1;
            return (true, true);
        }
        return (false, rest.StartsWith(":"));
    }

    private int Quantifier()
    {
        if (_at >= _pattern.Length)
            return 1;
        var (least, most) = _pattern[_at] switch
        {
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '?' => (0, 1),
            '{' when Braces() is { } bounds => bounds,
            _ => (1, -1),
        };
        if (most < 0)
            return 1;
        _at++;
        if (_at < _pattern.Length && _pattern[_at] is '?' or '+')
            _at++;
        // An optional piece is made at the first try too: a word is a better sample than nothing.
        var wanted = Math.Max(least, Math.Min(most, 1)) + _extra;
        return Math.Min(wanted, Math.Min(most, LongestMade));
    }

    /// <summary>Reads <c>{2}</c>, <c>{2,}</c>, <c>{2,5}</c> and stops at the closing brace; null when it is a brace and no more.</summary>
    private (int, int)? Braces()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
            return null;
        var parts = _pattern[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least))
            return null;
        var most = parts.Length == 1 ? least : parts[1].Length == 0 ? int.MaxValue
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1;
        if (most < 0)
            return null;
        _at = end;
        return (least, most);
    }

    private string Escape(int time)
    {
        var letter = _pattern[_at++];
        if (char.IsAsciiDigit(letter) && letter != '0')
            return letter - '1' < _groups.Count ? _groups[letter - '1'] : "";
        if (letter is 'b' or 'B' or 'A' or 'Z' or 'z')
            return "";
        return Pick(SandboxPatternClass.Escaped(_pattern, letter, ref _at), time);
    }

    private string Class(int time)
    {
        var set = SandboxPatternClass.Read(_pattern, ref _at);
        return Pick(set, time);
    }

    private string Pick(List<(char From, char To)> set, int time)
    {
        var size = set.Sum(range => range.To - range.From + 1);
        if (size <= 0)
            return "";
        var index = (time + _variant) % size;
        foreach (var (from, to) in set)
        {
            if (index <= to - from)
                return ((char)(from + index)).ToString();
            index -= to - from + 1;
        }
        return "";
    }

    /// <summary>What a class that excludes these may hold.</summary>
    public static List<(char, char)> Other(List<(char From, char To)> set) =>
        [.. Usual.Where(letter => !set.Exists(range => letter >= range.From && letter <= range.To)).Select(letter => (letter, letter))];
}

/// <summary>Character classes of regular expressions, as ranges.</summary>
internal static class SandboxPatternClass
{
    public static List<(char From, char To)> Read(string pattern, ref int at)
    {
        var set = new List<(char From, char To)>();
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated)
            at++;
        while (at < pattern.Length && pattern[at] != ']')
        {
            var part = One(pattern, ref at);
            if (part is [var (from, same)] && from == same && at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                var upper = One(pattern, ref at);
                part = upper is [var (to, _)] && to >= from ? [(from, to)] : [.. part, ('-', '-'), .. upper];
            }
            set.AddRange(part);
        }
        at++;
        return negated ? SandboxPattern.Other(set) : set;
    }

    /// <summary>What the escape of this letter stands for; <paramref name="at"/> is after the letter.</summary>
    public static List<(char From, char To)> Escaped(string pattern, char letter, ref int at) => letter switch
    {
        'd' => [('0', '9')],
        'w' => [('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        's' => [(' ', ' ')],
        'D' => SandboxPattern.Other([('0', '9')]),
        'W' => [(' ', ' '), ('-', '-')],
        'S' => [('a', 'z')],
        'n' => [('\n', '\n')],
        't' => [('\t', '\t')],
        'r' => [('\r', '\r')],
        'f' => [('\f', '\f')],
        'v' => [('\v', '\v')],
        '0' => [('\0', '\0')],
        'x' => Code(pattern, ref at, 2),
        'u' => Code(pattern, ref at, 4),
        'p' => Category(pattern, ref at),
        _ => [(letter, letter)],
    };

    private static List<(char From, char To)> One(string pattern, ref int at)
    {
        var letter = pattern[at++];
        return letter == '\\' && at < pattern.Length ? Escaped(pattern, pattern[at++], ref at) : [(letter, letter)];
    }

    private static List<(char From, char To)> Code(string pattern, ref int at, int digits)
    {
        if (at + digits > pattern.Length || !int.TryParse(pattern.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return [];
        at += digits;
        return [((char)code, (char)code)];
    }

    private static List<(char From, char To)> Category(string pattern, ref int at)
    {
        var end = pattern.IndexOf('}', at);
        if (end < 0)
            return [];
        var name = pattern[at..end].TrimStart('{');
        at = end + 1;
        return name switch
        {
            "Lu" => [('A', 'Z')],
            _ when name.StartsWith('N') => [('0', '9')],
            _ when name.StartsWith('P') => [('.', '.')],
            _ when name.StartsWith('Z') => [(' ', ' ')],
            _ => [('a', 'z')],
        };
    }
}
