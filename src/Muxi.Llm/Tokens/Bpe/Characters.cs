namespace Muxi.Llm;

/// <summary>Which kinds of characters a text is made of. A lone surrogate is U+FFFD, a sign.</summary>
internal static class Characters
{
    /// <summary>Planes 0 to 3. Above them stand only 240 marks, private characters and what is not assigned.</summary>
    private static readonly CharacterKinds[] _table = Load();

    /// <summary>What the numbers of <see cref="CharacterData"/> mean: other, upper, lower, letter without case, mark, number, space, sign.</summary>
    public static ReadOnlySpan<CharacterKinds> KindsOfData =>
    [
        CharacterKinds.Other,
        CharacterKinds.Letter | CharacterKinds.Front,
        CharacterKinds.Letter | CharacterKinds.Rest,
        CharacterKinds.Letter | CharacterKinds.Front | CharacterKinds.Rest,
        CharacterKinds.Other | CharacterKinds.Front | CharacterKinds.Rest | CharacterKinds.Mark,
        CharacterKinds.Number,
        CharacterKinds.Space,
        CharacterKinds.Other | CharacterKinds.Sign,
    ];

    /// <summary>What stands at <paramref name="at"/>, and where the next character does; nothing at the end of the text.</summary>
    public static CharacterKinds Of(ReadOnlySpan<char> text, int at, out int next)
    {
        next = at + 1;
        if ((uint)at >= (uint)text.Length) return CharacterKinds.None;
        var kinds = _table[text[at]];
        return kinds == CharacterKinds.Surrogate ? OfPair(text, at, out next) : kinds;
    }

    /// <summary>What stands at <paramref name="at"/>; nothing at the end of the text.</summary>
    public static CharacterKinds Of(ReadOnlySpan<char> text, int at) => Of(text, at, out _);

    /// <summary>Whether what stands at <paramref name="at"/> is of one of the kinds; false at the end of the text.</summary>
    public static bool Is(ReadOnlySpan<char> text, int at, CharacterKinds kinds) => (Of(text, at, out _) & kinds) != 0;

    /// <summary>Whether a line ends at <paramref name="at"/>, in the sense of [\r\n].</summary>
    public static bool IsLineEnd(ReadOnlySpan<char> text, int at) => (uint)at < (uint)text.Length && text[at] is '\r' or '\n';

    /// <summary>Where a run of characters of these kinds ends; <paramref name="at"/> itself when none stands there.</summary>
    public static int EndOfRun(ReadOnlySpan<char> text, int at, CharacterKinds kinds)
    {
        var table = _table;
        for (var next = at; (uint)at < (uint)text.Length; at = next)
        {
            var found = table[text[at]];
            if ((found & kinds) == 0) break;
            next = at + 1;
            if (found == CharacterKinds.Surrogate && (OfPair(text, at, out next) & kinds) == 0) break;
        }
        return at;
    }

    /// <summary>Where a run of \r and \n ends.</summary>
    public static int EndOfLineEnds(ReadOnlySpan<char> text, int at)
    {
        while (IsLineEnd(text, at)) at++;
        return at;
    }

    /// <summary>Where digits end, of which a piece has at most so many.</summary>
    public static int EndOfDigits(ReadOnlySpan<char> text, int at, int most)
    {
        for (; most > 0 && (Of(text, at, out var next) & CharacterKinds.Number) != 0; most--) at = next;
        return at;
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: all the white space, less its last character where a word follows that it may belong to.</summary>
    public static int EndOfSpaces(ReadOnlySpan<char> text, int start) => LeaveOne(text, start, EndOfRun(text, start, CharacterKinds.Space));

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>: the white space up to its last line end, or else as above.</summary>
    public static int EndOfLines(ReadOnlySpan<char> text, int start)
    {
        var end = EndOfRun(text, start, CharacterKinds.Space);
        var line = text[start..end].LastIndexOfAny('\r', '\n');
        return line >= 0 ? start + line + 1 : LeaveOne(text, start, end);
    }

    private static int LeaveOne(ReadOnlySpan<char> text, int start, int end) => end == text.Length || end == start + 1 ? end : end - 1;

    private static CharacterKinds OfPair(ReadOnlySpan<char> text, int at, out int next)
    {
        next = at + 1;
        if (next == text.Length || !char.IsSurrogatePair(text[at], text[next])) return _table['\uFFFD'];
        var code = char.ConvertToUtf32(text[at], text[next++]);
        if (code < _table.Length) return _table[code];
        // The variation selectors of plane 14.
        return KindsOfData[code is >= 0xE0100 and <= 0xE01EF ? 4 : 0];
    }

    private static CharacterKinds[] Load()
    {
        var table = new CharacterKinds[0x40000];
        ReadOnlySpan<byte> data = Convert.FromBase64String(CharacterData.Unicode16);
        for (var rest = table.AsSpan(); !rest.IsEmpty;)
        {
            var (kind, length, size) = (data[0] & 7, data[0] >> 3, 1);
            if (length == 0) (length, size) = (data[1] | data[2] << 8 | data[3] << 16, 4);
            rest[..length].Fill(KindsOfData[kind]);
            rest = rest[length..];
            data = data[size..];
        }
        table.AsSpan('\uD800'..('\uDFFF' + 1)).Fill(CharacterKinds.Surrogate);
        return table;
    }
}
