namespace Muxi.Llm;

/// <summary>A step of pre-tokenisation: it changes a text, or cuts it into pieces, each of which goes through the steps that follow for itself.</summary>
internal abstract class Cutting
{
    /// <summary>The changed text; null where it stays as it is.</summary>
    /// <param name="text">A piece of the steps before.</param>
    /// <param name="isFirst">Whether it begins where the whole text does.</param>
    public virtual string? Change(ReadOnlySpan<char> text, bool isFirst) => null;

    /// <summary>Goes to the next piece; false where there is none. Pieces may leave out parts of the text, but none is empty.</summary>
    public virtual bool Next(ReadOnlySpan<char> text, ref Cuts cuts)
    {
        (cuts.Start, cuts.End) = (cuts.End, text.Length);
        return cuts.Start < cuts.End;
    }

    /// <summary>Puts a text before each piece that does not begin with it.</summary>
    public sealed class Prefix(string prefix, bool firstAlone) : Cutting
    {
        public override string? Change(ReadOnlySpan<char> text, bool isFirst) =>
            text.IsEmpty || text.StartsWith(prefix, StringComparison.Ordinal) || (firstAlone && !isFirst) ? null : string.Concat(prefix, text);
    }

    /// <summary>Puts one text for another.</summary>
    public sealed class Replacement(string what, string with) : Cutting
    {
        private readonly Matcher _what = Matcher.OfText(what);

        public override string? Change(ReadOnlySpan<char> text, bool isFirst) => _what.Replace(text, with);
    }

    /// <summary>Spells bytes as characters, for what follows to see them so.</summary>
    public sealed class ByteSpelling : Cutting
    {
        public override string? Change(ReadOnlySpan<char> text, bool isFirst) => ByteAlphabet.Write(text);
    }
}

/// <summary>How far a text is cut.</summary>
internal struct Cuts
{
    /// <summary>Where the piece begins.</summary>
    public int Start;

    /// <summary>Where it ends.</summary>
    public int End;

    /// <summary>The matches of what is cut at.</summary>
    public Matches Matches;

    /// <summary>Whether a match was found and is not given yet, and whether none will be found.</summary>
    public bool IsFound, IsOver;

    /// <summary>How far the text is in parts.</summary>
    public int At;

    /// <summary>A part that was looked at and is not in a piece yet.</summary>
    public Part? Ahead;

    /// <summary>A part of a text: a match, or what stands between two.</summary>
    public readonly record struct Part(int Start, int End, bool IsMatch);
}
