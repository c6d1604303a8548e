using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>
/// Reads a line on a terminal and lets it be edited as in a shell: arrows, Home and End, Ctrl-A E B F U K W L, Alt- or Ctrl-arrows by words, Up and Down through what
/// was said before. Drawn anew after each key, over as many rows as it takes.
/// </summary>
/// <param name="keys">Waits for a key.</param>
/// <param name="draw">Writes to the terminal.</param>
/// <param name="width">How many cells a row has.</param>
internal sealed class LineEditor(Func<ConsoleKeyInfo> keys, Action<string> draw, Func<int> width)
{
    private readonly LineText _line = new();
    private string _prompt = "";
    private string? _draft;
    private int _row;
    private int _back;

    /// <summary>The next line; null at the input's end (Ctrl-D in an empty line).</summary>
    /// <param name="prompt">What stands before it.</param>
    /// <param name="history">What was said before.</param>
    public string? Read(string prompt, IReadOnlyList<string> history)
    {
        (_prompt, _draft, _back, _row) = (prompt, null, 0, 0);
        _line.Replace("");
        draw(prompt);
        while (true)
        {
            var key = keys();
            if (ControlOf(key) == 'D' && _line.Text.Length == 0) return null;
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                _line.End();
                Draw();
                draw("\r\n");
                return _line.Text;
            }
            if (!Turn(key, history)) Edit(key);
            // The other half of the letter follows.
            if (!char.IsHighSurrogate(key.KeyChar)) Draw();
        }
    }

    private bool Turn(ConsoleKeyInfo key, IReadOnlyList<string> history)
    {
        if (key.Key == ConsoleKey.UpArrow || ControlOf(key) == 'P') Show(history, _back + 1);
        else if (key.Key == ConsoleKey.DownArrow || ControlOf(key) == 'N') Show(history, _back - 1);
        else if (ControlOf(key) == 'L')
        {
            draw("\e[2J\e[H");
            _row = 0;
        }
        else return false;
        return true;
    }

    /// <summary>An earlier line, so many back; none back is what was being written.</summary>
    private void Show(IReadOnlyList<string> history, int back)
    {
        if (back < 0 || back > history.Count) return;
        if (_back == 0) _draft = _line.Text;
        _back = back;
        _line.Replace(back == 0 ? _draft! : history[^back]);
    }

    private void Edit(ConsoleKeyInfo key)
    {
        var byWord = key.Modifiers.HasFlag(ConsoleModifiers.Control) || key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow: Move(byWord, _line.WordLeft, _line.Left); break;
            case ConsoleKey.RightArrow: Move(byWord, _line.WordRight, _line.Right); break;
            case ConsoleKey.Home: _line.Home(); break;
            case ConsoleKey.End: _line.End(); break;
            case ConsoleKey.Delete: _line.DeleteAfter(); break;
            case ConsoleKey.Backspace: Move(byWord, _line.DeleteWordBefore, _line.DeleteBefore); break;
            default: Letter(key); break;
        }
    }

    private void Letter(ConsoleKeyInfo key)
    {
        switch (ControlOf(key))
        {
            case 'A': _line.Home(); break;
            case 'B': _line.Left(); break;
            case 'D': _line.DeleteAfter(); break;
            case 'E': _line.End(); break;
            case 'F': _line.Right(); break;
            case 'H': _line.DeleteBefore(); break;
            case 'K': _line.DeleteToEnd(); break;
            case 'U': _line.DeleteToHome(); break;
            case 'W': _line.DeleteWordBefore(); break;
            case '\0' when key.KeyChar == '\t': _line.Insert("    "); break;
            case '\0' when !char.IsControl(key.KeyChar): _line.Insert(key.KeyChar.ToString()); break;
            default: break;
        }
    }

    private static void Move(bool byWord, Action word, Action letter) => (byWord ? word : letter)();

    /// <summary>The letter that was pressed with Ctrl; a zero where it was not. A terminal sends it as the control character of that letter.</summary>
    private static char ControlOf(ConsoleKeyInfo key)
    {
        if (key.KeyChar is >= '\x01' and <= '\x1a' and not ('\t' or '\r' or '\n')) return (char)('A' + key.KeyChar - 1);
        return key.Modifiers == ConsoleModifiers.Control && key.Key is >= ConsoleKey.A and <= ConsoleKey.Z ? (char)key.Key : '\0';
    }

    private void Draw()
    {
        var cells = Math.Max(8, width());
        var text = _prompt + Shown(_line.Text);
        var end = Cells.After(text, cells);
        var at = Cells.After(_prompt + Shown(_line.Text[.._line.Cursor]), cells);
        var drawn = new StringBuilder();
        if (_row > 0) drawn.Append($"\e[{_row}A");
        drawn.Append("\r\e[J").Append(text);
        // A full row leaves the cursor at its edge until something follows.
        if (end.Column == 0 && end.Row > 0) drawn.Append("\r\n");
        if (end.Row > at.Row) drawn.Append($"\e[{end.Row - at.Row}A");
        drawn.Append('\r');
        if (at.Column > 0) drawn.Append($"\e[{at.Column}C");
        draw(drawn.ToString());
        _row = at.Row;
    }

    /// <summary>A line of several, from the history, is shown in one.</summary>
    private static string Shown(string text) => text.Replace('\n', '⏎');
}
