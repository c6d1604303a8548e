namespace Muxi.Llm;

/// <summary>What to do at a place of the text.</summary>
internal enum PatternStep
{
    /// <summary>Take one character of the set.</summary>
    One,

    /// <summary>Take as many of the set as there are, within bounds, and fewer when the rest does not match.</summary>
    Greedy,

    /// <summary>Take as few of the set as there may be, and more when the rest does not match.</summary>
    Lazy,

    /// <summary>Take as many of the set as there are, within bounds.</summary>
    Possessive,

    /// <summary>Go on after this, and at <see cref="PatternInstruction.Target"/> when that does not match.</summary>
    Try,

    /// <summary>Go on at <see cref="PatternInstruction.Target"/>.</summary>
    Jump,

    /// <summary>See whether what stands up to <see cref="PatternInstruction.Target"/> matches, take nothing, and go on there.</summary>
    Look,

    /// <summary>See that it does not match.</summary>
    LookNot,

    /// <summary>Take what it matches first, and go on there.</summary>
    Atomic,

    /// <summary>Ask for a place.</summary>
    Place,

    /// <summary>It matches.</summary>
    Match,
}

/// <summary>One instruction of a pattern.</summary>
internal readonly record struct PatternInstruction(PatternStep Step)
{
    public CodePointSet? Set { get; init; }

    public int Least { get; init; }

    public int Most { get; init; }

    public int Target { get; init; }

    public PatternPlace Place { get; init; }
}

/// <summary>Turns a pattern into instructions.</summary>
internal sealed class PatternProgram
{
    private const int Longest = 100_000;

    private readonly List<PatternInstruction> _all = [];

    private PatternProgram() { }

    /// <summary>The instructions of a pattern.</summary>
    public static PatternInstruction[] Of(PatternNode node)
    {
        var program = new PatternProgram();
        program.Add(node);
        program.Add(new PatternInstruction(PatternStep.Match));
        return [.. program._all];
    }

    private void Add(PatternInstruction instruction)
    {
        if (_all.Count == Longest) throw new NotSupportedException("more than 100,000 instructions in a pattern");
        _all.Add(instruction);
    }

    private void Add(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new PatternInstruction(PatternStep.One) { Set = one.Set });
                break;
            case PatternNode.Place place:
                Add(new PatternInstruction(PatternStep.Place) { Place = place.Kind });
                break;
            case PatternNode.Row row:
                foreach (var part in row.Parts) Add(part);
                break;
            case PatternNode.Choice choice:
                AddChoice(choice);
                break;
            case PatternNode.Look look:
                AddInside(look.IsNegative ? PatternStep.LookNot : PatternStep.Look, look.Body);
                break;
            case PatternNode.Atomic atomic:
                AddInside(PatternStep.Atomic, atomic.Body);
                break;
            case PatternNode.Repeat repeat:
                AddRepeat(repeat);
                break;
        }
    }

    private void AddInside(PatternStep step, PatternNode body)
    {
        var at = Reserve();
        Add(body);
        Add(new PatternInstruction(PatternStep.Match));
        _all[at] = new(step) { Target = _all.Count };
    }

    private void AddChoice(PatternNode.Choice choice)
    {
        var jumps = new List<int>();
        for (var part = 0; part < choice.Parts.Count - 1; part++)
        {
            var at = Reserve();
            Add(choice.Parts[part]);
            jumps.Add(Reserve());
            _all[at] = new(PatternStep.Try) { Target = _all.Count };
        }
        Add(choice.Parts[^1]);
        foreach (var at in jumps) _all[at] = new(PatternStep.Jump) { Target = _all.Count };
    }

    private void AddRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Body is PatternNode.One one)
        {
            var step = repeat.Greed switch { Greed.Greedy => PatternStep.Greedy, Greed.Lazy => PatternStep.Lazy, _ => PatternStep.Possessive };
            Add(new PatternInstruction(step) { Set = one.Set, Least = repeat.Least, Most = repeat.Most });
        }
        else if (repeat.Greed == Greed.Possessive)
        {
            AddInside(PatternStep.Atomic, repeat with { Greed = Greed.Greedy });
        }
        else
        {
            for (var time = 0; time < repeat.Least; time++) Add(repeat.Body);
            if (repeat.Most == PatternNode.Repeat.Unbounded) AddLoop(repeat);
            else AddOptional(repeat, repeat.Most - repeat.Least);
        }
    }

    private void AddLoop(PatternNode.Repeat repeat)
    {
        var start = _all.Count;
        var leave = AddWay(repeat.Greed);
        Add(repeat.Body);
        Add(new PatternInstruction(PatternStep.Jump) { Target = start });
        Land(leave, repeat.Greed);
    }

    private void AddOptional(PatternNode.Repeat repeat, int times)
    {
        var leaves = new List<int>();
        for (; times > 0; times--)
        {
            leaves.Add(AddWay(repeat.Greed));
            Add(repeat.Body);
        }
        foreach (var leave in leaves) Land(leave, repeat.Greed);
    }

    // A fork whose one way is what follows and whose other is to be told; which of them is tried first is a matter of greed.
    private int AddWay(Greed greed)
    {
        if (greed == Greed.Greedy) return Reserve();
        var at = Reserve();
        var leave = Reserve();
        _all[at] = new(PatternStep.Try) { Target = _all.Count };
        return leave;
    }

    // Behind a lazy fork stands a jump, else the fork itself.
    private void Land(int leave, Greed greed) => _all[leave] = new(greed == Greed.Greedy ? PatternStep.Try : PatternStep.Jump) { Target = _all.Count };

    private int Reserve()
    {
        Add(new PatternInstruction(PatternStep.Match));
        return _all.Count - 1;
    }
}
