using System.Globalization;
using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>How far a transfer is, in one line of a terminal's standard error that is gone when it is over; nothing where nobody looks.</summary>
internal sealed class TransferBar(Terminal terminal, string name) : IProgress<TransferProgress>, IDisposable
{
    private const int LongestName = 30, ShortestBar = 10, LongestBar = 40;

    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly long _started = terminal.Clock.GetTimestamp();
    private long _shown;
    private bool _isShown, _isOver;

    public void Report(TransferProgress value)
    {
        if (!terminal.IsErrorTerminal) return;
        lock (_lock)
        {
            var now = terminal.Clock.GetTimestamp();
            if (_isOver || (_isShown && value.Bytes != value.Total && terminal.Clock.GetElapsedTime(_shown, now) < _between)) return;
            (_isShown, _shown) = (true, now);
            terminal.Error.Write($"\r{Line(name, value, terminal.Clock.GetElapsedTime(_started, now), terminal.Width() - 1)}\e[K");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isShown && !_isOver) terminal.Error.Write("\r\e[K");
            _isOver = true;
        }
    }

    /// <summary>The line, no wider than it may be.</summary>
    internal static string Line(string name, TransferProgress at, TimeSpan elapsed, int width)
    {
        var rate = elapsed > TimeSpan.Zero ? at.Bytes / elapsed.TotalSeconds : 0;
        var head = Short(name) + "  ";
        var tail = string.Create(CultureInfo.InvariantCulture, $"{ByteCount.Of(at.Bytes)}{(at.Total is { } all ? $" of {ByteCount.Of(all)}" : "")}  {ByteCount.Of((long)rate)}/s");
        if (at.Total is { } total and > 0)
        {
            var done = Math.Clamp(at.Bytes / (double)total, 0, 1);
            if (rate > 0) tail += $"  {Clock(TimeSpan.FromSeconds(Math.Min((total - at.Bytes) / rate, 359_999)))}";
            tail = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(done * 100),3:0}%  {tail}");
            var room = Math.Min(LongestBar, width - Width(head) - tail.Length - 4);
            if (room >= ShortestBar)
            {
                var full = (int)(done * room);
                head += $"[{new string('#', full)}{new string('-', room - full)}]  ";
            }
        }
        var line = head + tail;
        return Width(line) <= width ? line : tail.Length <= width ? tail : tail[..Math.Max(0, width)];
    }

    private static int Width(string text) => Cells.After(text, int.MaxValue).Column;

    private static string Clock(TimeSpan left) => left.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00}") : string.Create(CultureInfo.InvariantCulture, $"{left.Minutes}:{left.Seconds:00}");

    /// <summary>A name in which nothing steers the terminal.</summary>
    private static string Short(string name)
    {
        var shown = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (shown.Length >= LongestName) return shown + "...";
            shown.Append(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? "?" : rune.ToString());
        }
        return shown.ToString();
    }
}

/// <summary>Numbers of bytes for people.</summary>
internal static class ByteCount
{
    private static readonly string[] _units = ["B", "kB", "MB", "GB", "TB"];

    public static string Of(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 999.5 && unit < _units.Length - 1; unit++) size /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || size >= 99.95 ? size.ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {_units[unit]}");
    }
}
