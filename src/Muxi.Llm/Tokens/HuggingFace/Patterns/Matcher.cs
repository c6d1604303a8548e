using System.Text;

namespace Muxi.Llm;

/// <summary>Finds what a tokenizer file looks for in a text.</summary>
internal abstract class Matcher
{
    /// <summary>Finds the next match that begins at a place or behind it; it may be empty.</summary>
    public abstract bool Find(ReadOnlySpan<char> text, int from, out int start, out int end);

    /// <summary>A text as it is.</summary>
    public static Matcher OfText(string text) => text.Length == 0 ? new Expression("") : new Literal(text);

    /// <summary>A regular expression: the scanner that is written for it, or one that tries its ways.</summary>
    /// <exception cref="NotSupportedException">It has what we do not know.</exception>
    public static Matcher OfExpression(string pattern) => Scanners.Of(pattern) ?? new Expression(pattern);

    /// <summary>One character of a set.</summary>
    public static Matcher OfSet(ReadOnlySpan<(int From, int To)> ranges) => new Single(new(ranges, 0));

    /// <summary>What a part of a file names as its pattern.</summary>
    public static Matcher Of(JsonPart part)
    {
        var (text, isExpression) = part.Pattern();
        try
        {
            return isExpression ? OfExpression(text) : OfText(text);
        }
        catch (NotSupportedException e)
        {
            throw part.Refuse(e.Message, "alternatives, groups, looking ahead, sets, \\p{...}, quantifiers");
        }
    }

    /// <summary>What a part of a file names as its pattern, to be replaced by its content.</summary>
    public static Matcher OfReplacement(JsonPart part)
    {
        // Versions of the library differ in whether $1 in it stands for a group.
        if (part.Pattern().IsExpression && part.Text("content").Contains('$', StringComparison.Ordinal)) throw part.Refuse("a '$' in its content", "texts without it");
        return Of(part);
    }

    /// <summary>The text with each match replaced; null where there is none.</summary>
    public string? Replace(ReadOnlySpan<char> text, string with)
    {
        var matches = new Matches();
        StringBuilder? result = null;
        var written = 0;
        while (matches.Next(this, text))
        {
            result ??= new(text.Length + with.Length);
            result.Append(text[written..matches.Start]).Append(with);
            written = matches.End;
        }
        return result?.Append(text[written..]).ToString();
    }

    private sealed class Literal(string what) : Matcher
    {
        public override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
        {
            var at = text[from..].IndexOf(what);
            (start, end) = (from + at, from + at + what.Length);
            return at >= 0;
        }
    }

    private sealed class Single(CodePointSet set) : Matcher
    {
        public override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
        {
            for (start = from; start < text.Length; start = end)
            {
                Rune.DecodeFromUtf16(text[start..], out var rune, out var length);
                end = start + length;
                if (set.Contains(rune.Value)) return true;
            }
            end = start;
            return false;
        }
    }

    private sealed class Expression(string pattern) : Matcher
    {
        private readonly Pattern _pattern = new(pattern);

        public override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end) => _pattern.Find(text, from, out start, out end);
    }
}

/// <summary>The matches in a text, one after the other. An empty one right behind the last does not count.</summary>
internal struct Matches
{
    private int _from;
    private bool _isLater;

    /// <summary>Where the match begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public int End { get; private set; }

    /// <summary>Goes to the next match.</summary>
    public bool Next(Matcher matcher, ReadOnlySpan<char> text)
    {
        while (_from <= text.Length && matcher.Find(text, _from, out var start, out var end))
        {
            if (start == end && _isLater && end == End)
            {
                _from += _from + 1 < text.Length && char.IsSurrogatePair(text[_from], text[_from + 1]) ? 2 : 1;
                continue;
            }
            (Start, End, _from, _isLater) = (start, end, end, true);
            return true;
        }
        _from = text.Length + 1;
        return false;
    }
}
