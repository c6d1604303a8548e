using System.Globalization;
using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>Where text stands on a terminal: East Asian letters and emoji take two cells, joined marks none.</summary>
internal static class Cells
{
    /// <summary>The wide blocks of Unicode's EastAsianWidth and its emoji, roughly: first and last of each.</summary>
    private static readonly (int First, int Last)[] _wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x23e9, 0x23ec), (0x25fd, 0x25fe), (0x2614, 0x2615), (0x2648, 0x2653), (0x26a1, 0x26a1), (0x26bd, 0x26be), (0x26ce, 0x26ce), (0x2705, 0x2705),
        (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50), (0x2e80, 0x303e), (0x3041, 0x33ff),
        (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa000, 0xa4cf), (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f), (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f),
        (0x1f680, 0x1f6ff), (0x1f900, 0x1f9ff), (0x1fa70, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>Row and column behind a text that begins at the left edge.</summary>
    /// <param name="text">The text, its controls shown as they are drawn.</param>
    /// <param name="width">The terminal's width.</param>
    public static (int Row, int Column) After(string text, int width)
    {
        var (row, column) = (0, 0);
        for (var at = 0; at < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            var cells = Of(text.AsSpan(at, length));
            // What does not fit is drawn whole in the next row.
            if (column + cells > width) (row, column) = (row + 1, 0);
            column += cells;
            at += length;
        }
        return column >= width ? (row + 1, 0) : (row, column);
    }

    private static int Of(ReadOnlySpan<char> element)
    {
        var first = true;
        foreach (var rune in element.EnumerateRunes())
        {
            if (first && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
            // A sign that is asked to look like an emoji.
            if (rune.Value == 0xfe0f || IsWide(rune.Value)) return 2;
            first = false;
        }
        return 1;
    }

    private static bool IsWide(int rune) => Array.Exists(_wide, block => rune >= block.First && rune <= block.Last);
}
