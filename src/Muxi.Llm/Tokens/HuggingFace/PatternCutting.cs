namespace Muxi.Llm;

/// <summary>Cuts at what it finds.</summary>
/// <param name="what">What it looks for.</param>
/// <param name="ends">What becomes of it.</param>
/// <param name="inverts">Whether what is not found counts as found, and the other way about.</param>
internal sealed class PatternCutting(Matcher what, SplitEnds ends, bool inverts) : Cutting
{
    /// <summary>Whether its pieces joined are the text.</summary>
    public bool KeepsAll => ends != SplitEnds.Removed;

    public override bool Next(ReadOnlySpan<char> text, ref Cuts cuts)
    {
        while (Take(text, ref cuts) is { } part)
        {
            (cuts.Start, cuts.End) = (part.Start, part.End);
            if (part.IsMatch && ends == SplitEnds.Removed) continue;
            Extend(text, ref cuts, part.IsMatch);
            if (cuts.Start < cuts.End) return true;
        }
        return false;
    }

    /// <summary>What the name of a behavior stands for; null of an unknown one.</summary>
    public static SplitEnds? Ends(string behavior) => behavior switch
    {
        "Removed" => SplitEnds.Removed,
        "Isolated" => SplitEnds.Isolated,
        "MergedWithPrevious" => SplitEnds.WithPrevious,
        "MergedWithNext" => SplitEnds.WithNext,
        "Contiguous" => SplitEnds.Contiguous,
        _ => null,
    };

    // A match goes with what is beside it only where that is no match itself.
    private void Extend(ReadOnlySpan<char> text, ref Cuts cuts, bool isMatch)
    {
        if (ends is SplitEnds.Isolated or SplitEnds.Removed) return;
        while (Take(text, ref cuts) is { } next)
        {
            var joins = ends switch
            {
                SplitEnds.Contiguous => next.IsMatch == isMatch,
                SplitEnds.WithPrevious => next.IsMatch && !isMatch,
                _ => !next.IsMatch && isMatch,
            };
            if (!joins)
            {
                cuts.Ahead = next;
                return;
            }
            cuts.End = next.End;
            if (ends != SplitEnds.Contiguous) return;
        }
    }

    private Cuts.Part? Take(ReadOnlySpan<char> text, ref Cuts cuts)
    {
        if (cuts.Ahead is { } ahead)
        {
            cuts.Ahead = null;
            return ahead;
        }
        if (!cuts.IsFound && !cuts.IsOver) (cuts.IsFound, cuts.IsOver) = cuts.Matches.Next(what, text) ? (true, false) : (false, true);
        var start = cuts.At;
        if (cuts.IsFound && start == cuts.Matches.Start)
        {
            cuts.IsFound = false;
            return new(start, cuts.At = cuts.Matches.End, !inverts);
        }
        cuts.At = cuts.IsFound ? cuts.Matches.Start : text.Length;
        return start < cuts.At ? new(start, cuts.At, inverts) : null;
    }
}

/// <summary>What becomes of what a text is cut at.</summary>
internal enum SplitEnds
{
    /// <summary>It is left out.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It goes with what stands before it.</summary>
    WithPrevious,

    /// <summary>It goes with what follows.</summary>
    WithNext,

    /// <summary>Neighbours of it are one piece.</summary>
    Contiguous,
}
