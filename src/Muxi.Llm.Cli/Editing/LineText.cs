using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>A line while it is written: its text and a cursor that steps over whole characters as people see them, joined emoji and accents included.</summary>
internal sealed class LineText
{
    public string Text { get; private set; } = "";

    /// <summary>Before which letter the cursor stands.</summary>
    public int Cursor { get; private set; }

    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Another text, with the cursor at its end.</summary>
    public void Replace(string text) => (Text, Cursor) = (text, text.Length);

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    public void Left() => Cursor = Before(Cursor);

    public void Right() => Cursor = After(Cursor);

    public void WordLeft() => Cursor = WordBefore();

    public void WordRight()
    {
        var at = Cursor;
        while (at < Text.Length && char.IsWhiteSpace(Text[at])) at++;
        while (at < Text.Length && !char.IsWhiteSpace(Text[at])) at++;
        Cursor = at;
    }

    public void DeleteBefore() => Remove(Before(Cursor), Cursor);

    public void DeleteAfter() => Remove(Cursor, After(Cursor));

    public void DeleteWordBefore() => Remove(WordBefore(), Cursor);

    public void DeleteToHome() => Remove(0, Cursor);

    public void DeleteToEnd() => Remove(Cursor, Text.Length);

    private int Before(int at)
    {
        var start = 0;
        foreach (var next in StringInfo.ParseCombiningCharacters(Text))
        {
            if (next >= at) break;
            start = next;
        }
        return start;
    }

    private int After(int at) => at >= Text.Length ? at : at + StringInfo.GetNextTextElementLength(Text, at);

    private int WordBefore()
    {
        var at = Cursor;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1])) at--;
        while (at > 0 && !char.IsWhiteSpace(Text[at - 1])) at--;
        return at;
    }

    private void Remove(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }
}
