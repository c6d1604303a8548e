using System.Text;

namespace Muxi.Llm;

/// <summary>The symbols that merging begins with in a vocabulary of characters: those that are tokens.</summary>
internal sealed class CharacterSymbols
{
    private readonly bool[] _known = new bool[0x10000];
    private readonly HashSet<int> _astral = [];

    public CharacterSymbols(ReadOnlySpan<ReadOnlyMemory<byte>> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.IsEmpty || Length(token.Span) != token.Length) continue;
            var symbol = Value(token.Span, out _);
            if (symbol < _known.Length) _known[symbol] = true;
            else _astral.Add(symbol);
        }
    }

    /// <summary>How many bytes the first character of a text has.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        Value(text, out var length);
        return length;
    }

    /// <summary>Whether a character is a token.</summary>
    public bool Knows(ReadOnlySpan<byte> character) => Knows(Value(character, out _));

    /// <summary>Whether all characters of a text are tokens.</summary>
    public bool KnowsAll(ReadOnlySpan<byte> text)
    {
        for (var length = 0; !text.IsEmpty; text = text[length..])
            if (!Knows(Value(text, out length))) return false;
        return true;
    }

    private bool Knows(int character) => character < _known.Length ? _known[character] : _astral.Contains(character);

    private static int Value(ReadOnlySpan<byte> text, out int length)
    {
        length = 1;
        if (text[0] < 0x80) return text[0];
        Rune.DecodeFromUtf8(text, out var rune, out length);
        return rune.Value;
    }
}
