namespace Muxi.Llm.Cli;

/// <summary>
/// The lines of earlier conversations, in <c>$XDG_STATE_HOME/muxi-llm/history</c> (<c>~/.local/state</c>), for their owner's eyes only. Off with
/// <c>MUXI_LLM_HISTORY=off</c>. That a file cannot be read or written is no reason not to talk.
/// </summary>
internal sealed class LineHistory
{
    public const string Variable = "MUXI_LLM_HISTORY";

    private const int Most = 1000;
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _file;
    private readonly List<string> _lines = [];

    private LineHistory(string? file) => _file = file;

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The history of whoever owns this environment.</summary>
    public static LineHistory Of(Terminal terminal)
    {
        var history = new LineHistory(FileOf(terminal));
        history.Load();
        return history;
    }

    /// <summary>Where it is kept; null where it is not.</summary>
    public static string? FileOf(Terminal terminal)
    {
        if (terminal.Variable(Variable)?.ToLowerInvariant() is "off" or "no" or "0" or "false") return null;
        var state = terminal.Variable("XDG_STATE_HOME") is { } set && Path.IsPathRooted(set) ? set
            : (terminal.Variable("HOME") ?? terminal.Variable("USERPROFILE")) is { } home ? Path.Combine(home, ".local", "state") : null;
        return state is null ? null : Path.Combine(state, "muxi-llm", "history");
    }

    /// <summary>Keeps a line, unless it is the last one again or begins with a blank, by which people ask that it is not kept.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || char.IsWhiteSpace(line[0]) || (_lines.Count > 0 && _lines[^1] == line)) return;
        _lines.Add(line);
        Write(FileMode.Append, [line]);
    }

    private void Load()
    {
        if (_file is null) return;
        try
        {
            if (!File.Exists(_file)) return;
            _lines.AddRange(File.ReadLines(_file).Select(Unescaped).Where(line => line.Length > 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
        if (_lines.Count <= Most * 2) return;
        _lines.RemoveRange(0, _lines.Count - Most);
        Write(FileMode.Create, _lines);
    }

    private void Write(FileMode mode, IReadOnlyList<string> lines)
    {
        if (_file is null) return;
        try
        {
            var folder = Path.GetDirectoryName(_file)!;
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else
            {
                Directory.CreateDirectory(folder, Owners | UnixFileMode.UserExecute);
                options.UnixCreateMode = Owners;
            }
            using var stream = new StreamWriter(_file, options);
            foreach (var line in lines) stream.Write(Escaped(line) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The line is not there the next time; more is not lost.
        }
    }

    private static string Escaped(string line) => line.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Unescaped(string line) => line.Replace(@"\\", "\0", StringComparison.Ordinal).Replace(@"\n", "\n", StringComparison.Ordinal).Replace('\0', '\\');
}
