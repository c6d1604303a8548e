namespace Muxi.Llm.Cli;

/// <summary>The sound, or another file, that a command is given: a file, or standard input.</summary>
internal static class SoundInput
{
    /// <summary>Opens it. Standard input, or a pipe, waits on disk until the command is over, so that its kind and length are known and a failed call can be made again.</summary>
    /// <param name="path">The file; <c>-</c> is standard input.</param>
    /// <param name="terminal">Has standard input.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="what">What it is, for the error that there is none.</param>
    /// <exception cref="FailureException">It cannot be read.</exception>
    public static async Task<(FileSource Source, IDisposable Hold)> OpenAsync(string path, Terminal terminal, CancellationToken cancellationToken, string what = "sound")
    {
        await using var pipe = path == "-" ? null : Attachments.OpenPipe(path);
        if (path != "-" && pipe is null) return (Attachments.Read("FILE", path, FileSource.FromFile), Stream.Null);
        if (pipe is null && terminal.IsInTerminal) throw new UsageException($"There is no {what}: - reads it from stdin, which is a terminal here.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var spool = new FileStream(Path.Combine(Path.GetTempPath(), $"muxi-llm-{Guid.NewGuid():N}"), options);
        try
        {
            await (pipe ?? terminal.InBytes).CopyToAsync(spool, cancellationToken);
            if (spool.Length == 0) throw new FailureException(pipe is null ? "FILE: nothing came on stdin" : $"FILE: nothing came from '{path}'");
            spool.Position = 0;
            return (FileSource.FromStream(spool, "stdin"), spool);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }
}
