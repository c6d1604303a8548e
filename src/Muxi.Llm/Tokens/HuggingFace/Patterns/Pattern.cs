using System.Runtime.InteropServices;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A regular expression over characters, not over halves of them as those of .NET are: it tries its ways one after the other, as the engine does that tokenizers use, and keeps what is left to try
/// in a list of its own, so that no text is too long for the stack. A run of one set takes one entry there, and where it may end is tried once and not again for each place that it may begin at.
/// Where ways are many, it keeps in mind which forks were met at which places, as nothing else decides what follows: so that none is tried twice, and trying ends.
/// </summary>
internal sealed class Pattern(string text)
{
    private const int FewWays = 24, FewInstructions = 64;

    // So many ways from one place lead nowhere before forks are kept in mind.
    private const int Patience = 256;

    private readonly PatternInstruction[] _program = PatternProgram.Of(new PatternParser(text).Parse());

    // A way that is left to try: where to go on, and from which place; of a run, down to which place it may shrink or how far it may grow.
    private readonly record struct Way(int Program, int At, int Bound, bool Shrinks);

    // Of one instruction that takes runs: the last run, and from where to its end the rest of the program was tried behind it, in vain or just now.
    private record struct Tried(bool IsSet, int Start, int Low, int End);

    /// <summary>The first match that begins at a place or behind it.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        Span<Tried> tried = _program.Length <= FewInstructions ? stackalloc Tried[FewInstructions] : new Tried[_program.Length];
        tried.Clear();
        Forks? forks = null;
        for (start = from; ; start = Next(text, start))
        {
            end = Match(text, 0, start, tried, ref forks);
            if (end >= 0) return true;
            if (start >= text.Length) return false;
        }
    }

    // Where the way through the program that is tried first, of those that match, ends; -1 where none does. What was tried is told of the whole program alone: of a part of it that only
    // looks ahead, a way that matched may be asked for again.
    private int Match(ReadOnlySpan<char> text, int program, int at, Span<Tried> tried, ref Forks? forks)
    {
        var patience = Patience;
        Span<Way> few = stackalloc Way[FewWays];
        var ways = new Ways(few) { Forks = forks };
        for (; ; )
        {
            ref readonly var it = ref _program[program++];
            switch (it.Step)
            {
                case PatternStep.Try or PatternStep.Greedy or PatternStep.Lazy when forks?.IsNew(program - 1, at) == false:
                    at = -1;
                    break;
                case PatternStep.Match:
                    return at;
                case PatternStep.Try:
                    ways.Push(new(it.Target, at, -1, false));
                    break;
                case PatternStep.Jump:
                    program = it.Target;
                    break;
                case PatternStep.Greedy or PatternStep.Possessive when tried.Length > 0 && it is { Least: <= 1, Most: PatternNode.Repeat.Unbounded }:
                    at = RunOnce(text, at, it, program, ref ways, ref tried[program - 1]);
                    break;
                case PatternStep.Greedy or PatternStep.Lazy:
                    at = Run(text, at, it, program, ref ways);
                    break;
                case PatternStep.Look or PatternStep.LookNot or PatternStep.Atomic:
                    at = Inside(text, at, it, ref program);
                    break;
                default:
                    at = Simple(text, at, it);
                    break;
            }
            if (at >= 0) continue;
            if (!ways.Pop(text, _program, tried, out program, out at)) return -1;
            if (patience-- == 0) ways.Forks = forks ??= new();
        }
    }

    private int Inside(ReadOnlySpan<char> text, int at, in PatternInstruction it, ref int program)
    {
        Forks? forks = null;
        var end = Match(text, program, at, [], ref forks);
        program = it.Target;
        return it.Step switch
        {
            PatternStep.Atomic => end,
            PatternStep.Look => end < 0 ? -1 : at,
            _ => end < 0 ? at : -1,
        };
    }

    private static int Simple(ReadOnlySpan<char> text, int at, in PatternInstruction it) => it.Step switch
    {
        PatternStep.One => One(text, at, it.Set!),
        PatternStep.Possessive => Most(text, at, it, out _),
        _ => IsAt(text, at, it.Place) ? at : -1,
    };

    private static int Run(ReadOnlySpan<char> text, int at, in PatternInstruction it, int program, ref Ways ways)
    {
        var end = it.Step == PatternStep.Greedy ? Most(text, at, it, out var least) : Least(text, at, it, out least);
        if (end < 0) return -1;
        if (it.Step == PatternStep.Lazy) ways.Push(new(program, end, it.Most == PatternNode.Repeat.Unbounded ? it.Most : it.Most - it.Least, false));
        else if (end > least) ways.Push(new(program, end, least, true));
        return end;
    }

    private static int RunOnce(ReadOnlySpan<char> text, int at, in PatternInstruction it, int program, ref Ways ways, ref Tried tried)
    {
        var end = Reach(text, at, it.Set!, tried, out var isKnown);
        // Where the run must end at least.
        var least = it.Least == 0 ? at : end > at ? Next(text, at) : -1;
        if (least < 0) return -1;
        if (!isKnown)
        {
            tried = new(true, at, end, end);
            if (it.Step == PatternStep.Greedy && end > least) ways.Push(new(program, end, least, true));
            return end;
        }
        tried.Start = Math.Min(tried.Start, at);
        if (it.Step == PatternStep.Possessive || tried.Low <= least) return -1;
        tried.Low = Before(text, tried.Low);
        if (tried.Low > least) ways.Push(new(program, tried.Low, least, true));
        return tried.Low;
    }

    // Where a run ends; known where the last one had the same end, even if it began later.
    private static int Reach(ReadOnlySpan<char> text, int at, CodePointSet set, in Tried tried, out bool isKnown)
    {
        for (; ; )
        {
            isKnown = tried.IsSet && at >= tried.Start && at <= tried.End;
            if (isKnown) return tried.End;
            var next = One(text, at, set);
            if (next < 0) return at;
            at = next;
        }
    }

    // As many as there are; and where the fewest end that would do.
    private static int Most(ReadOnlySpan<char> text, int at, in PatternInstruction it, out int least)
    {
        least = it.Least == 0 ? at : -1;
        for (var count = 0; count < it.Most;)
        {
            var next = One(text, at, it.Set!);
            if (next < 0) break;
            at = next;
            if (++count == it.Least) least = at;
        }
        return least < 0 ? -1 : at;
    }

    private static int Least(ReadOnlySpan<char> text, int at, in PatternInstruction it, out int least)
    {
        for (var count = 0; count < it.Least && at >= 0; count++) at = One(text, at, it.Set!);
        return least = at;
    }

    private static int One(ReadOnlySpan<char> text, int at, CodePointSet set)
    {
        if ((uint)at >= (uint)text.Length) return -1;
        var code = (int)text[at];
        if (code < 0x80) return set.Contains(code) ? at + 1 : -1;
        Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
        return set.Contains(rune.Value) ? at + length : -1;
    }

    private static bool IsAt(ReadOnlySpan<char> text, int at, PatternPlace place) => place switch
    {
        PatternPlace.Beginning => at == 0,
        PatternPlace.End => at == text.Length,
        PatternPlace.EndOfText => at == text.Length || (at == text.Length - 1 && text[at] == '\n'),
        // A line feed that is last begins no line.
        PatternPlace.LineBeginning => at == 0 || (text[at - 1] == '\n' && at < text.Length),
        PatternPlace.LineEnd => at == text.Length || text[at] == '\n',
        PatternPlace.WordBorder => IsWordBorder(text, at),
        _ => !IsWordBorder(text, at),
    };

    private static bool IsWordBorder(ReadOnlySpan<char> text, int at)
    {
        var before = Rune.DecodeLastFromUtf16(text[..at], out var rune, out _) == System.Buffers.OperationStatus.Done && CodePointSet.LoneWord.Contains(rune.Value);
        return before != (One(text, at, CodePointSet.LoneWord) >= 0);
    }

    private static int Before(ReadOnlySpan<char> text, int at) => at - (at > 1 && char.IsSurrogatePair(text[at - 2], text[at - 1]) ? 2 : 1);

    private static int Next(ReadOnlySpan<char> text, int at) => at + (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1);

    /// <summary>Which forks were met at which places: a bit each, for so many places together. One that is met again led nowhere, else the match would be found.</summary>
    private sealed class Forks
    {
        private const int Places = 4096;

        private readonly Dictionary<(int Fork, int Part), ulong[]> _met = [];

        public bool IsNew(int fork, int at)
        {
            ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(_met, (fork, at / Places), out _);
            part ??= new ulong[Places / 64];
            ref var word = ref part[at % Places / 64];
            var bit = 1UL << at;
            if ((word & bit) != 0) return false;
            word |= bit;
            return true;
        }
    }

    /// <summary>The ways that are left to try, the last first.</summary>
    private ref struct Ways(Span<Way> few)
    {
        private Span<Way> _all = few;
        private int _count;

        /// <summary>What is kept in mind of forks; null while ways are few.</summary>
        public Forks? Forks { get; set; }

        public void Push(Way way)
        {
            if (_count == _all.Length)
            {
                Span<Way> more = new Way[_all.Length * 2];
                _all.CopyTo(more);
                _all = more;
            }
            _all[_count++] = way;
        }

        public bool Pop(ReadOnlySpan<char> text, PatternInstruction[] all, Span<Tried> tried, out int program, out int at)
        {
            while (_count > 0)
            {
                ref var way = ref _all[_count - 1];
                program = way.Program;
                if (way.Bound < 0)
                {
                    at = way.At;
                    _count--;
                    return true;
                }
                at = way.Shrinks ? Shrink(text, ref way) : Grow(text, all, ref way);
                if (at < 0) continue;
                if (tried.Length > 0 && tried[program - 1] is var run && run.IsSet && at >= run.Start && at < run.Low) tried[program - 1] = run with { Low = at };
                return true;
            }
            (program, at) = (0, 0);
            return false;
        }

        private int Shrink(ReadOnlySpan<char> text, ref Way way)
        {
            var at = Before(text, way.At);
            way = way with { At = at };
            if (at == way.Bound) _count--;
            return at;
        }

        private int Grow(ReadOnlySpan<char> text, PatternInstruction[] all, ref Way way)
        {
            var at = way.Bound == 0 ? -1 : One(text, way.At, all[way.Program - 1].Set!);
            // A run that may grow further from here tries what the last that grew to this place did.
            if (at >= 0 && way.Bound == PatternNode.Repeat.Unbounded && Forks?.IsNew(~way.Program, at) == false) at = -1;
            if (at < 0) _count--;
            else way = way with { At = at, Bound = way.Bound == PatternNode.Repeat.Unbounded ? way.Bound : way.Bound - 1 };
            return at;
        }
    }
}
