using System.Text;

namespace Muxi.Llm;

/// <summary>The last lines that a program wrote: what is said when it ends too soon. What it writes is always read, and no more than this is kept.</summary>
internal sealed class LogTail
{
    private const int Lines = 40;
    private const int LineLength = 300;
    private const int Told = 4;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(Lines);

    /// <summary>Whether one of them says this.</summary>
    public bool Says(string words)
    {
        lock (_lock) return words.Length > 0 && _lines.Any(line => line.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The last ones in one line, for an error; empty where nothing was written.</summary>
    public string Words()
    {
        lock (_lock) return string.Join(" | ", _lines.Skip(Math.Max(0, _lines.Count - Told)));
    }

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(StreamReader reader)
    {
        var (buffer, line) = (new char[4096], new StringBuilder());
        try
        {
            while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
                foreach (var c in buffer.AsSpan(0, count)) Take(c, line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was ended while it wrote.
        }
        Add(line);
    }

    private void Take(char c, StringBuilder line)
    {
        if (c == '\n') Add(line);
        else if (line.Length < LineLength) line.Append(char.IsControl(c) ? ' ' : c);
    }

    private void Add(StringBuilder line)
    {
        var text = line.ToString().Trim();
        line.Clear();
        if (text.Length == 0) return;
        lock (_lock)
        {
            if (_lines.Count == Lines) _lines.Dequeue();
            _lines.Enqueue(text);
        }
    }
}
