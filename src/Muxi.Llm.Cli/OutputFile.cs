using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary>The file that <c>-o</c> names: looked at before anything is sent, and never written over by surprise.</summary>
internal static class OutputFile
{
    /// <summary>The option that lets a file go which is there.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Lets -o replace a file that is there already." };

    /// <summary>The file that is named; null for standard output, which <c>-</c> is too.</summary>
    public static string? Named(string? path) => path is "-" ? null : path;

    /// <summary>Refuses what cannot be written later.</summary>
    /// <param name="terminal">Has the directory that paths begin in.</param>
    /// <param name="path">As it was given; null for none.</param>
    /// <param name="mayReplace">Whether a file that is there may go.</param>
    /// <exception cref="FailureException">Nothing can be written there.</exception>
    public static void Check(Terminal terminal, string? path, bool mayReplace)
    {
        if (path is null) return;
        if (path.Length == 0) throw new UsageException("-o names no file.");
        var whole = Path.GetFullPath(path, terminal.WorkingDirectory);
        if (Directory.Exists(whole)) throw new FailureException($"-o: '{path}' is a directory: name a file in it");
        if (!mayReplace && File.Exists(whole) && !Saving.IsPassage(whole)) throw new FailureException($"-o: '{path}' is there already (--force replaces it)");
        if (Path.GetDirectoryName(whole) is { } folder && !Directory.Exists(folder)) throw new FailureException($"-o: there is no directory '{folder}'");
    }

    /// <summary>Writes an answer to the file, or to standard output where there is none. A file ends in a line break as the text does.</summary>
    public static async Task WriteAsync(string text, string? path, Terminal terminal, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            terminal.Write(text);
            return;
        }
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        await TryAsync(() => Saving.SaveAsync(content, path, default, cancellationToken));
        Tell(path, terminal);
    }

    /// <summary>Tells in one line why a file cannot be written.</summary>
    public static Task TryAsync(Func<Task> save) => Failures.OnDiskAsync("-o", async () =>
    {
        await save();
        return true;
    });

    /// <summary>Says what was written, where somebody looks.</summary>
    public static void Tell(string path, Terminal terminal)
    {
        if (terminal.IsErrorTerminal) terminal.Note($"wrote {path}");
    }
}
