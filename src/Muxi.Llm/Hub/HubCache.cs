namespace Muxi.Llm;

/// <summary>
/// The hub's cache on this machine, laid out as huggingface_hub lays it out, so that every program finds the same files:
/// <code>
///   models--org--repo/
///     blobs/ETAG                 the bytes; ETAG.incomplete while they come
///     refs/main                  the commit that a branch or tag was at
///     snapshots/COMMIT/FILE      a relative link to the blob
///   .locks/models--org--repo/ETAG.lock
/// </code>
/// </summary>
/// <remarks>Source: "Manage the huggingface_hub cache-system" and "Environment variables" of huggingface.co/docs/huggingface_hub, as of 2026-11.</remarks>
internal sealed class HubCache
{
    /// <summary>The cache that the environment says.</summary>
    public HubCache(Func<string, string?> environment) => Folder = At(environment);

    /// <summary>Where it is, absolute.</summary>
    public string Folder { get; }

    /// <summary>Makes a link to a relative target; a system that has none says so by an exception.</summary>
    internal Action<string, string> Link { get; init; } = static (path, target) => File.CreateSymbolicLink(path, target);

    /// <summary>The path of a file that is there; of a model in parts, which must all be there, that of the first. Null where it is not.</summary>
    public string? Find(HubFile file) => CommitOf(file) is { } commit ? FindAll(file, commit) is [var first, ..] ? first : null : null;

    /// <summary>The paths of all of a file's parts at a commit; empty where one is not there.</summary>
    public IReadOnlyList<string> FindAll(HubFile file, string commit)
    {
        var snapshot = SnapshotOf(file.Repository, commit);
        if (!Directory.Exists(snapshot)) return [];
        var names = file.Name.Length > 0 ? SplitGguf.Parts(file.Name) : Picked(file, snapshot);
        var paths = names.Select(name => PathOf(file.Repository, commit, name)).ToList();
        return paths.TrueForAll(IsThere) ? paths : [];
    }

    /// <summary>The commit that a revision was at when it was last asked for; null where nobody has.</summary>
    public string? CommitOf(HubFile file)
    {
        if (file.IsPinned) return file.Revision;
        try
        {
            var text = File.ReadAllText(RefOf(file)).Trim();
            return HubFile.IsCommit(text) ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Where a file of a commit is, or goes.</summary>
    public string PathOf(string repository, string commit, string name) => Path.Combine(SnapshotOf(repository, commit), name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Where the bytes of an etag are, or go.</summary>
    public string BlobOf(string repository, string etag) => Path.Combine(RepositoryOf(repository), "blobs", etag);

    /// <summary>What is held while the bytes of an etag come.</summary>
    public string LockOf(string repository, string etag) => Path.Combine(Folder, ".locks", Name(repository), etag + ".lock");

    /// <summary>Takes the right to bring the bytes of an etag, on this machine alone; null where somebody else has it. Whoever has it gives it back by disposing it, or by ending.</summary>
    public FileStream? TryHold(string repository, string etag)
    {
        var path = LockOf(repository, etag);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is 11 or 32 or 33 or 35)
        {
            // EWOULDBLOCK, and what Windows says for it.
            return null;
        }
    }

    /// <summary>Notes at which commit a revision is.</summary>
    public void Note(HubFile file, string commit)
    {
        if (file.IsPinned || CommitOf(file) == commit) return;
        var path = RefOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Renamed into its place, so that nobody reads half a commit.
        var temporary = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(temporary, commit);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Gives bytes that are there their name in a commit: by a link, or where none can be made by moving them there.</summary>
    public void Place(string blob, string path)
    {
        if (IsThere(path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        try
        {
            Link(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            if (IsThere(path)) return;
            File.Move(blob, path);
        }
    }

    /// <summary>Whether there is a file: a link to bytes that are gone is none, though the system says that it exists.</summary>
    public static bool IsThere(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true) is not { } bytes || bytes.Exists);

    private string RefOf(HubFile file) => Path.Combine(RepositoryOf(file.Repository), "refs", file.Revision.Replace('/', Path.DirectorySeparatorChar));

    private string SnapshotOf(string repository, string commit) => Path.Combine(RepositoryOf(repository), "snapshots", commit);

    private string RepositoryOf(string repository) => Path.Combine(Folder, Name(repository));

    private static string Name(string repository) => "models--" + repository.Replace("/", "--", StringComparison.Ordinal);

    private static IReadOnlyList<string> Picked(HubFile file, string snapshot)
    {
        try
        {
            return file.In(Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(snapshot, path).Replace(Path.DirectorySeparatorChar, '/')));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            // Half of a model, or of two: nothing that could be loaded without asking.
            return [];
        }
    }

    private static string At(Func<string, string?> environment)
    {
        if (Given("HF_HUB_CACHE") is { } own) return own;
        if (Given("HUGGINGFACE_HUB_CACHE") is { } older) return older;
        return Path.Combine(HubHome.Of(environment), "hub");

        string? Given(string name) => HubHome.Path(environment(name), environment);
    }
}

/// <summary>Where the hub's programs keep their things on this machine.</summary>
internal static class HubHome
{
    /// <summary><c>HF_HOME</c>, else <c>huggingface</c> in the user's folder for caches.</summary>
    public static string Of(Func<string, string?> environment) =>
        Path(environment("HF_HOME"), environment) ?? System.IO.Path.Combine(Path(environment("XDG_CACHE_HOME"), environment) ?? System.IO.Path.Combine(User(environment), ".cache"), "huggingface");

    /// <summary>A path of a variable, absolute, <c>~</c> for the user's folder; null where it is not set.</summary>
    public static string? Path(string? value, Func<string, string?> environment)
    {
        if (value?.Trim() is not { Length: > 0 } path) return null;
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) path = User(environment) + path[1..];
        return System.IO.Path.GetFullPath(path);
    }

    private static string User(Func<string, string?> environment) =>
        environment("HOME")?.Trim() is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } profile ? profile : System.IO.Path.GetTempPath();
}
