using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>A set of characters, as a pattern writes it.</summary>
internal sealed class CodePointSet
{
    private readonly (int From, int To)[] _ranges;
    private readonly uint _categories;
    private readonly CodePointSet[] _parts;
    private readonly CodePointSet[] _within;
    private readonly bool _isNegated;
    private readonly bool _ignoresCase;
    private readonly UInt128 _ascii;

    /// <summary>Makes a set.</summary>
    /// <param name="ranges">Characters that are in it.</param>
    /// <param name="categories">Bits of the general categories that are in it.</param>
    /// <param name="shape">What else makes it.</param>
    public CodePointSet(ReadOnlySpan<(int From, int To)> ranges, uint categories, Shape shape = default)
    {
        (_ranges, _categories) = (ranges.ToArray(), categories);
        (_parts, _within, _isNegated, _ignoresCase) = (shape.Parts ?? [], shape.Within ?? [], shape.IsNegated, shape.IgnoresCase);
        for (var code = 0; code < 0x80; code++)
            if (Has(code)) _ascii |= UInt128.One << code;
    }

    /// <summary>Sets that make a set.</summary>
    /// <param name="Parts">What is in one of them is in it.</param>
    /// <param name="Within">What is not in all of them is not in it (<c>&amp;&amp;</c>).</param>
    /// <param name="IsNegated">Whether it is what all that leaves.</param>
    /// <param name="IgnoresCase">Whether what is in it in another case is in it.</param>
    public readonly record struct Shape(CodePointSet[]? Parts = null, CodePointSet[]? Within = null, bool IsNegated = false, bool IgnoresCase = false);

    /// <summary><c>.</c>: anything but a line feed.</summary>
    public static CodePointSet NoLineFeed { get; } = new([('\n', '\n')], 0, new(IsNegated: true));

    /// <summary>Anything.</summary>
    public static CodePointSet Anything { get; } = new([(0, 0x10FFFF)], 0);

    /// <summary><c>\s</c>: Unicode's White_Space.</summary>
    public static CodePointSet Space { get; } =
        new([('\t', '\r'), (' ', ' '), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)], 0);

    /// <summary><c>\d</c>.</summary>
    public static CodePointSet Digit { get; } = new([], Bit(UnicodeCategory.DecimalDigitNumber));

    /// <summary><c>\h</c>: hexadecimal digits.</summary>
    public static CodePointSet HexDigit { get; } = new([('0', '9'), ('A', 'F'), ('a', 'f')], 0);

    /// <summary><c>\w</c>: Alphabetic, marks, decimal digits and connectors; the letters in circles and squares are alphabetic though their category is another.</summary>
    public static CodePointSet Word { get; } = new(
        [(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)],
        Category("L")!.Value | Category("M")!.Value | Bit(UnicodeCategory.DecimalDigitNumber) | Bit(UnicodeCategory.LetterNumber) | Bit(UnicodeCategory.ConnectorPunctuation));

    /// <summary><c>\w</c> where it stands alone and not in a class: there the engine goes by its table of Latin-1, in which raised digits and fractions are parts of words.</summary>
    public static CodePointSet LoneWord { get; } = new([(0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE)], 0, new([Word]));

    /// <summary>One character.</summary>
    public static CodePointSet Of(int code, bool ignoresCase) => new([(code, code)], 0, new(IgnoresCase: ignoresCase));

    /// <summary>What a property's name stands for; null of one that is not known.</summary>
    public static CodePointSet? OfProperty(string name, bool isNegated)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        var shape = new Shape(IsNegated: isNegated);
        if (Category(plain) is { } categories) return new([], categories, shape);
        return plain.ToUpperInvariant() switch
        {
            "ANY" => new([(0, 0x10FFFF)], 0, shape),
            "ASCII" => new([(0, 0x7F)], 0, shape),
            "SPACE" or "WHITESPACE" => new(Space._ranges, 0, shape),
            "DIGIT" => new([], Digit._categories, shape),
            "WORD" => new(Word._ranges, Word._categories, shape),
            _ => CharacterFacts.All.Script(plain) is { } script ? new(script, 0, shape) : null,
        };
    }

    /// <summary>What is not in this set.</summary>
    public CodePointSet Negated() => new([], 0, new([this], IsNegated: true));

    /// <summary>Whether a character is in the set.</summary>
    public bool Contains(int code) => code < 0x80 ? (_ascii >> code & UInt128.One) != 0 : Has(code);

    private bool Has(int code) => (HasAsIs(code) || (_ignoresCase && HasInOtherCase(code))) != _isNegated;

    private bool HasInOtherCase(int code)
    {
        if (HasAsIs(Lower(code))) return true;
        // Two signs are other shapes of plain letters: the long s and the Kelvin.
        return HasAsIs(Upper(code)) || (Lower(code) == 's' && HasAsIs(0x17F)) || (Lower(code) == 'k' && HasAsIs(0x212A));
    }

    private bool HasAsIs(int code)
    {
        foreach (var set in _within)
            if (!set.Contains(code)) return false;
        if (_within.Length > 0 && _parts.Length == 0 && _ranges.Length == 0 && _categories == 0) return true;
        return IsListed(code) || (_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(code) & 1) != 0 || Array.Exists(_parts, part => part.Contains(code));
    }

    private bool IsListed(int code)
    {
        if (_ranges.Length > 8) return IsListedFar(code);
        foreach (var (from, to) in _ranges)
            if (code >= from && code <= to) return true;
        return false;
    }

    // Only lists of scripts are long, and they are in order.
    private bool IsListedFar(int code)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (code < _ranges[middle].From) high = middle - 1;
            else if (code > _ranges[middle].To) low = middle + 1;
            else return true;
        }
        return false;
    }

    private static int Lower(int code) => code switch
    {
        0x17F => 's',
        0x212A => 'k',
        _ => Rune.IsValid(code) ? Rune.ToLowerInvariant(new(code)).Value : code,
    };

    private static int Upper(int code) => code == 0x17F ? 'S' : Rune.IsValid(code) ? Rune.ToUpperInvariant(new(code)).Value : code;

    private static uint Bit(UnicodeCategory category) => 1u << (int)category;

    private static uint? Category(string name) => name.ToUpperInvariant() switch
    {
        "L" or "LETTER" => 0b11111,
        "LC" or "CASEDLETTER" => 0b111,
        "LU" or "UPPERCASELETTER" => Bit(UnicodeCategory.UppercaseLetter),
        "LL" or "LOWERCASELETTER" => Bit(UnicodeCategory.LowercaseLetter),
        "LT" or "TITLECASELETTER" => Bit(UnicodeCategory.TitlecaseLetter),
        "LM" or "MODIFIERLETTER" => Bit(UnicodeCategory.ModifierLetter),
        "LO" or "OTHERLETTER" => Bit(UnicodeCategory.OtherLetter),
        "M" or "MARK" => Bit(UnicodeCategory.NonSpacingMark) | Bit(UnicodeCategory.SpacingCombiningMark) | Bit(UnicodeCategory.EnclosingMark),
        "MN" or "NONSPACINGMARK" => Bit(UnicodeCategory.NonSpacingMark),
        "MC" or "SPACINGMARK" => Bit(UnicodeCategory.SpacingCombiningMark),
        "ME" or "ENCLOSINGMARK" => Bit(UnicodeCategory.EnclosingMark),
        "N" or "NUMBER" => Bit(UnicodeCategory.DecimalDigitNumber) | Bit(UnicodeCategory.LetterNumber) | Bit(UnicodeCategory.OtherNumber),
        "ND" or "DECIMALNUMBER" => Bit(UnicodeCategory.DecimalDigitNumber),
        "NL" or "LETTERNUMBER" => Bit(UnicodeCategory.LetterNumber),
        "NO" or "OTHERNUMBER" => Bit(UnicodeCategory.OtherNumber),
        "P" or "PUNCTUATION" or "PUNCT" => Bit(UnicodeCategory.ConnectorPunctuation) | Bit(UnicodeCategory.DashPunctuation) | Bit(UnicodeCategory.OpenPunctuation) | Bit(UnicodeCategory.ClosePunctuation)
            | Bit(UnicodeCategory.InitialQuotePunctuation) | Bit(UnicodeCategory.FinalQuotePunctuation) | Bit(UnicodeCategory.OtherPunctuation),
        "PC" or "CONNECTORPUNCTUATION" => Bit(UnicodeCategory.ConnectorPunctuation),
        "PD" or "DASHPUNCTUATION" => Bit(UnicodeCategory.DashPunctuation),
        "PS" or "OPENPUNCTUATION" => Bit(UnicodeCategory.OpenPunctuation),
        "PE" or "CLOSEPUNCTUATION" => Bit(UnicodeCategory.ClosePunctuation),
        "PI" or "INITIALPUNCTUATION" => Bit(UnicodeCategory.InitialQuotePunctuation),
        "PF" or "FINALPUNCTUATION" => Bit(UnicodeCategory.FinalQuotePunctuation),
        "PO" or "OTHERPUNCTUATION" => Bit(UnicodeCategory.OtherPunctuation),
        "S" or "SYMBOL" => Bit(UnicodeCategory.MathSymbol) | Bit(UnicodeCategory.CurrencySymbol) | Bit(UnicodeCategory.ModifierSymbol) | Bit(UnicodeCategory.OtherSymbol),
        "SM" or "MATHSYMBOL" => Bit(UnicodeCategory.MathSymbol),
        "SC" or "CURRENCYSYMBOL" => Bit(UnicodeCategory.CurrencySymbol),
        "SK" or "MODIFIERSYMBOL" => Bit(UnicodeCategory.ModifierSymbol),
        "SO" or "OTHERSYMBOL" => Bit(UnicodeCategory.OtherSymbol),
        "Z" or "SEPARATOR" => Bit(UnicodeCategory.SpaceSeparator) | Bit(UnicodeCategory.LineSeparator) | Bit(UnicodeCategory.ParagraphSeparator),
        "ZS" or "SPACESEPARATOR" => Bit(UnicodeCategory.SpaceSeparator),
        "ZL" or "LINESEPARATOR" => Bit(UnicodeCategory.LineSeparator),
        "ZP" or "PARAGRAPHSEPARATOR" => Bit(UnicodeCategory.ParagraphSeparator),
        "C" or "OTHER" => Bit(UnicodeCategory.Control) | Bit(UnicodeCategory.Format) | Bit(UnicodeCategory.Surrogate) | Bit(UnicodeCategory.PrivateUse) | Bit(UnicodeCategory.OtherNotAssigned),
        "CC" or "CONTROL" => Bit(UnicodeCategory.Control),
        "CF" or "FORMAT" => Bit(UnicodeCategory.Format),
        "CO" or "PRIVATEUSE" => Bit(UnicodeCategory.PrivateUse),
        "CN" or "UNASSIGNED" => Bit(UnicodeCategory.OtherNotAssigned),
        _ => null,
    };
}
