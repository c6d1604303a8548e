using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>Keys that a vendor's own program keeps in a file, by signing in with it once.</summary>
internal static class KeyFiles
{
    /// <summary>Far more than any key; what is longer is no key's file.</summary>
    private const int Longest = 4096;

    /// <summary>The key and where it is kept; null where there is none.</summary>
    public static (string Path, string Key)? Read(ImmutableArray<string> files, Func<string, string?> environment)
    {
        foreach (var file in files)
        {
            if (PathOf(file, environment) is not { } path) continue;
            return KeyIn(path) is { } key ? (path, key) : null;
        }
        return null;
    }

    /// <summary>The path with its variable, or the user's folder, filled in; null where that is not set.</summary>
    private static string? PathOf(string file, Func<string, string?> environment)
    {
        var slash = file.IndexOf('/', StringComparison.Ordinal);
        var (head, tail) = slash < 0 ? (file, "") : (file[..slash], file[(slash + 1)..]);
        var folder = head == "~" ? User(environment) : Set(head.TrimStart('$'), environment);
        if (folder is null) return null;
        if (folder.StartsWith("~/", StringComparison.Ordinal) && User(environment) is { } user) folder = Path.Combine(user, folder[2..]);
        return Path.Combine(folder, tail);
    }

    private static string? User(Func<string, string?> environment) => Set("HOME", environment) ?? Set("USERPROFILE", environment);

    private static string? Set(string name, Func<string, string?> environment) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    private static string? KeyIn(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, Length: <= Longest } && File.ReadAllText(path).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Whoever may not read it has no key there.
            return null;
        }
    }
}
