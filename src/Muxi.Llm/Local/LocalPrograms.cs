using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>Where a program lies on this machine.</summary>
internal static class LocalPrograms
{
    /// <summary>The program as the settings name it, or as it is found in <c>PATH</c>.</summary>
    /// <exception cref="ConfigurationException">It is not there; the message says how it is got.</exception>
    public static string Find(LocalServer program, LlmOptions options)
    {
        var (named, where) = Named(program, options);
        if (Locate(named, options.Environment) is { } found) return found;
        var isPath = named.AsSpan().ContainsAny('/', '\\');
        throw new ConfigurationException(where is null
            ? $"{program.Command} is not in PATH, so no server can be started for a model's file: {program.InstallHint}; or name it in {program.CommandVariables[0]} or in local_servers.command"
            : $"{where} names {named}, which is {(isPath ? Directory.Exists(named) ? "a folder, not a program" : "not there" : "not in PATH")}: name the program {program.Command} there, or {program.InstallHint}");
    }

    /// <summary>Where the program lies; null where it does not.</summary>
    public static string? TryFind(LocalServer program, LlmOptions options) => Locate(Named(program, options).Name, options.Environment);

    /// <summary>A variable that is set; else null.</summary>
    public static string? Variable(ImmutableArray<string> names, Func<string, string?> environment)
    {
        foreach (var name in names)
            if (environment(name)?.Trim() is { Length: > 0 } value) return value;
        return null;
    }

    /// <summary>The program's name and what names it; null for nobody, so that it is the usual one.</summary>
    private static (string Name, string? Where) Named(LocalServer program, LlmOptions options)
    {
        if (options.LocalServers?.Command is { Length: > 0 } coded) return (ModelFile.InHome(coded, options.Environment), "LlmOptions.LocalServers.Command");
        if (Variable(program.CommandVariables, options.Environment) is { } variable) return (ModelFile.InHome(variable, options.Environment), program.CommandVariables.First(name => options.Environment(name)?.Trim() == variable));
        if (options.Configuration?.LocalServers?.Command is { } filed) return (filed, options.Configuration.PlaceOf("local_servers.command") + ": local_servers.command");
        return (program.Command, null);
    }

    private static string? Locate(string name, Func<string, string?> environment)
    {
        if (name.AsSpan().ContainsAny('/', '\\')) return File.Exists(name) ? Path.GetFullPath(name) : null;
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ""] : [""];
        foreach (var folder in (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            foreach (var ending in endings)
                // An entry that is relative would start whatever lies in the working directory.
                if (Path.IsPathRooted(folder) && Path.Combine(folder, name + ending) is var path && File.Exists(path) && IsExecutable(path)) return path;
        return null;
    }

    private static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
