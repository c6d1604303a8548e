using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>How far a batch is: one line of a terminal's standard error that is gone when it is over; elsewhere a note whenever its state is another one.</summary>
internal sealed class BatchBar(Terminal terminal) : IProgress<Batch>, IDisposable
{
    private const int ShortestBar = 10, LongestBar = 40;

    private readonly Lock _lock = new();
    private string? _status;
    private bool _isShown, _isOver;

    public void Report(Batch value)
    {
        lock (_lock)
        {
            if (_isOver) return;
            if (terminal.IsErrorTerminal)
            {
                _isShown = true;
                terminal.Error.Write($"\r{Line(value, terminal.Width() - 1)}\e[K");
            }
            else if (_status != value.Status.Value) terminal.Note($"{value.QualifiedId}: {value.Status}{(value.RequestCounts is { Total: > 0 } counts ? $", {Counts(counts)}" : "")}");
            _status = value.Status.Value;
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
    internal static string Line(Batch batch, int width)
    {
        var head = $"{batch.Status}  ";
        if (batch.RequestCounts is not { Total: > 0 } counts) return Cut(head.TrimEnd(), width);
        var tail = Counts(counts);
        var room = Math.Min(LongestBar, width - head.Length - tail.Length - 4);
        if (room >= ShortestBar)
        {
            var full = (int)(Math.Clamp((counts.Completed + counts.Failed) / (double)counts.Total, 0, 1) * room);
            head += $"[{new string('#', full)}{new string('-', room - full)}]  ";
        }
        return Cut(head + tail, width);
    }

    /// <summary>Counts for people.</summary>
    public static string Counts(BatchRequestCounts counts) =>
        string.Create(CultureInfo.InvariantCulture, $"{counts.Completed} of {counts.Total} done{(counts.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {counts.Failed} failed") : "")}");

    private static string Cut(string line, int width) => line.Length <= width ? line : line[..Math.Max(0, width)];
}
