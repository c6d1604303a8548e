namespace Muxi.Llm;

/// <summary>What a pattern is made of.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether it can match nothing at all, where nothing else is asked.</summary>
    public abstract bool MayBeEmpty { get; }

    /// <summary>One character.</summary>
    public sealed record One(CodePointSet Set) : PatternNode
    {
        public override bool MayBeEmpty => false;
    }

    /// <summary>One after the other.</summary>
    public sealed record Row(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override bool MayBeEmpty => Parts.All(static part => part.MayBeEmpty);
    }

    /// <summary>The first that lets the rest match.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override bool MayBeEmpty => Parts.Any(static part => part.MayBeEmpty);
    }

    /// <summary>Several times.</summary>
    /// <param name="Body">What is repeated.</param>
    /// <param name="Least">How often at least.</param>
    /// <param name="Most">How often at most; <see cref="Unbounded"/> for any number.</param>
    /// <param name="Greed">Which numbers are tried first.</param>
    public sealed record Repeat(PatternNode Body, int Least, int Most, Greed Greed) : PatternNode
    {
        public const int Unbounded = int.MaxValue;

        public override bool MayBeEmpty => Least == 0 || Body.MayBeEmpty;
    }

    /// <summary>What must follow, or must not, without being taken.</summary>
    public sealed record Look(PatternNode Body, bool IsNegative) : PatternNode
    {
        public override bool MayBeEmpty => true;
    }

    /// <summary>What is matched in its first way or not at all.</summary>
    public sealed record Atomic(PatternNode Body) : PatternNode
    {
        public override bool MayBeEmpty => Body.MayBeEmpty;
    }

    /// <summary>A place in the text.</summary>
    public sealed record Place(PatternPlace Kind) : PatternNode
    {
        public override bool MayBeEmpty => true;
    }
}

/// <summary>Which numbers of repetitions are tried first.</summary>
internal enum Greed
{
    /// <summary>High ones.</summary>
    Greedy,

    /// <summary>Low ones.</summary>
    Lazy,

    /// <summary>The highest alone.</summary>
    Possessive,
}

/// <summary>Places in a text that patterns ask for.</summary>
internal enum PatternPlace
{
    /// <summary><c>\A</c>.</summary>
    Beginning,

    /// <summary><c>\z</c>.</summary>
    End,

    /// <summary><c>\Z</c>: the end, or before a line feed that is last.</summary>
    EndOfText,

    /// <summary><c>^</c>: in these patterns a line's beginning.</summary>
    LineBeginning,

    /// <summary><c>$</c>: in these patterns a line's end.</summary>
    LineEnd,

    /// <summary><c>\b</c>.</summary>
    WordBorder,

    /// <summary><c>\B</c>.</summary>
    NoWordBorder,
}
