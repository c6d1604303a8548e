using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Reads the regular expressions of tokenizer files: Oniguruma's with Ruby's syntax, as far as such files use it. What it does not know it refuses by name
/// (<see cref="NotSupportedException"/>): back references, looking behind, names of characters, conditions.
/// </summary>
internal sealed class PatternParser(string pattern)
{
    private const int DeepestGroup = 100, MostRepeats = 10;

    private int _at;
    private int _depth;
    private bool _ignoresCase;
    private bool _dotIsAnything;

    private bool IsAtEnd => _at == pattern.Length;

    /// <summary>The whole pattern.</summary>
    public PatternNode Parse()
    {
        var node = Choice();
        return IsAtEnd ? node : throw Lacks($"')' without '(' at {_at}");
    }

    private PatternNode Choice()
    {
        if (++_depth > DeepestGroup) throw Lacks("groups more than 100 deep");
        var (ignoresCase, dotIsAnything) = (_ignoresCase, _dotIsAnything);
        List<PatternNode> parts = [Row()];
        while (TryTake('|')) parts.Add(Row());
        (_ignoresCase, _dotIsAnything) = (ignoresCase, dotIsAnything);
        _depth--;
        return parts is [var one] ? one : new PatternNode.Choice(parts);
    }

    private PatternNode Row()
    {
        var parts = new List<PatternNode>();
        while (!IsAtEnd && pattern[_at] is not ('|' or ')')) parts.Add(Repeated(Atom()));
        return parts is [var one] ? one : new PatternNode.Row(parts);
    }

    private PatternNode Repeated(PatternNode node)
    {
        for (var repeats = 0; ; repeats++)
        {
            var isInterval = !IsAtEnd && pattern[_at] == '{';
            if (Count() is not var (least, most)) return node;
            if (repeats == MostRepeats) throw Lacks("more than 10 repetitions one of another");
            // In this syntax a plus after an interval repeats it again, and so does a question mark after {n}; after the others they make them possessive and lazy.
            var greed = !(isInterval && least == most) && TryTake('?') ? Greed.Lazy : !isInterval && TryTake('+') ? Greed.Possessive : Greed.Greedy;
            if (node.MayBeEmpty) throw Lacks("a repetition of what may be empty");
            if (least > most) throw Lacks($"{{{least},{most}}}");
            node = new PatternNode.Repeat(node, least, most, greed);
        }
    }

    private (int Least, int Most)? Count()
    {
        if (TryTake('*')) return (0, PatternNode.Repeat.Unbounded);
        if (TryTake('+')) return (1, PatternNode.Repeat.Unbounded);
        if (TryTake('?')) return (0, 1);
        var start = _at;
        if (!TryTake('{')) return null;
        var least = Digits();
        var most = TryTake(',') ? Digits() : least;
        if ((least ?? most) is not null && TryTake('}')) return (least ?? 0, most ?? PatternNode.Repeat.Unbounded);
        // Braces that hold no numbers stand for themselves.
        _at = start;
        return null;
    }

    private int? Digits()
    {
        var start = _at;
        while (!IsAtEnd && char.IsAsciiDigit(pattern[_at])) _at++;
        if (start == _at) return null;
        return _at - start <= 5 ? int.Parse(pattern.AsSpan(start, _at - start), CultureInfo.InvariantCulture) : throw Lacks($"the number {pattern[start.._at]}");
    }

    private PatternNode Atom()
    {
        var code = Take();
        return code switch
        {
            '(' => Group(),
            '[' => new PatternNode.One(Class()),
            '.' => new PatternNode.One(_dotIsAnything ? CodePointSet.Anything : CodePointSet.NoLineFeed),
            '^' => new PatternNode.Place(PatternPlace.LineBeginning),
            '$' => new PatternNode.Place(PatternPlace.LineEnd),
            '\\' => Escape(),
            '*' or '+' or '?' => throw Lacks($"'{(char)code}' with nothing to repeat at {_at - 1}"),
            _ => Literal(code),
        };
    }

    private PatternNode Literal(int code)
    {
        // Some letters are two in another case: the sharp s, ligatures, some of Greek with accents.
        if (_ignoresCase && code is (0xDF or 0x130 or 0x149 or 0x1F0 or 0x390 or 0x3B0 or 0x587 or (>= 0x1E96 and <= 0x1E9E) or (>= 0x1F50 and <= 0x1FFC) or (>= 0xFB00 and <= 0xFB17)))
            throw Lacks($"(?i) with '{char.ConvertFromUtf32(code)}'");
        return new PatternNode.One(CodePointSet.Of(code, _ignoresCase));
    }

    private PatternNode Group()
    {
        var (ignoresCase, dotIsAnything) = (_ignoresCase, _dotIsAnything);
        PatternNode node;
        if (!TryTake("?")) node = Choice();
        else if (TryTake(":")) node = Choice();
        else if (TryTake("=")) node = new PatternNode.Look(Choice(), false);
        else if (TryTake("!")) node = new PatternNode.Look(Choice(), true);
        else if (TryTake(">")) node = new PatternNode.Atomic(Choice());
        else return Options();
        if (!TryTake(')')) throw Lacks("'(' without ')'");
        (_ignoresCase, _dotIsAnything) = (ignoresCase, dotIsAnything);
        return node;
    }

    // (?i:...), and (?i) for the rest of the group.
    private PatternNode Options()
    {
        var (ignoresCase, dotIsAnything) = (_ignoresCase, _dotIsAnything);
        var start = _at;
        var on = true;
        while (!IsAtEnd && pattern[_at] is 'i' or 'm' or '-')
        {
            var option = pattern[_at++];
            if (option == '-') on = false;
            else if (option == 'i') _ignoresCase = on;
            else _dotIsAnything = on;
        }
        if (TryTake(':'))
        {
            var node = Choice();
            if (!TryTake(')')) throw Lacks("'(' without ')'");
            (_ignoresCase, _dotIsAnything) = (ignoresCase, dotIsAnything);
            return node;
        }
        if (_at == start || !TryTake(')')) throw Lacks($"(?{pattern.AsSpan(start, Math.Min(4, pattern.Length - start))}");
        return Choice();
    }

    private PatternNode Escape()
    {
        if (IsAtEnd) throw Lacks("a backslash at its end");
        var start = _at;
        var place = pattern[_at] switch
        {
            'A' => PatternPlace.Beginning,
            'z' => PatternPlace.End,
            'Z' => PatternPlace.EndOfText,
            'b' => PatternPlace.WordBorder,
            'B' => PatternPlace.NoWordBorder,
            _ => (PatternPlace?)null,
        };
        if (place is { } kind)
        {
            _at++;
            return new PatternNode.Place(kind);
        }
        if (TrySet(CodePointSet.LoneWord) is { } set) return new PatternNode.One(set);
        _at = start;
        return Literal(EscapedCode());
    }

    // A set behind a backslash; null where a single character stands there.
    private CodePointSet? TrySet(CodePointSet word)
    {
        var letter = pattern[_at++];
        switch (letter)
        {
            case 's' or 'S':
                return letter == 's' ? CodePointSet.Space : CodePointSet.Space.Negated();
            case 'd' or 'D':
                return letter == 'd' ? CodePointSet.Digit : CodePointSet.Digit.Negated();
            case 'w' or 'W':
                return letter == 'w' ? word : word.Negated();
            case 'h' or 'H':
                return letter == 'h' ? CodePointSet.HexDigit : CodePointSet.HexDigit.Negated();
            case 'p' or 'P':
                return Property(letter == 'P');
            default:
                return null;
        }
    }

    private CodePointSet Property(bool isNegated)
    {
        var end = IsAtEnd || pattern[_at] != '{' ? -1 : pattern.IndexOf('}', _at);
        if (end < 0) throw Lacks("\\p without {name}");
        var name = pattern[(_at + 1)..end];
        _at = end + 1;
        var bare = name.TrimStart('^');
        return CodePointSet.OfProperty(bare, isNegated != name.Length > bare.Length) ?? throw Lacks($"\\p{{{name}}}");
    }

    private int EscapedCode()
    {
        var code = Take();
        switch (code)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case '0':
                return 0;
            case 'u':
                return Hex(4);
            case 'x':
                return TryTake('{') ? HexInBraces() : Hex(2);
            default:
                return code < 0x80 && char.IsAsciiLetterOrDigit((char)code) ? throw Lacks($"\\{(char)code}") : code;
        }
    }

    private int Hex(int length)
    {
        if (_at + length <= pattern.Length && int.TryParse(pattern.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            _at += length;
            return code;
        }
        throw Lacks($"a code without {length} digits at {_at}");
    }

    private int HexInBraces()
    {
        var end = pattern.IndexOf('}', _at);
        var code = end > _at && end - _at <= 6 ? Hex(end - _at) : throw Lacks("\\x{ without a code");
        _at++;
        return code;
    }

    // [...], behind its bracket.
    private CodePointSet Class()
    {
        if (++_depth > DeepestGroup) throw Lacks("classes more than 100 deep");
        var isNegated = TryTake('^');
        var within = new List<CodePointSet>();
        var (ranges, parts) = (new List<(int, int)>(), new List<CodePointSet>());
        for (var isFirst = true; ; isFirst = false)
        {
            if (IsAtEnd) throw Lacks("'[' without ']'");
            if (!isFirst && TryTake(']')) break;
            if (isFirst && TryTake(']')) throw Lacks("an empty class");
            if (TryTake("&&"))
            {
                within.Add(Union(ranges, parts));
                (ranges, parts) = ([], []);
                isFirst = true;
                continue;
            }
            Member(ranges, parts);
        }
        _depth--;
        var last = Union(ranges, parts);
        if (within.Count == 0) return isNegated ? last.Negated() : last;
        return new([], 0, new(Within: [.. within, last], IsNegated: isNegated));
    }

    private CodePointSet Union(List<(int, int)> ranges, List<CodePointSet> parts)
    {
        ranges.Sort();
        return ranges.Count == 0 && parts is [var one] ? one : new([.. Joined(ranges)], 0, new([.. parts], IgnoresCase: _ignoresCase));
    }

    // Ranges that touch or overlap as one.
    private static List<(int, int)> Joined(List<(int From, int To)> ranges)
    {
        var joined = new List<(int From, int To)>();
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && range.From <= joined[^1].To + 1) joined[^1] = (joined[^1].From, Math.Max(joined[^1].To, range.To));
            else joined.Add(range);
        }
        return joined;
    }

    private void Member(List<(int, int)> ranges, List<CodePointSet> parts)
    {
        if (TryTake("[:")) throw Lacks("[:name:]");
        if (TryTake('['))
        {
            parts.Add(Class());
            return;
        }
        if (TryTake('\\'))
        {
            if (IsAtEnd) throw Lacks("a backslash at its end");
            var start = _at;
            if (TrySet(CodePointSet.Word) is { } set)
            {
                parts.Add(set);
                return;
            }
            _at = start;
            AddRange(pattern[_at] == 'b' && ++_at > 0 ? '\b' : EscapedCode(), ranges);
            return;
        }
        AddRange(Take(), ranges);
    }

    private void AddRange(int from, List<(int, int)> ranges)
    {
        var to = from;
        if (_at + 1 < pattern.Length && pattern[_at] == '-' && pattern[_at + 1] is not (']' or '['))
        {
            _at++;
            to = TryTake('\\') ? EscapedCode() : Take();
            if (to < from) throw Lacks("a range that ends before it begins");
        }
        ranges.Add((from, to));
    }

    private int Take()
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(_at), out var rune, out var length);
        _at += length;
        return rune.Value;
    }

    private bool TryTake(char wanted)
    {
        if (IsAtEnd || pattern[_at] != wanted) return false;
        _at++;
        return true;
    }

    private bool TryTake(string wanted)
    {
        if (!pattern.AsSpan(_at).StartsWith(wanted, StringComparison.Ordinal)) return false;
        _at += wanted.Length;
        return true;
    }

    private NotSupportedException Lacks(string what) => new($"{ErrorText.Cut(what, 100)} in the pattern {ErrorText.Cut(pattern, 300)}");
}
