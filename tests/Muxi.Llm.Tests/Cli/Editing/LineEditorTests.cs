using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>Keys in, a line out, and what the terminal shows meanwhile.</summary>
public sealed class LineEditorTests
{
    private static readonly string[] _history = ["first", "second line"];

    /// <summary>Words in angle brackets are keys; everything else is typed.</summary>
    [Theory]
    [InlineData("hello<Enter>", "hello")]
    [InlineData("helo<Left>l<Enter>", "hello")]
    [InlineData("ello<Home>h<End>!<Enter>", "hello!")]
    [InlineData("ello<^A>h<^E>!<Enter>", "hello!")]
    [InlineData("ab<^B>x<^F>y<Enter>", "axby")]
    [InlineData("wrong<^U>right<Enter>", "right")]
    [InlineData("one two<^W>2<Enter>", "one 2")]
    [InlineData("one two  <^W><^W>x<Enter>", "x")]
    [InlineData("one two<Home><^K>x<Enter>", "x")]
    [InlineData("abc<Home><Delete><^D>x<Enter>", "xc")]
    [InlineData("abc<Backspace><^H>x<Enter>", "ax")]
    [InlineData("one two three<CtrlLeft><CtrlLeft>x<CtrlRight>y<Enter>", "one xtwoy three")]
    [InlineData("one two<AltLeft>x<Enter>", "one xtwo")]
    [InlineData("<Left><Right><Backspace><Delete>a<Enter>", "a")]
    [InlineData("日本<Left>x<Backspace><Enter>", "日本")]
    [InlineData("a😀b<Left><Backspace>c<Enter>", "acb")]
    [InlineData("e\u0301x<Left><Backspace>y<Enter>", "yx")]
    [InlineData("👨‍👩‍👧!<Left><Backspace><Enter>", "!")]
    [InlineData("a<Tab>b<Enter>", "a    b")]
    [InlineData("<Up><Enter>", "second line")]
    [InlineData("<Up><Up><Up><Enter>", "first")]
    [InlineData("<^P><^P><^N><Enter>", "second line")]
    [InlineData("draft<Up><Down><Enter>", "draft")]
    [InlineData("<Up>!<Enter>", "second line!")]
    [InlineData("x<^D>y<Enter>", "xy")]
    [InlineData("<F1><Escape>x<Enter>", "x")]
    [InlineData("<Enter>", "")]
    [InlineData("<^D>", null)]
    [InlineData("x<Backspace><^D>", null)]
    public void A_line_is_what_its_keys_make_of_it(string typed, string? line)
    {
        var screen = new Screen(20);

        Assert.Equal(line, new LineEditor(Keys(typed), screen.Write, () => 20).Read("> ", _history));
        if (line is not null) Assert.Equal($"> {line}", screen.Text);
    }

    [Fact]
    public void A_line_that_is_longer_than_a_row_is_drawn_over_several()
    {
        var screen = new Screen(10);

        var line = new LineEditor(Keys("0123456789abcdefghij日本<Home>X<End>Y<Enter>"), screen.Write, () => 10).Read("> ", []);

        Assert.Equal("X0123456789abcdefghij日本Y", line);
        Assert.Equal(["> X0123456", "789abcdefg", "hij日本Y"], screen.Rows);
    }

    [Fact]
    public void A_line_that_just_fills_its_row_leaves_nothing_behind()
    {
        var screen = new Screen(10);

        new LineEditor(Keys("12345678<Backspace><Backspace>x<Enter>"), screen.Write, () => 10).Read("> ", []);

        Assert.Equal(["> 123456x"], screen.Rows);
    }

    [Fact]
    public void Ctrl_L_begins_at_the_top()
    {
        var screen = new Screen(20);
        screen.Write("earlier\r\n");

        new LineEditor(Keys("abc<^L>d<Enter>"), screen.Write, () => 20).Read("> ", []);

        Assert.Equal(["> abcd"], screen.Rows);
    }

    private static Func<ConsoleKeyInfo> Keys(string typed)
    {
        var keys = new Queue<ConsoleKeyInfo>();
        for (var at = 0; at < typed.Length;)
        {
            var end = typed[at] == '<' ? typed.IndexOf('>', at) : -1;
            keys.Enqueue(end < 0 ? new(typed[at], default, false, false, false) : Key(typed[(at + 1)..end]));
            at = end < 0 ? at + 1 : end + 1;
        }
        return keys.Dequeue;
    }

    private static ConsoleKeyInfo Key(string name) => name switch
    {
        ['^', var letter] => new((char)(letter - 'A' + 1), (ConsoleKey)letter, false, false, true),
        "Tab" => new('\t', ConsoleKey.Tab, false, false, false),
        "Enter" => new('\r', ConsoleKey.Enter, false, false, false),
        "Backspace" => new('\x7f', ConsoleKey.Backspace, false, false, false),
        "Up" => new('\0', ConsoleKey.UpArrow, false, false, false),
        "Down" => new('\0', ConsoleKey.DownArrow, false, false, false),
        "Left" => new('\0', ConsoleKey.LeftArrow, false, false, false),
        "Right" => new('\0', ConsoleKey.RightArrow, false, false, false),
        "CtrlLeft" => new('\0', ConsoleKey.LeftArrow, false, false, true),
        "CtrlRight" => new('\0', ConsoleKey.RightArrow, false, false, true),
        "AltLeft" => new('\0', ConsoleKey.LeftArrow, false, true, false),
        _ => new('\0', Enum.Parse<ConsoleKey>(name), false, false, false),
    };

    /// <summary>As much of a terminal as the editor uses: rows, a cursor, and the sequences that move it and clear.</summary>
    private sealed class Screen(int width)
    {
        // A cell holds a letter; the second cell of a wide one holds nothing.
        private readonly List<List<string>> _rows = [[]];
        private int _row;
        private int _column;

        public string[] Rows => [.. _rows.Select(row => string.Concat(row)).Where(row => row.Length > 0)];

        public string Text => string.Concat(Rows);

        public void Write(string text)
        {
            for (var at = 0; at < text.Length;)
            {
                if (text[at] == '\e') at = Control(text, at + 2);
                else if (text[at] == '\r') (_column, at) = (0, at + 1);
                else if (text[at] == '\n') at = Line(at + 1);
                else at = Put(text, at);
            }
        }

        private int Control(string text, int at)
        {
            var start = at;
            while (!char.IsAsciiLetter(text[at])) at++;
            var count = int.TryParse(text[start..at], out var number) ? number : 1;
            switch (text[at])
            {
                case 'A': _row -= count; break;
                case 'C': _column += count; break;
                case 'H': (_row, _column) = (0, 0); break;
                case 'J' when count == 2: Clear(0, 0); break;
                case 'J': Clear(_row, _column); break;
                default: throw new NotSupportedException(text);
            }
            Assert.InRange(_row, 0, _rows.Count - 1);
            return at + 1;
        }

        private void Clear(int row, int column)
        {
            if (column < _rows[row].Count) _rows[row].RemoveRange(column, _rows[row].Count - column);
            for (var below = row + 1; below < _rows.Count; below++) _rows[below].Clear();
        }

        private int Line(int at)
        {
            _row++;
            if (_row == _rows.Count) _rows.Add([]);
            return at;
        }

        private int Put(string text, int at)
        {
            var length = System.Globalization.StringInfo.GetNextTextElementLength(text, at);
            var cells = text[at] >= '\u1100' && text[at] != '\u200d' ? 2 : 1;
            if (_column + cells > width)
            {
                Line(0);
                _column = 0;
            }
            var row = _rows[_row];
            while (row.Count < _column + cells) row.Add(row.Count < _column ? " " : "");
            row[_column] = text.Substring(at, length);
            _column += cells;
            return at + length;
        }
    }
}
