using System.Net;
using Microsoft.Extensions.Configuration;

namespace Muxi.Llm;

/// <summary>
/// A configuration file, read and checked: models' other names, their defaults and fallbacks, limits, and services of your own. It stands behind the call, the code
/// and the environment. It does not change; a file that was edited is loaded again.
/// </summary>
public sealed class LlmConfiguration
{
    /// <summary>The variable that names the file: <c>MUXI_LLM_CONFIG</c>.</summary>
    public const string Variable = "MUXI_LLM_CONFIG";

    /// <summary>The file's name where it is looked for in a folder.</summary>
    public const string FileName = "muxi-llm.yaml";

    private const int LargestFile = 1 << 20;

    internal LlmConfiguration(YamlFile file) => File = file;

    /// <summary>A configuration that sets nothing, for a client that is to read no file.</summary>
    public static LlmConfiguration Empty { get; } = new(new YamlFile("", static _ => null));

    /// <summary>The file's name, as errors give it.</summary>
    public string Name => File.Name;

    /// <summary>
    /// Whether the file was merely found in the working directory, and so may be a stranger's: it may read no variables and set no proxy, and addresses that it names
    /// get no key but one that stands beside them.
    /// </summary>
    public bool IsOfWorkingDirectory => File.IsOfWorkingDirectory;

    /// <summary>The model that is meant where none is named; null where the file says nothing.</summary>
    public string? Model { get; internal init; }

    /// <summary>Other names for models, and which models they mean.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; internal init; } = new Dictionary<string, string>();

    /// <summary>The services that the file defines, and those that come with the library where it changes facts of theirs.</summary>
    public IReadOnlyList<Provider> Providers { get; internal init; } = [];

    internal YamlFile File { get; }

    internal IReadOnlyDictionary<string, IReadOnlyList<Fallback>> Fallbacks { get; init; } = new Dictionary<string, IReadOnlyList<Fallback>>();

    internal IReadOnlyDictionary<string, Extra> Defaults { get; init; } = new Dictionary<string, Extra>();

    internal IReadOnlyDictionary<string, TokenizerSource> Tokenizers { get; init; } = new Dictionary<string, TokenizerSource>();

    internal IReadOnlyList<FileHeader> Headers { get; init; } = [];

    internal TimeoutSettings Timeouts { get; init; } = new();

    internal Retries? Retries { get; init; }

    internal IWebProxy? Proxy { get; init; }

    /// <summary>Whether addresses in requests are read here for services that do not; null where it does not say.</summary>
    internal bool? FetchMedia { get; init; }

    /// <summary>How servers are started on this machine; null where it does not say.</summary>
    internal LocalServerOptions? LocalServers { get; init; }

    /// <summary>Where responses are kept; null for the client's memory.</summary>
    internal string? ResponseFolder { get; init; }

    /// <summary>What it says of single services, by their names.</summary>
    internal IReadOnlyDictionary<string, ProviderSettings> Settings { get; init; } = new Dictionary<string, ProviderSettings>();

    /// <summary>Keys and the like that stand in the file or were put into it from variables.</summary>
    internal IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigurationException">It cannot be read or used; the message names the line, the setting and what would do.</exception>
    public static LlmConfiguration Load(string path) => Load(path, System.Environment.GetEnvironmentVariable);

    /// <summary>Reads a file, with an environment of its own for <c>${VARIABLE}</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be read or used; the message names the line, the setting and what would do.</exception>
    public static LlmConfiguration Load(string path, Func<string, string?> environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(new(path, environment), path, "");
    }

    /// <summary>Reads a configuration out of a text.</summary>
    /// <param name="yaml">What would stand in the file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ConfigurationException">It cannot be used; the message names the line, the setting and what would do.</exception>
    public static LlmConfiguration Parse(string yaml, string name = FileName)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return ConfigurationReader.Read(new(name, System.Environment.GetEnvironmentVariable), yaml);
    }

    /// <summary>
    /// Takes a section of the application's configuration (appsettings.json and what stands over it) for a file: the same keys in the same places. Where the order of
    /// keys would count (variants of a wire format) it is the alphabet's, as sections have no order of their own.
    /// </summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message names the setting and what would do.</exception>
    public static LlmConfiguration From(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var name = section is IConfigurationSection { Path: { Length: > 0 } path } ? $"section {path}" : "the configuration";
        return ConfigurationReader.Read(new(name, System.Environment.GetEnvironmentVariable) { HasLines = false }, SectionNodes.Of(section));
    }

    /// <summary>
    /// Looks for the file of a program that people start, as the command line does: the one that <c>MUXI_LLM_CONFIG</c> names, <c>./muxi-llm.yaml</c>,
    /// <c>$XDG_CONFIG_HOME/muxi-llm/config.yaml</c> (<c>~/.config</c> where that is not set). The first one counts, alone.
    /// </summary>
    /// <param name="environment">How variables are read.</param>
    /// <param name="workingDirectory">Where the program was started.</param>
    /// <returns>The configuration; null where there is no file.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read or used.</exception>
    public static LlmConfiguration? Find(Func<string, string?> environment, string workingDirectory)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (OfEnvironment(environment) is { } named) return named;
        var here = Path.Combine(workingDirectory, FileName);
        if (System.IO.File.Exists(here)) return Read(new($"./{FileName}", environment) { IsOfWorkingDirectory = true }, here, "");
        return HomeFile(environment) is { } home && System.IO.File.Exists(home) ? Load(home, environment) : null;
    }

    /// <summary>The file in the user's own folder, whether it is there or not; null where there is no such folder.</summary>
    public static string? HomeFile(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        // A relative one is invalid and to be ignored (XDG Base Directory Specification).
        if (Set(environment, "XDG_CONFIG_HOME") is { } folder && Path.IsPathRooted(folder)) return Path.Combine(folder, "muxi-llm", "config.yaml");
        return (Set(environment, "HOME") ?? Set(environment, "USERPROFILE")) is { } home ? Path.Combine(home, ".config", "muxi-llm", "config.yaml") : null;
    }

    /// <summary>The configuration's name.</summary>
    public override string ToString() => Name;

    /// <summary>The file that the environment names; null where it names none.</summary>
    internal static LlmConfiguration? OfEnvironment(Func<string, string?> environment) =>
        Set(environment, Variable) is { } path ? Read(new(path, environment), path, $"{Variable}: ") : null;

    /// <summary>Whether it names an address, for a service of ours or of its own.</summary>
    internal bool HasAddresses => Settings.Values.Any(static settings => settings.IsDefinedHere || settings.BaseUrl is not null);

    /// <summary>Where a setting stands, as <c>file:line</c>; null where the file does not set it.</summary>
    internal string? PlaceOf(string path) => File.Lines.TryGetValue(path, out var line) ? File.HasLines ? $"{Name}:{line}" : Name : null;

    private static string? Set(Func<string, string?> environment, string variable) => environment(variable)?.Trim() is { Length: > 0 } value ? value : null;

    private static LlmConfiguration Read(YamlFile file, string path, string who)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > LargestFile) throw new ConfigurationException($"{who}{file.Name} is longer than 1 MB: that is no configuration");
            using var reader = new StreamReader(stream);
            return ConfigurationReader.Read(file with { Folder = Path.GetDirectoryName(Path.GetFullPath(path)) }, reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Opening a folder is refused as if it were another's file.
            var what = Directory.Exists(path) ? "is a folder, not a file" : e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : $"cannot be read: {e.Message}";
            throw new ConfigurationException($"{who}the configuration {file.Name} {what}", e);
        }
    }
}

/// <summary>What a file says of one service.</summary>
/// <param name="Provider">The service, with the facts that the file gives it.</param>
/// <param name="Path">Where in the file it stands.</param>
internal sealed record ProviderSettings(Provider Provider, string Path)
{
    /// <summary>Whether the file defines it, so that its address is the file's.</summary>
    public bool IsDefinedHere { get; init; }

    /// <summary>The address that the file gives a service of ours.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The dated version of its API that the file sets.</summary>
    public string? ApiVersion { get; init; }

    public string? ApiKey { get; init; }

    public IReadOnlyList<FileHeader> Headers { get; init; } = [];

    public TimeoutSettings Timeouts { get; init; } = new();

    /// <summary>Its name alone: the key is not printed.</summary>
    public override string ToString() => Provider.Name;
}

/// <summary>A header that a file sets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What is sent.</param>
/// <param name="IsSecret">Whether its value is from a variable, or it carries credentials by custom.</param>
internal readonly record struct FileHeader(string Name, string Value, bool IsSecret)
{
    public override string ToString() => Name;
}

/// <summary>Those limits that were set.</summary>
internal sealed record TimeoutSettings(TimeSpan? Connect = null, TimeSpan? FirstByte = null, TimeSpan? Idle = null, TimeSpan? Total = null)
{
    /// <summary>These, and the others from elsewhere.</summary>
    public Timeouts Over(Timeouts others) => new()
    {
        Connect = Connect ?? others.Connect, FirstByte = FirstByte ?? others.FirstByte, Idle = Idle ?? others.Idle, Total = Total ?? others.Total,
    };
}
