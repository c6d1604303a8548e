namespace Muxi.Llm;

/// <summary>A model that is a file on this machine, and the program that answers for it.</summary>
/// <param name="Program">How its server is started.</param>
/// <param name="Path">The file, whole path.</param>
internal sealed record ModelFile(LocalServer Program, string Path)
{
    private const string NearNames = "; there are ";
    private const int MostNames = 5;

    /// <summary>The file's size. The hub's cache holds links, whose own size says nothing.</summary>
    public long Bytes => (File.ResolveLinkTarget(Path, returnFinalTarget: true) as FileInfo ?? new FileInfo(Path)).Length;

    /// <summary>Whether a name is one of a file, be it there or not: a path, or one that was pulled from the hub.</summary>
    public static bool IsNamed(ModelName name) =>
        name.Provider.Launch is { } program && name.Host is null && (HubFile.IsMeant(name.Model) || name.Model.EndsWith(program.FileEnding, StringComparison.OrdinalIgnoreCase));

    /// <summary>The file that a name means; null where it names none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="options">Where models lie, and how variables are read.</param>
    /// <exception cref="ConfigurationException">There is no such file; the message says where it was looked for.</exception>
    public static ModelFile? Find(ModelName name, LlmOptions options)
    {
        if (!IsNamed(name)) return null;
        var program = name.Provider.Launch!;
        if (HubFile.IsMeant(name.Model)) return new(program, Pulled(name, options));
        var paths = new List<string> { InHome(name.Model, options.Environment) };
        if (!System.IO.Path.IsPathRooted(paths[0]) && FolderOf(program, options) is { } folder) paths.Add(System.IO.Path.Combine(InHome(folder, options.Environment), name.Model));
        foreach (var path in paths)
            if (File.Exists(path)) return new(program, System.IO.Path.GetFullPath(path));
        throw Missing(name, [.. paths.Select(System.IO.Path.GetFullPath)]);
    }

    /// <summary>The folder in which models are looked for by their names alone; null where none is set.</summary>
    public static string? FolderOf(LocalServer program, LlmOptions options) =>
        options.LocalServers?.ModelsFolder ?? LocalPrograms.Variable(program.FolderVariables, options.Environment) ?? options.Configuration?.LocalServers?.ModelsFolder;

    /// <summary>Names of all models that a server can be started for: those in the folder of models, then those that were pulled from the hub.</summary>
    public static IReadOnlyList<string> All(LocalServer program, LlmOptions options)
    {
        var names = new List<string>(FolderOf(program, options) is { } folder ? In(InHome(folder, options.Environment), program) : []);
        var cache = new HubCache(options.Environment).Folder;
        foreach (var repository in FoldersIn(cache, "models--*"))
            foreach (var snapshot in FoldersIn(System.IO.Path.Combine(repository, "snapshots"), "*"))
                names.AddRange(In(snapshot, program).Select(file => NameAtHub(repository, snapshot, file)));
        return names;
    }

    /// <summary>The models in a folder, by their names below it; parts of a model but the first, and what merely goes along with one, are left out.</summary>
    public static IReadOnlyList<string> In(string folder, LocalServer program)
    {
        if (!Directory.Exists(folder)) return [];
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 4 };
        return [.. Directory.EnumerateFiles(folder, "*" + program.FileEnding, everywhere).Where(path => !IsCompanion(path, program) && !IsLaterPart(path))
            .Select(path => System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// The file beside the model's that goes along with it; null where there is none. Where several models lie in a folder, it is one whose name shares the model's, up to
    /// the last dash: <c>mmproj-gemma-3-4b-it-f16.gguf</c> with <c>gemma-3-4b-it-Q4_K_M.gguf</c>.
    /// </summary>
    public string? Companion()
    {
        if (Program.CompanionPrefix is null) return null;
        var beside = Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "*" + Program.FileEnding, new EnumerationOptions { IgnoreInaccessible = true }).Order(StringComparer.Ordinal).ToLookup(path => IsCompanion(path, Program));
        if (!beside[true].Any()) return null;
        if (beside[false].Count(static path => !IsLaterPart(path)) == 1) return beside[true].First();
        var stem = System.IO.Path.GetFileNameWithoutExtension(Path);
        var family = stem.LastIndexOf('-') is > 0 and var dash ? stem[..dash] : stem;
        return beside[true].FirstOrDefault(path => System.IO.Path.GetFileName(path).Contains(family, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A path in which <c>~</c> stands for the home folder.</summary>
    public static string InHome(string path, Func<string, string?> environment)
    {
        if (path is not ['~', '/' or '\\', ..] and not "~") return path;
        return (environment("HOME") ?? environment("USERPROFILE")) is { Length: > 0 } home ? home + path[1..] : path;
    }

    private static bool IsCompanion(string path, LocalServer program) =>
        program.CompanionPrefix is { } prefix && System.IO.Path.GetFileName(path).StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> FoldersIn(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetDirectories(folder, pattern, new EnumerationOptions { IgnoreInaccessible = true }).Order(StringComparer.Ordinal) : [];

    /// <summary>The name by which a file of the hub's cache is asked for; at its commit, where that is not the last one of main.</summary>
    private static string NameAtHub(string repository, string snapshot, string file)
    {
        var main = System.IO.Path.Combine(repository, "refs", HubFile.Main);
        var commit = System.IO.Path.GetFileName(snapshot);
        var isMain = File.Exists(main) && File.ReadAllText(main).Trim() == commit;
        return $"{HubFile.Scheme}{System.IO.Path.GetFileName(repository)["models--".Length..].Replace("--", "/", StringComparison.Ordinal)}/{file}{(isMain ? "" : $"@{commit}")}";
    }

    /// <summary>Whether it is a part of a model that is split, but not the first (<c>model-00002-of-00003.gguf</c>): the program finds it by the first.</summary>
    private static bool IsLaterPart(string path) => System.IO.Path.GetFileName(path) is var name && SplitGguf.Parts(name)[0] != name;

    private static string Pulled(ModelName name, LlmOptions options)
    {
        var cache = new HubCache(options.Environment);
        return cache.Find(HubFile.Parse(name.Model)) ?? throw new ConfigurationException($"{name.Provider.Name}: {name.Model} is not in {cache.Folder}: bring it with 'muxi-llm pull {name.Model}'") { Provider = name.Provider.Name, Model = name.Model };
    }

    private static ConfigurationException Missing(ModelName name, string[] paths)
    {
        var near = paths.Select(path => Near(path, name.Provider.Launch!)).FirstOrDefault(static names => names.Length > 0) ?? "";
        var url = name.Provider.UrlVariables[0];
        return new($"{name.Provider.Name}: there is no file {string.Join(" or ", paths)}{near}; a server that runs already is asked where {url} is set, or by {name.Provider.Name}/MODEL@HOST:PORT") { Provider = name.Provider.Name, Model = name.Model };
    }

    /// <summary>Names that may have been meant: the nearest in the folder, else what is there.</summary>
    private static string Near(string path, LocalServer program)
    {
        if (System.IO.Path.GetDirectoryName(path) is not { } folder || !Directory.Exists(folder)) return "";
        string?[] there;
        try
        {
            there = [.. Directory.GetFiles(folder, "*" + program.FileEnding).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
        var hint = Nearness.Hint(System.IO.Path.GetFileName(path), there.OfType<string>());
        if (hint.Length > 0) return hint.TrimEnd('?');
        return there.Length == 0 ? "" : NearNames + string.Join(", ", there.Take(MostNames)) + (there.Length > MostNames ? $" and {there.Length - MostNames} more there" : " there");
    }
}
